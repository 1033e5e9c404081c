import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingCount } from '../../bridge/sliding-count.js';

const WINDOW = 1;
const TENTH = WINDOW / 10;
/** Times and amounts, in order of time. */
const anyHappenings = fc
  .array(fc.tuple(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })), fc.nat(5)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let time = 0;
    return steps.map(([pause, amount]) => ({ time: (time += pause), amount }));
  });

describe('a sliding count', () => {
  it('is what happened in the tenths of the window that have not passed, whatever happens when', () => {
    fc.assert(
      fc.property(anyHappenings, (happenings) => {
        const count = new SlidingCount(WINDOW);
        const tenth = (time: number) => Math.floor(time / TENTH);
        happenings.forEach(({ time, amount }, last) => {
          count.add(time, amount);
          const naive = happenings
            .slice(0, last + 1)
            .filter((before) => tenth(before.time) > tenth(time) - 10)
            .reduce((sum, before) => sum + before.amount, 0);
          expect(count.total(time)).toBe(naive);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('forgets within a window all that is past', () => {
    const count = new SlidingCount();
    count.add(5, 7);
    expect(count.total(5.85)).toBe(7);
    expect(count.total(6)).toBe(0);
    expect(count.total(1e9)).toBe(0);
  });

  it('begins anew when it is reset', () => {
    const count = new SlidingCount();
    count.add(5, 7);
    count.reset();
    expect(count.total(5)).toBe(0);
  });

  it.each([20, 60, 500])('tells the rate of what comes %i times a second, at any moment', (rate) => {
    const count = new SlidingCount();
    for (let k = 0; k < 3 * rate; k++) {
      const time = (k + 0.5) / rate;
      count.add(time);
      // One more or less falls into what is looked at.
      if (time > 1.5) expect(Math.abs(count.rate(time) - rate)).toBeLessThanOrEqual(1.2);
    }
  });
});
