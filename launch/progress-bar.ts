import type { Writable } from 'node:stream';
import { durationText } from './duration-text.js';

const WIDTH = 30;

/** A bar with an estimate of the time left, on terminals only; rewritten in place at most ten times a second. */
export class ProgressBar {
  private readonly out: Writable & { readonly isTTY?: boolean };
  private readonly what: string;
  private readonly now: () => number;
  private readonly start: number;
  private shown = -Infinity;
  /** What was there before the first call; it took no time. */
  private before: number | undefined;

  /** `now` tells seconds. */
  constructor(out: Writable & { readonly isTTY?: boolean }, what: string, now: () => number) {
    this.out = out;
    this.what = what;
    this.now = now;
    this.start = now();
  }

  /** Called after each one, whether or not any were there before: the estimate is of those that are watched. */
  show(done: number, all: number): void {
    const now = this.now();
    this.before ??= done - 1;
    if (!this.out.isTTY || (now - this.shown < 0.1 && done < all)) return;
    this.shown = now;
    const filled = Math.round((WIDTH * done) / all);
    const left = durationText(((now - this.start) / (done - this.before)) * (all - done));
    this.out.write(
      `\r\x1b[2K${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)} ${done}/${all} ${this.what}, ${left} left`,
    );
  }

  /** Take the bar away. */
  end(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[2K');
  }
}
