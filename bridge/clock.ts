import { Appointments, type Cancel } from './appointments.js';

export type { Cancel };

/**
 * Monotonic time, injected wherever time matters: the real one, or a manual one for tests and replay.
 * Nothing in the bridge asks anybody else what time it is.
 */
export interface Clock {
  /** s since an arbitrary origin; never goes back. */
  now(): number;
  /** Call `callback` once, as soon as `now()` is at least `time`; never from within this call. */
  callAt(time: number, callback: () => void): Cancel;
}

/**
 * The machine's monotonic clock. Wakes up to about 1 ms late (the grain of Node's timers), never early.
 * Control loops want bridge/precise-clock.ts.
 */
export class MonotonicClock implements Clock {
  now(): number {
    return performance.now() / 1000;
  }

  callAt(time: number, callback: () => void): Cancel {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      // Node's timers count in whole ms and may ring a fraction early: look again.
      const milliseconds = Math.max(1, Math.ceil((time - this.now()) * 1000));
      timer = setTimeout(() => {
        if (this.now() >= time) callback();
        else wait();
      }, milliseconds);
    };
    wait();
    return () => clearTimeout(timer);
  }
}

/**
 * Time that passes when told to. Appointments are kept in order of time, those of the same time in the order
 * in which they were made: a run on this clock is the same every time, and as fast as the machine allows.
 */
export class ManualClock implements Clock {
  private readonly appointments = new Appointments();
  private time: number;

  constructor(start = 0) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  callAt(time: number, callback: () => void): Cancel {
    return this.appointments.add(time, callback);
  }

  /** Let `seconds` pass and keep every appointment on the way, each at its own time. */
  advance(seconds: number): void {
    this.advanceTo(this.time + seconds);
  }

  /** Work that takes long, inside a callback: time passes, and appointments that fall due meanwhile come late. */
  beBusy(seconds: number): void {
    this.time += seconds;
  }

  /** Let time pass until `time`; see {@link advance}. */
  advanceTo(time: number): void {
    let due = this.appointments.takeDue(time);
    while (due) {
      this.time = Math.max(this.time, due.time);
      due.callback();
      due = this.appointments.takeDue(time);
    }
    this.time = Math.max(this.time, time);
  }
}
