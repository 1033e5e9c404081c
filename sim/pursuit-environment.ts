import { Random } from '../policy/random.js';
import type { Environment, StepResult } from './environment.js';

/**
 * A trivial environment whose only job is to test the learner: each action shall equal a hidden sign times its
 * observation. A step's reward is 1 when it does and falls with the mean squared error; seconds, not hours.
 */
export class PursuitEnvironment implements Environment {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly controlPeriod = 0.01;
  readonly observation: Float32Array;
  private readonly horizon: number;
  private readonly random = new Random(0);
  private readonly result: StepResult = { reward: 0, terminated: false, truncated: false };
  private steps = 0;

  constructor(observationSize = 4, actionSize = 2, horizon = 20) {
    this.observationSize = observationSize;
    this.actionSize = actionSize;
    this.horizon = horizon;
    this.observation = new Float32Array(observationSize);
  }

  reset(seed: number): void {
    this.random.seed(seed);
    this.steps = 0;
    this.look();
  }

  step(action: Float32Array): StepResult {
    let error = 0;
    for (let j = 0; j < this.actionSize; j++) {
      const wanted = (j % 2 === 0 ? 0.8 : -0.8) * this.observation[j % this.observationSize]!;
      error += (action[j]! - wanted) ** 2 / this.actionSize;
    }
    this.steps++;
    this.result.reward = 1 - error;
    this.result.truncated = this.steps >= this.horizon;
    this.look();
    return this.result;
  }

  dispose(): void {
    // Nothing outside the garbage collector's sight.
  }

  private look(): void {
    for (let k = 0; k < this.observationSize; k++) this.observation[k] = this.random.uniform(-1, 1);
  }
}
