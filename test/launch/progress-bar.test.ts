import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ProgressBar } from '../../launch/progress-bar.js';

/** What a bar shows when one more is done each second, from `first` on. */
function shownAfter(first: number, last: number, all: number): string {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  let time = 0;
  const bar = new ProgressBar(terminal, 'lives', () => time);
  for (let done = first; done <= last; done++) {
    time++;
    bar.show(done, all);
  }
  return String(terminal.read()).split('\r').at(-1)!;
}

describe('a progress bar', () => {
  it('tells how many are done, and how long the others will take', () => {
    expect(shownAfter(1, 10, 40)).toContain(`${'#'.repeat(8)}${'.'.repeat(22)} 10/40 lives, 30 s left`);
  });

  it('does not take those for fast that were there before', () => {
    expect(shownAfter(21, 30, 40)).toContain('30/40 lives, 10 s left');
  });

  it('is silent where there is no terminal', () => {
    const out = new PassThrough();
    new ProgressBar(out, 'lives', () => 1).show(1, 2);
    expect(out.read()).toBeNull();
  });
});
