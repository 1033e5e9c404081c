/** A message that waits for the broker. */
export interface Outgoing {
  /** Full MQTT topic. */
  readonly name: string;
  readonly payload: string;
  readonly retain: boolean;
  /** s on the clock of whoever keeps the outbox; Infinity: never. */
  readonly expiresAt: number;
  /** Kept even where there is no more room for others. */
  readonly indispensable: boolean;
}

/** What waits for the broker, in the order in which it was said, and no more of it than fits. */
export class Outbox {
  /** Messages that were never sent: too old, or too many. */
  dropped = 0;
  private readonly capacity: number;
  private waiting: Outgoing[] = [];
  /** Index of the oldest one that still waits. */
  private oldest = 0;

  /** @param capacity messages */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.waiting.length - this.oldest;
  }

  /** Where there is no more room, in place of the oldest one that can be dispensed with. */
  add(outgoing: Outgoing): void {
    this.waiting.push(outgoing);
    if (this.size <= this.capacity) return;
    const surplus = this.waiting.findIndex(
      ({ indispensable }, index) => index >= this.oldest && !indispensable,
    );
    this.drop(surplus === -1 ? this.oldest : surplus);
  }

  /** As {@link add}, with those of the same name dropped: only the newest one matters. */
  addInPlaceOfOlder(outgoing: Outgoing): void {
    const older = this.waiting.findIndex(({ name }, index) => index >= this.oldest && name === outgoing.name);
    if (older !== -1) this.drop(older);
    this.add(outgoing);
  }

  /** Before all others. */
  addFirst(outgoing: Outgoing): void {
    this.waiting.splice(this.oldest, 0, outgoing);
  }

  /** The oldest one that is not too old at `now`, which waits no more; undefined: none waits. */
  take(now: number): Outgoing | undefined {
    while (this.oldest < this.waiting.length) {
      const outgoing = this.waiting[this.oldest]!;
      this.oldest++;
      // Now and then, so that taking costs the same however many wait.
      if (this.oldest * 2 > this.waiting.length) this.forgetTaken();
      if (outgoing.expiresAt > now) return outgoing;
      this.dropped++;
    }
    return undefined;
  }

  private drop(index: number): void {
    this.waiting.splice(index, 1);
    this.dropped++;
  }

  private forgetTaken(): void {
    this.waiting = this.waiting.slice(this.oldest);
    this.oldest = 0;
  }
}
