import { observe } from '../../policy/observation.js';
import { ANT_CONTRACT, ANT_LEGS, observationSize } from '../../policy/robot-contract.js';
import { Random } from '../../policy/random.js';
import { cos, sin } from '../../policy/math.js';
import type { Environment, StepResult } from '../environment.js';
import { AntBody } from './ant-body.js';
import { CAPSULE_RADIUS } from './geometry.js';
import { INTACT, type Morphology, type MorphologySource } from './morphology.js';
import { DEFAULT_SOLVER, type SolverSettings } from './solver-settings.js';

export interface AntOptions {
  readonly morphology?: MorphologySource;
  readonly solver?: SolverSettings;
  /** Control steps of an episode. */
  readonly horizon?: number;
  /**
   * Control steps with zero action before an episode begins: the feet take the weight. Not the 40 of the
   * authors' code: with limp hips the standing robot buckles about the vertical within 50 steps.
   */
  readonly burnIn?: number;
  /** Direction of the goal, rad from +x towards +y. */
  readonly goalHeading?: number;
  /** The robot begins facing up to so far to either side of +x, rad. Default 0. */
  readonly yawSpread?: number;
}

/** Joint positions at reset, rad: hips within this of their middle, ankles up to this above their lower limit. */
const POSITION_SPREAD = 0.1;
/** The episode ends when the torso is below this for FALLEN_STEPS steps, m. */
export const FALLEN_HEIGHT = 0.27;
export const FALLEN_STEPS = 10;

/**
 * The Ant walking towards a goal far away. Observation and action: policy/observation.ts. Reward: progress
 * towards the goal in m divided by the control period, so that the sum over 1,000 steps is the paper's distance.
 */
export class AntEnvironment implements Environment {
  readonly observationSize = observationSize(ANT_CONTRACT);
  readonly actionSize = ANT_CONTRACT.joints.length;
  readonly controlPeriod = ANT_CONTRACT.controlPeriod;
  readonly contract = ANT_CONTRACT;
  readonly observation = new Float32Array(this.observationSize);
  goalHeading: number;

  private readonly morphology: MorphologySource;
  private readonly solver: SolverSettings;
  private readonly horizon: number;
  private readonly burnIn: number;
  private readonly yawSpread: number;
  private readonly random = new Random(0);
  private readonly still = new Float32Array(this.actionSize);
  private readonly result: StepResult = { reward: 0, terminated: false, truncated: false };
  private ant: AntBody | undefined;
  private referenceHeight = 0;
  private steps = 0;
  private lowSteps = 0;

  /** `loadRapier()` must have resolved. */
  constructor(options: AntOptions = {}) {
    this.morphology = options.morphology ?? INTACT;
    this.solver = options.solver ?? DEFAULT_SOLVER;
    this.horizon = options.horizon ?? 1000;
    this.burnIn = options.burnIn ?? 10;
    this.yawSpread = options.yawSpread ?? 0;
    this.goalHeading = options.goalHeading ?? 0;
  }

  /** The robot of this episode; a new one after every reset. */
  get body(): AntBody {
    if (!this.ant) throw new Error('AntEnvironment: reset() comes before the first use');
    return this.ant;
  }

  /** Torso height when the episode began, m. */
  get heightAtReset(): number {
    return this.referenceHeight;
  }

  reset(seed: number): void {
    this.random.seed(seed);
    const morphology = typeof this.morphology === 'function' ? this.morphology(this.random) : this.morphology;
    const jointPosition = new Float64Array(this.actionSize);
    this.contract.joints.forEach(({ lower, upper }, j) => {
      const isHip = j % 2 === 0;
      jointPosition[j] =
        (isHip ? (lower + upper) / 2 : lower) +
        this.random.uniform(isHip ? -POSITION_SPREAD : 0, POSITION_SPREAD);
    });
    const yaw = this.yawSpread > 0 ? this.random.uniform(-this.yawSpread, this.yawSpread) : 0;
    this.ant?.free();
    // A fresh world each life: nothing of the last one (contact caches, handles) can reach this one.
    this.ant = new AntBody(
      morphology,
      { jointPosition, height: standingHeight(morphology, jointPosition), yaw },
      this.solver,
    );
    for (let k = 0; k < this.burnIn; k++) this.ant.step(this.still);
    this.referenceHeight = this.ant.state.height;
    this.steps = 0;
    this.lowSteps = 0;
    this.observe();
  }

  step(action: Float32Array): StepResult {
    const { body, result } = this;
    const before = this.progress();
    body.step(action);
    this.steps++;
    this.lowSteps = body.state.height < FALLEN_HEIGHT ? this.lowSteps + 1 : 0;
    result.reward = (this.progress() - before) / this.controlPeriod;
    result.terminated = this.lowSteps >= FALLEN_STEPS;
    result.truncated = this.steps >= this.horizon;
    this.observe();
    return result;
  }

  dispose(): void {
    this.ant?.free();
    this.ant = undefined;
  }

  /** Way made in the goal's direction, m. */
  private progress(): number {
    const { position } = this.body;
    if (this.goalHeading === 0) return position[0]!;
    return cos(this.goalHeading) * position[0]! + sin(this.goalHeading) * position[1]!;
  }

  private observe(): void {
    observe(this.contract, this.body.state, this.referenceHeight, this.goalHeading, this.observation);
  }
}

/** Height at which the lowest foot just touches the ground, torso level. */
function standingHeight(morphology: Morphology, jointPosition: Float64Array): number {
  let height = 0;
  ANT_LEGS.forEach((leg, l) => {
    const drop = morphology[leg] * Math.SQRT2 * sin(jointPosition[2 * l + 1]!);
    height = Math.max(height, drop + CAPSULE_RADIUS);
  });
  return Math.max(height, 0.26);
}
