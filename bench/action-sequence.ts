import { Random } from '../policy/random.js';

/** Control steps for which an action is held. */
const HELD = 10;

/**
 * Random actions that are the same for every simulator: held for 10 control steps; even seeds draw -1 or 1 (the
 * hardest that joint limits meet), odd seeds draw from [-1, 1].
 */
export class ActionSequence {
  private readonly random = new Random(0);
  private fullEffort = false;
  private step = 0;

  begin(seed: number): void {
    this.random.seed(seed, 31);
    this.fullEffort = seed % 2 === 0;
    this.step = 0;
  }

  /** Write the action of the next control step. */
  next(action: Float32Array): void {
    if (this.step++ % HELD !== 0) return;
    for (let j = 0; j < action.length; j++) {
      const value = this.random.uniform(-1, 1);
      action[j] = this.fullEffort ? Math.sign(value) : value;
    }
  }
}
