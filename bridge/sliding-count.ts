const BUCKETS = 10;

/** How much of something happened within the last `window` s, to a tenth of it. Counting allocates nothing. */
export class SlidingCount {
  private readonly buckets = new Float64Array(BUCKETS);
  private readonly width: number;
  /** Number of the newest bucket since time 0. */
  private newest = -Infinity;

  constructor(window = 1) {
    this.width = window / BUCKETS;
  }

  /** `time` in s, never going back. */
  add(time: number, amount = 1): void {
    this.forget(time);
    this.buckets[this.newest % BUCKETS]! += amount;
  }

  /** Within the window that ends at `time`. */
  total(time: number): number {
    this.forget(time);
    let sum = 0;
    for (let b = 0; b < BUCKETS; b++) sum += this.buckets[b]!;
    return sum;
  }

  /** A second: the total by the time that it covers, which is less than the window until its newest tenth is over. */
  rate(time: number): number {
    const total = this.total(time);
    return total / (time - (this.newest - BUCKETS + 1) * this.width);
  }

  reset(): void {
    this.buckets.fill(0);
    this.newest = -Infinity;
  }

  private forget(time: number): void {
    const bucket = Math.max(0, Math.floor(time / this.width));
    if (bucket - this.newest >= BUCKETS) this.buckets.fill(0);
    else for (let b = this.newest + 1; b <= bucket; b++) this.buckets[b % BUCKETS] = 0;
    this.newest = Math.max(this.newest, bucket);
  }
}
