import { OBSERVATION_CLIP } from '../observation.js';
import { Random } from '../random.js';
import { observationSize, type RobotContract } from '../robot-contract.js';
import { LONGEST_DELAY } from './perturbation-kinds.js';
import type { Perturbation } from './perturbation.js';
import { sensorNames } from './target-names.js';

/**
 * Faults of the sensors, on the observation that the policy is about to see. One fault a sensor at a time: a
 * second one takes the place of the first. `apply` allocates nothing.
 */
export class SensorFaults {
  private readonly names: readonly string[];
  /** [sensors]: the fault of each. */
  private readonly faults: (Perturbation | undefined)[];
  /** [sensors]: readings of stuck sensors. */
  private readonly held: Float32Array;
  /** [sensors]: whether `held` is yet to be taken from the next observation. */
  private readonly holdNext: Uint8Array;
  /** [LONGEST_DELAY + 1][sensors]: true readings of the last control steps. */
  private readonly history: Float32Array;
  private readonly random = new Random(0);
  private steps = 0;
  private count = 0;

  constructor(contract: RobotContract, seed = 0) {
    const sensors = observationSize(contract);
    this.names = sensorNames(contract);
    this.faults = new Array<Perturbation | undefined>(sensors).fill(undefined);
    this.held = new Float32Array(sensors);
    this.holdNext = new Uint8Array(sensors);
    this.history = new Float32Array((LONGEST_DELAY + 1) * sensors);
    this.reset(seed);
  }

  /** Sensors that have a fault now. */
  get faulty(): number {
    return this.count;
  }

  /** Begin a life: readings of the past are forgotten, noise and losses follow `seed`; faults stay. */
  reset(seed: number): void {
    this.random.seed(seed);
    this.steps = 0;
  }

  /** Begin the fault of an accepted perturbation of sensors. */
  activate(perturbation: Perturbation): void {
    for (let s = 0; s < this.faults.length; s++) {
      if (perturbation.target !== undefined && this.names[s] !== perturbation.target) continue;
      if (!this.faults[s]) this.count++;
      this.faults[s] = perturbation;
      this.holdNext[s] = perturbation.value === undefined ? 1 : 0;
      this.held[s] = perturbation.value ?? 0;
    }
  }

  /** End it; where another fault has taken its place, that one stays. */
  deactivate(perturbation: Perturbation): void {
    for (let s = 0; s < this.faults.length; s++) {
      if (this.faults[s]?.id !== perturbation.id) continue;
      this.faults[s] = undefined;
      this.count--;
    }
  }

  /** Once each control step: what the faulty sensors say instead, in place. `observation` is [sensors]. */
  apply(observation: Float32Array): void {
    const { faults, history } = this;
    const sensors = faults.length;
    history.set(observation, (this.steps % (LONGEST_DELAY + 1)) * sensors);
    this.steps++;
    if (this.count === 0) return;
    for (let s = 0; s < sensors; s++) {
      const fault = faults[s];
      if (fault) observation[s] = this.reading(fault, s, observation[s]!);
    }
  }

  private reading({ type, value = 0 }: Perturbation, sensor: number, truth: number): number {
    switch (type) {
      case 'stuck':
        if (this.holdNext[sensor]) {
          this.holdNext[sensor] = 0;
          this.held[sensor] = truth;
        }
        return this.held[sensor]!;
      case 'noise':
        return Math.max(-OBSERVATION_CLIP, Math.min(OBSERVATION_CLIP, truth + value * this.random.normal()));
      case 'delay': {
        // Before there is a past that long: the oldest reading of this life.
        const step = this.steps - 1 - Math.min(value, this.steps - 1);
        return this.history[(step % (LONGEST_DELAY + 1)) * this.faults.length + sensor]!;
      }
      case 'drop':
        return this.random.uniform() < value ? 0 : truth;
      default:
        return truth;
    }
  }
}
