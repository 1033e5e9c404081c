import { HebbianNetwork } from '../../policy/hebbian-network.js';
import { mixSeed } from '../../policy/random.js';
import { AntEnvironment } from '../ant/ant-environment.js';
import { parseMorphologySource } from '../ant/morphology.js';
import { DEFAULT_SOLVER } from '../ant/solver-settings.js';
import type { Environment } from '../environment.js';
import { PursuitEnvironment } from '../pursuit-environment.js';
import { networkDescription, type EvolutionSettings, type TrainedMorphology } from './evolution-settings.js';
import { Genome } from './genome.js';
import { mishaps } from './mishaps.js';
import { drawNoise, perturb } from './open-es.js';
import { BLOWN_UP } from '../evaluation/blown-up.js';
import { Rollout, type RolloutResult } from '../evaluation/rollout.js';

/** What every candidate of a generation shares. */
export interface GenerationPlan {
  readonly generation: number;
  readonly center: Float32Array;
  readonly sigma: number;
  readonly horizon: number;
  /** Of the candidates' actions. */
  readonly actionSmoothing: number;
  /** Of their costs that they bear. */
  readonly costShare: number;
}

/** An antithetic pair: the seed of its noise, and the group whose lives it lives. */
export interface CandidatePair {
  readonly seed: number;
  readonly group: number;
}

/** Fitness of both candidates of a pair, [2, morphologies], and the control steps that they took. */
export interface PairResult {
  readonly fitness: Float64Array;
  readonly steps: number;
}

/** The lives with one morphology: of candidates, and of the center, which lives as a bundle is evaluated. */
interface Lane {
  readonly trained: TrainedMorphology;
  readonly training: Rollout;
  readonly validation: Rollout;
}

/** What may be otherwise for candidates. */
const AS_EVALUATED = { yawSpread: 0, solver: DEFAULT_SOLVER } as const;

/** Lives the lives of a generation's candidates. What it returns depends on its arguments alone. */
export class CandidateEvaluation {
  private readonly settings: EvolutionSettings;
  private readonly genome: Genome;
  private readonly network: HebbianNetwork;
  private readonly lanes: Lane[];
  private readonly environments: Environment[] = [];
  private readonly noise: Float32Array;
  private readonly values: Float32Array;

  /** For the Ant, `loadRapier()` must have resolved. */
  constructor(settings: EvolutionSettings) {
    this.settings = settings;
    const description = networkDescription(settings);
    this.genome = new Genome(description, settings.mirror);
    this.network = new HebbianNetwork(description);
    this.noise = new Float32Array(this.genome.length);
    this.values = new Float32Array(this.genome.length);
    this.lanes = settings.morphologies.map((trained) => {
      const training = this.rolloutIn(createEnvironment(settings, trained.name));
      const validation = this.rolloutIn(createEnvironment({ ...settings, ...AS_EVALUATED }, trained.name));
      return { trained, training, validation };
    });
  }

  /** Number of free values of a candidate. */
  get parameters(): number {
    return this.genome.length;
  }

  /** Both candidates of an antithetic pair. */
  evaluatePair(plan: GenerationPlan, pair: CandidatePair): PairResult {
    drawNoise(pair.seed, this.noise);
    this.network.setActionSmoothing(plan.actionSmoothing);
    const columns = this.lanes.length;
    const fitness = new Float64Array(2 * columns);
    let steps = 0;
    for (let side = 0; side < 2; side++) {
      perturb(plan.center, this.noise, side === 0 ? plan.sigma : -plan.sigma, this.values);
      steps += this.live(plan, pair.group, fitness.subarray(side * columns, (side + 1) * columns));
    }
    return { fitness, steps };
  }

  /** One life of the center in `morphology` (an index), from `seed`: its distance. */
  validate(center: Float32Array, morphology: number, seed: number): { distance: number; steps: number } {
    this.genome.express(center, this.network);
    this.network.setActionSmoothing(this.settings.actionSmoothing);
    const { trained, validation } = this.lanes[morphology]!;
    const { horizon } = this.settings;
    const { distance, steps } = validation.run(seed, {
      horizon,
      ...mishaps(trained, seed, horizon, validation),
    });
    return { distance, steps };
  }

  dispose(): void {
    for (const environment of this.environments) environment.dispose();
  }

  private rolloutIn(environment: Environment): Rollout {
    this.environments.push(environment);
    return new Rollout(this.network, environment);
  }

  /** Fitness of `this.values` with each morphology. The candidates of a group share their seeds. */
  private live(plan: GenerationPlan, group: number, fitness: Float64Array): number {
    const { settings } = this;
    this.genome.express(this.values, this.network);
    const options = {
      horizon: plan.horizon,
      backwardLimit: settings.backwardLimit,
      stallLimit: settings.stallLimit,
      countFrom: settings.countFrom,
    };
    let steps = 0;
    this.lanes.forEach(({ trained, training }, m) => {
      const { rollouts, costFree = false } = trained;
      const costShare = costFree ? 0 : plan.costShare;
      let sum = 0;
      for (let r = 0; r < rollouts; r++) {
        const seed = mixSeed(settings.seed, 0x11fe, plan.generation, group, m, r);
        const life = training.run(seed, {
          ...options,
          ...mishaps(trained, seed, plan.horizon, training),
        });
        sum += life.distance - life.headStart - costShare * life.steps * costOf(life, settings);
        steps += life.steps;
      }
      fitness[m] = Number.isFinite(sum) ? sum / rollouts : BLOWN_UP;
    });
    return steps;
  }
}

/** Fitness lost per step. */
function costOf(
  { actionChange, saturated, effort }: RolloutResult,
  { actionChangeCost, saturationCost, effortCost }: EvolutionSettings,
): number {
  return actionChangeCost * actionChange + saturationCost * saturated + effortCost * effort;
}

/** The environment that `settings` names, with one of its morphologies. */
function createEnvironment(settings: EvolutionSettings, morphologyName: string): Environment {
  if (settings.environment === 'pursuit') {
    return new PursuitEnvironment(settings.layerSizes[0], settings.layerSizes.at(-1), settings.horizon);
  }
  const morphology = parseMorphologySource(morphologyName);
  if (morphology === undefined) throw new Error(`unchecked morphology ${morphologyName}`);
  const { horizon, yawSpread, solver } = settings;
  return new AntEnvironment({ morphology, horizon, yawSpread, solver });
}
