/** Lets `rate` things a second pass, and `burst` of them at once. */
export class TokenBucket {
  private readonly rate: number;
  private readonly burst: number;
  private tokens: number;
  private filledAt: number;

  /** `now` in s, on the clock of all later calls. */
  constructor(rate: number, burst: number, now: number) {
    this.rate = rate;
    this.burst = burst;
    this.tokens = burst;
    this.filledAt = now;
  }

  /** Whether one more may pass now. */
  take(now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + this.rate * (now - this.filledAt));
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
