import { Appointments } from './appointments.js';
import type { Cancel, Clock } from './clock.js';
import { WakeUpThread } from './wake-up-thread.js';

/** s: the most by which the thread is asked to wake the event loop ahead of an appointment. */
const LONGEST_LEAD = 0.5e-3;
/** s: by how much the lead grows after a wake-up that came late; it shrinks by a third of that after others. */
const LEAD_STEP = 10e-6;
/** ms: beyond it, Node's timers ring at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's monotonic clock, for control loops: a thread sleeps to the microsecond and wakes the event loop a
 * little ahead of an appointment; what is left is waited for in turns of the event loop, so that messages that
 * arrive meanwhile are still handled before. How far ahead is learned: until three of four wake-ups are in time.
 *
 * Beside the thread there is always a plain timer. It keeps the process alive as long as there is an appointment,
 * and the appointment, up to about 2 ms late, where the thread cannot start, has not started yet, or is closed.
 * Figures, and those of the other ways that were tried: docs/benchmarks.md.
 */
export class PreciseClock implements Clock {
  /** Whether the thread is up: resolves to false where there can be none. Never rejects. */
  readonly ready: Promise<boolean>;
  private readonly appointments = new Appointments();
  private readonly thread: WakeUpThread | undefined;
  /** The thread hears what it is asked. */
  private awake = false;
  /** An appointment is being kept; what comes next is seen to afterwards. */
  private looking = false;
  /** s: how far ahead of an appointment the thread is asked to wake the event loop. */
  private lead = 0;
  /** s: when the thread was asked to wake the event loop; Infinity when it was not. */
  private wakeUpAt = Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** An immediate is on its way. It is never cleared: Node 20 loops for ever where one before it threw. */
  private scheduled = false;
  /** What it is to do still has to be done. */
  private turnWanted = false;

  constructor() {
    let settle: (up: boolean) => void = () => undefined;
    this.ready = new Promise((resolve) => (settle = resolve));
    try {
      this.thread = new WakeUpThread({
        onReady: () => {
          this.awake = true;
          settle(true);
          this.prepare();
        },
        onWake: this.wake,
        onEnd: () => {
          this.awake = false;
          settle(false);
        },
      });
    } catch {
      settle(false);
    }
  }

  now(): number {
    return performance.now() / 1000;
  }

  callAt(time: number, callback: () => void): Cancel {
    const earliest = this.appointments.next?.time ?? Infinity;
    const withdraw = this.appointments.add(time, callback);
    if (time < earliest && !this.looking) this.prepare();
    return () => {
      withdraw();
      if (this.appointments.next === undefined && !this.looking) this.rest();
    };
  }

  /** Give the thread back. Appointments are kept all the same, by plain timers. */
  async close(): Promise<void> {
    this.awake = false;
    await this.thread?.close();
  }

  private readonly wake = (): void => {
    const now = this.now();
    const { next } = this.appointments;
    // A wake-up before its time was meant for what was withdrawn since, and teaches nothing.
    if (next && now >= this.wakeUpAt) this.learn(now > next.time);
    this.wakeUpAt = Infinity;
    this.look();
  };

  /** Such steps come to rest where one wake-up of four comes late. */
  private learn(late: boolean): void {
    const step = late ? LEAD_STEP : -LEAD_STEP / 3;
    this.lead = Math.max(0, Math.min(LONGEST_LEAD, this.lead + step));
  }

  /** Keep one appointment, if it is due. Others have their turns: messages are not kept waiting for all of them. */
  private readonly look = (): void => {
    this.turnWanted = false;
    const due = this.appointments.takeDue(this.now());
    this.looking = true;
    try {
      due?.callback();
    } finally {
      this.looking = false;
      this.prepare();
    }
  };

  /** See to it that there is a look at the appointments when the next one is due. */
  private prepare(): void {
    const { next } = this.appointments;
    if (next === undefined) {
      this.rest();
      return;
    }
    const left = next.time - this.now();
    if (left <= this.lead) {
      this.turnWanted = true;
      if (!this.scheduled) setImmediate(this.takeTurn);
      this.scheduled = true;
      return;
    }
    this.turnWanted = false;
    clearTimeout(this.timer);
    // Behind the thread, so that it seldom rings in vain.
    const milliseconds = Math.ceil(1000 * left) + (this.awake ? 1 : 0);
    this.timer = setTimeout(this.look, Math.min(milliseconds, LONGEST_TIMER_MS));
    if (!this.awake) return;
    this.wakeUpAt = next.time - this.lead;
    this.thread?.wakeAt(1000 * this.wakeUpAt);
  }

  /** With nothing to call, nothing keeps the process alive. */
  private rest(): void {
    this.turnWanted = false;
    clearTimeout(this.timer);
    this.wakeUpAt = Infinity;
  }

  private readonly takeTurn = (): void => {
    this.scheduled = false;
    if (this.turnWanted) this.look();
  };
}
