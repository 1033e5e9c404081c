import type { Cancel, Clock } from '../clock.js';

/** s between two answers: what is answered is heard again by everybody who listens. */
const SPACING = 1;

/**
 * Contradicts whoever says that this endpoint is gone: the will of the one before, whose end the broker noticed late,
 * or anybody else. At most once a second, and always after the last time that it was said.
 */
export class Presence {
  private readonly clock: Clock;
  private readonly contradict: () => void;
  private last = -Infinity;
  private cancel: Cancel | undefined;

  constructor(clock: Clock, contradict: () => void) {
    this.clock = clock;
    this.contradict = contradict;
  }

  /** Somebody said that it is gone. */
  denied(): void {
    if (this.cancel) return;
    const now = this.clock.now();
    if (now >= this.last + SPACING) this.answer(now);
    else this.cancel = this.clock.callAt(this.last + SPACING, () => this.answer(this.clock.now()));
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private answer(now: number): void {
    this.cancel = undefined;
    this.last = now;
    this.contradict();
  }
}
