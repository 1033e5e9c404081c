import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

const NANOSECONDS = 1e9;

/** Durations as a histogram of fixed size (HDR, 3 significant digits, 1 ns to 10 s): recording allocates nothing. */
export class DurationHistogram {
  private readonly histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: 10 * NANOSECONDS,
    figures: 3,
  });

  get count(): number {
    return this.histogram.count;
  }

  /** `duration` in s. */
  record(duration: number): void {
    const nanoseconds = Math.round(duration * NANOSECONDS);
    this.histogram.record(Math.max(1, Math.min(10 * NANOSECONDS, nanoseconds)));
  }

  /** s; `percent` in (0, 100]. */
  percentile(percent: number): number {
    return this.histogram.percentile(percent) / NANOSECONDS;
  }
}
