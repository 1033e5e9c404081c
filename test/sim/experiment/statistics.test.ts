import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateMean,
  quantile,
  recoverySteps,
  runningMean,
  shareInterval,
  studentQuantile,
} from '../../../sim/experiment/statistics.js';

describe("Student's t", () => {
  it.each([
    // R: qt(0.975, degrees)
    [1, 12.7062047364],
    [2, 4.3026527297],
    [3, 3.1824463053],
    [4, 2.7764451052],
    [9, 2.2621571628],
    [99, 1.9842169516],
    [1000, 1.9623390808],
  ])('with %d degrees of freedom is within its 95 %% quantile', (degrees, expected) => {
    expect(studentQuantile(degrees)).toBeCloseTo(expected, 8);
  });
});

describe('the estimate of a mean', () => {
  it('has mean, sample standard deviation and interval', () => {
    const estimate = estimateMean([2, 4, 4, 4, 5, 5, 7, 9])!;
    expect(estimate).toMatchObject({ n: 8, mean: 5 });
    expect(estimate.sd).toBeCloseTo(Math.sqrt(32 / 7), 12);
    // 5 +- 2.364624 * 2.13809 / sqrt(8)
    expect(estimate.interval!.low).toBeCloseTo(3.21251, 4);
    expect(estimate.interval!.high).toBeCloseTo(6.78749, 4);
  });

  it('has no interval for one value, and is none for none', () => {
    expect(estimateMean([7])).toEqual({ n: 1, mean: 7 });
    expect(estimateMean([])).toBeUndefined();
  });
});

describe('the interval of a share', () => {
  it("is Wilson's", () => {
    // R: prop.test(8, 10, correct = FALSE)$conf.int
    expect(shareInterval(8, 10).low).toBeCloseTo(0.4901625, 6);
    expect(shareInterval(8, 10).high).toBeCloseTo(0.9433178, 6);
    // z^2 / (n + z^2)
    expect(shareInterval(0, 100)).toEqual({ low: 0, high: expect.closeTo(0.0369935, 6) as number });
    expect(shareInterval(100, 100)).toEqual({ low: expect.closeTo(0.9630065, 6) as number, high: 1 });
  });

  it('holds the share that was seen and stays between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, part) => {
          const k = Math.round(n * part);
          const { low, high } = shareInterval(k, n);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(k / n);
          expect(high).toBeGreaterThanOrEqual(k / n);
        },
      ),
    );
  });
});

describe('quantiles', () => {
  it('lie between the order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(quantile([], 0.5)).toBeUndefined();
  });
});

describe('the running mean', () => {
  it('is of the last steps, of fewer at the beginning', () => {
    expect([...runningMean([1, 2, 6, 3], 2)]).toEqual([1, 1.5, 4, 4.5]);
  });
});

describe('recovery', () => {
  const rule = { window: 5, before: 20, share: 0.8 };
  const walk = (...parts: readonly (readonly [steps: number, speed: number])[]): number[] =>
    parts.flatMap(([steps, speed]) => Array.from({ length: steps }, () => speed));

  it('takes at least one window, even where nothing was lost', () => {
    expect(recoverySteps(walk([100, 1]), 50, 50, rule)).toBe(5);
  });

  it('is counted from the end of what lasted', () => {
    // Standing during steps 50 to 59 and for 7 more steps, then as fast as before: 4 of 5 steps at 1 m/s are 0.8.
    expect(recoverySteps(walk([50, 1], [17, 0], [30, 1]), 50, 60, rule)).toBe(11);
  });

  it('is none where the speed does not come back or there was none', () => {
    expect(recoverySteps(walk([50, 1], [50, 0.7]), 50, 50, rule)).toBeNull();
    expect(recoverySteps(walk([50, -1], [50, 1]), 50, 50, rule)).toBeNull();
    expect(recoverySteps(walk([40, 1]), 50, 60, rule)).toBeNull();
  });

  it('compares with the steps just before, not with all of them', () => {
    expect(recoverySteps(walk([30, 5], [20, 1], [30, 0.9]), 50, 50, rule)).toBe(5);
  });
});
