import { SlidingCount } from './sliding-count.js';
import type { Finding } from './supervisor/finding.js';
import type { SafetySettings } from './supervisor/safety-settings.js';

type Bounds = Pick<SafetySettings, 'overrunPolicy' | 'largestMissedShare' | 'stalePeriods'>;

/** Watches whether the control steps keep up with their periods. Watching allocates nothing. */
export class LoadWatch {
  private readonly controlPeriod: number;
  private readonly bounds: Bounds;
  private readonly missed = new SlidingCount();
  private readonly longestSilence: number;
  private counted = 0;

  /** `controlPeriod` in s. */
  constructor(controlPeriod: number, bounds: Bounds) {
    this.controlPeriod = controlPeriod;
    this.bounds = bounds;
    this.longestSilence = bounds.stalePeriods * controlPeriod;
  }

  /**
   * In every control period, whatever else is wrong in it: what was missed is to count when it was missed.
   * `missedPeriods`: so far, of the control loop.
   */
  note(now: number, missedPeriods: number): void {
    this.missed.add(now, missedPeriods - this.counted);
    this.counted = missedPeriods;
  }

  /** `silence`: s since the control step before this one; what was found then says nothing about now if it is long. */
  judge(now: number, silence: number): Finding {
    if (silence > this.longestSilence) return 'overload';
    const { overrunPolicy, largestMissedShare } = this.bounds;
    if (overrunPolicy === 'report') return 'good';
    const share = this.missed.total(now) * this.controlPeriod;
    if (share <= largestMissedShare) return 'good';
    return overrunPolicy === 'hold' ? 'overload' : 'lasting-overload';
  }
}
