import { HebbridgeError } from '../policy/errors.js';
import type { Cancel, Clock } from './clock.js';

/** s. A loop with a shorter one would do nothing but keep up. */
const SHORTEST_PERIOD = 1e-4;

/**
 * A step each period, at absolute deadlines start + k x period: an error of one period is not carried into the
 * next. A step that is not done by the next deadline is an overrun; the periods that it used up are counted as
 * missed and left out, not made up for. A step that throws does not end the loop: whoever keeps the time hears of it.
 */
export class ControlLoop {
  private readonly clock: Clock;
  private readonly period: number;
  private readonly step: () => void;
  private cancel: Cancel | undefined;
  private startedAt = 0;
  private periodIndex = 0;
  private overrunCount = 0;
  private missedCount = 0;

  /** `period` in s. */
  constructor(clock: Clock, period: number, step: () => void) {
    if (!(period >= SHORTEST_PERIOD)) {
      throw new HebbridgeError(
        'ERR_SETTING',
        `a control period of ${period} s; at least ${SHORTEST_PERIOD} s`,
      );
    }
    this.clock = clock;
    this.period = period;
    this.step = step;
  }

  /** Steps that were not done by the next deadline, late beginnings included. */
  get overruns(): number {
    return this.overrunCount;
  }

  /** Periods that had no step. */
  get missedPeriods(): number {
    return this.missedCount;
  }

  /** First step at `firstDeadline` (s on the clock; default: now), never from within this call. */
  start(firstDeadline = this.clock.now()): void {
    this.stop();
    this.startedAt = firstDeadline;
    this.periodIndex = 0;
    this.wait();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private deadline(period: number): number {
    return this.startedAt + period * this.period;
  }

  private wait(): void {
    this.cancel = this.clock.callAt(this.deadline(this.periodIndex), this.tick);
  }

  private readonly tick = (): void => {
    const { cancel } = this;
    try {
      this.step();
    } finally {
      this.goOn(cancel);
    }
  };

  private goOn(cancel: Cancel | undefined): void {
    // The step may have stopped the loop, or started it anew.
    if (this.cancel !== cancel || cancel === undefined) return;
    this.periodIndex++;
    const now = this.clock.now();
    if (now > this.deadline(this.periodIndex)) {
      this.overrunCount++;
      const used = Math.ceil((now - this.deadline(this.periodIndex)) / this.period);
      this.periodIndex += used;
      this.missedCount += used;
    }
    this.wait();
  }
}
