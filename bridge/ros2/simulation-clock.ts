import { ManualClock, type Cancel, type Clock } from '../clock.js';

/** A step of the simulator's time that is larger than this, s, or backward, is a jump: it is not lived through. */
const LARGEST_STEP = 1;

/** The time of a simulator (`use_sim_time`): passes when `/clock` says so, and stands while it is silent. */
export class SimulationClock implements Clock {
  private readonly clock = new ManualClock();
  private told = NaN;

  /** Whether the simulator has told its time yet. */
  get running(): boolean {
    return !Number.isNaN(this.told);
  }

  now(): number {
    return this.clock.now();
  }

  callAt(time: number, callback: () => void): Cancel {
    return this.clock.callAt(time, callback);
  }

  /** The simulator says that it is `time`, s. */
  tell(time: number): void {
    const step = time - this.told;
    this.told = time;
    if (step > 0 && step <= LARGEST_STEP) this.clock.advance(step);
  }
}
