import { SlidingCount } from '../sliding-count.js';

/** s over which the rate of arrivals is taken. */
const RATE_WINDOW = 1;

/** When the newest state arrived, and how often they do. Counting allocates nothing. */
export class Arrivals {
  private readonly count = new SlidingCount(RATE_WINDOW);
  private lastAt = -Infinity;
  private flowingSince = NaN;

  /** When the newest one arrived; -Infinity before the first. */
  get last(): number {
    return this.lastAt;
  }

  /** One arrived at `now`, s. After a silence of more than the window the rate is taken anew. */
  note(now: number): void {
    if (!(now - this.lastAt <= RATE_WINDOW)) {
      this.flowingSince = now;
      this.count.reset();
    }
    this.lastAt = now;
    this.count.add(now);
  }

  age(now: number): number {
    return now - this.lastAt;
  }

  /** Arrivals a second; NaN until they have flowed for a whole window. */
  rate(now: number): number {
    return now - this.flowingSince >= RATE_WINDOW ? this.count.rate(now) : NaN;
  }
}
