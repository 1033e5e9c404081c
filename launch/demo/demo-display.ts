import type { Writable } from 'node:stream';

const CLEAR_LINE = '\r\x1b[2K';

/** Where the demo shows what goes on: one line that is rewritten on a terminal, line after line elsewhere. */
export class DemoDisplay {
  private readonly out: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  private note = '';

  constructor(out: Writable & { readonly isTTY?: boolean; readonly columns?: number }) {
    this.out = out;
  }

  get live(): boolean {
    return this.out.isTTY === true;
  }

  /** s between two lines. */
  get period(): number {
    return this.live ? 0.1 : 1;
  }

  /** A line that stays. */
  say(line: string): void {
    this.out.write(this.live ? `${CLEAR_LINE}${line}\n` : `${line}\n`);
  }

  /** What to put at the end of the status line until there is something newer. */
  setNote(note: string): void {
    this.note = note;
  }

  show(line: string): void {
    if (!this.live) {
      this.out.write(`${line}\n`);
      return;
    }
    const text = this.note === '' ? line : `${line}  [${this.note}]`;
    // A line that wraps could not be taken back.
    this.out.write(CLEAR_LINE + text.slice(0, (this.out.columns ?? 80) - 1));
  }

  /** Take the live line away. */
  end(): void {
    if (this.live) this.out.write(CLEAR_LINE);
  }
}
