/** Spaces things that come regularly: at most one each `period`, in the long run; jitter of a period is borne. */
export class Pace {
  private readonly period: number;
  private due = -Infinity;

  /** @param period s */
  constructor(period: number) {
    this.period = period;
  }

  /** s: when the next one may pass. */
  get next(): number {
    return this.due - this.period;
  }

  /** Whether one may pass at `now`, in s. */
  admit(now: number): boolean {
    if (now < this.next) return false;
    this.due = Math.max(this.due, now) + this.period;
    return true;
  }
}
