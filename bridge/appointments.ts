/** Withdraw an appointment; harmless when it is over. */
export type Cancel = () => void;

/** Something to be called at a time. */
export interface Appointment {
  /** s on the clock that it was made with. */
  readonly time: number;
  readonly callback: () => void;
}

/** What a clock still has to call: in order of time, and of the same time in the order in which it was made. */
export class Appointments {
  private readonly inOrder: Appointment[] = [];

  /** The one that comes next; undefined when there is none. */
  get next(): Appointment | undefined {
    return this.inOrder[0];
  }

  /** Returns what withdraws it; that is harmless once it was taken. */
  add(time: number, callback: () => void): Cancel {
    const appointment = { time, callback };
    let at = this.inOrder.length;
    while (at > 0 && this.inOrder[at - 1]!.time > time) at--;
    this.inOrder.splice(at, 0, appointment);
    return () => {
      const index = this.inOrder.indexOf(appointment);
      if (index >= 0) this.inOrder.splice(index, 1);
    };
  }

  /** Take out the one that comes next, if it is due at `now`. */
  takeDue(now: number): Appointment | undefined {
    const { next } = this;
    if (next === undefined || next.time > now) return undefined;
    return this.inOrder.shift();
  }
}
