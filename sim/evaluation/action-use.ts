/** Actions beyond this, either way, count as saturated. */
const SATURATED = 0.95;

/** What the actions of a life ask of the motors. Counting allocates nothing. */
export class ActionUse {
  private readonly last: Float32Array;
  /** [actions]: control steps in which it was saturated. */
  private readonly saturatedSteps: Float64Array;
  private steps = 0;
  private changes = 0;
  private squares = 0;

  constructor(actions: number) {
    this.last = new Float32Array(actions);
    this.saturatedSteps = new Float64Array(actions);
  }

  /** A life begins. */
  reset(): void {
    this.steps = 0;
    this.changes = 0;
    this.squares = 0;
    this.saturatedSteps.fill(0);
  }

  /** The action of the next control step. */
  count(action: Float32Array): void {
    for (let j = 0; j < action.length; j++) {
      const value = action[j]!;
      if (value > SATURATED || value < -SATURATED) this.saturatedSteps[j]!++;
      if (this.steps > 0) this.changes += Math.abs(value - this.last[j]!);
      this.last[j] = value;
      this.squares += value * value;
    }
    this.steps++;
  }

  /** Share of the actions that were saturated; this and all below is 0 as long as there were none. */
  get saturated(): number {
    let sum = 0;
    for (let j = 0; j < this.saturatedSteps.length; j++) sum += this.saturatedSteps[j]!;
    return sum / (Math.max(1, this.steps) * this.last.length);
  }

  /** [actions]: the same of each. */
  get saturatedEach(): number[] {
    return Array.from(this.saturatedSteps, (count) => count / Math.max(1, this.steps));
  }

  /** Mean absolute change from step to step. */
  get change(): number {
    return this.changes / (Math.max(1, this.steps - 1) * this.last.length);
  }

  /** Mean square: what heats a motor. */
  get effort(): number {
    return this.squares / (Math.max(1, this.steps) * this.last.length);
  }
}
