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
    if (this.size > this.capacity) this.dropOldest(this.oldest);
  }

  /** As {@link add}, with those of the same name dropped: only the newest one matters. */
  addInPlaceOfOlder(outgoing: Outgoing): void {
    this.dropOlder(outgoing.name);
    this.add(outgoing);
  }

  /** As {@link addInPlaceOfOlder}, and before all others. */
  addFirst(outgoing: Outgoing): void {
    this.dropOlder(outgoing.name);
    if (this.oldest > 0) this.waiting[--this.oldest] = outgoing;
    else this.waiting.unshift(outgoing);
    if (this.size > this.capacity) this.dropOldest(this.oldest + 1);
  }

  /** The oldest one that is not too old at `now`, which waits no more; undefined: none waits. */
  take(now: number): Outgoing | undefined {
    while (this.oldest < this.waiting.length) {
      const outgoing = this.waiting[this.oldest]!;
      this.skipOldest();
      if (outgoing.expiresAt > now) return outgoing;
      this.dropped++;
    }
    return undefined;
  }

  private dropOlder(name: string): void {
    const older = this.find(this.oldest, (outgoing) => outgoing.name === name);
    if (older !== undefined) this.drop(older);
  }

  /** The oldest one from `start` on that can be dispensed with, or else the one at `start`. */
  private dropOldest(start: number): void {
    this.drop(this.find(start, ({ indispensable }) => !indispensable) ?? start);
  }

  private find(start: number, is: (outgoing: Outgoing) => boolean): number | undefined {
    for (let index = start; index < this.waiting.length; index++) {
      if (is(this.waiting[index]!)) return index;
    }
    return undefined;
  }

  private drop(index: number): void {
    this.dropped++;
    if (index === this.oldest) this.skipOldest();
    else this.waiting.splice(index, 1);
  }

  private skipOldest(): void {
    this.oldest++;
    // Now and then, so that it costs the same however many wait.
    if (this.oldest * 2 > this.waiting.length) this.forgetTaken();
  }

  private forgetTaken(): void {
    this.waiting = this.waiting.slice(this.oldest);
    this.oldest = 0;
  }
}
