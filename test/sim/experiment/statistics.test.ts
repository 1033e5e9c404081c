import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateMean,
  estimateShare,
  momentsOf,
  quantile,
  studentQuantile,
} from '../../../sim/experiment/statistics.js';

describe("Student's t", () => {
  it.each([
    [1, 12.7062047362],
    [2, 4.3026527297],
    [3, 3.1824463053],
    [5, 2.5705818356],
    [10, 2.228138852],
    [30, 2.0422724563],
    [99, 1.9842169516],
  ])('has its table value at 97.5 %% with %i degrees of freedom', (degrees, value) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(value, 8);
  });

  it('is Cauchy with one degree of freedom, and nearly normal with many', () => {
    expect(studentQuantile(0.75, 1)).toBeCloseTo(1, 12);
    expect(studentQuantile(0.975, 1_000_000)).toBeCloseTo(1.959966, 5);
  });
});

describe('the mean of a sample', () => {
  it('comes with its standard deviation and interval', () => {
    const { mean, sd, interval } = estimateMean([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(sd).toBeCloseTo(Math.sqrt(32 / 7), 12);
    const reach = (2.364624251 * Math.sqrt(32 / 7)) / Math.sqrt(8);
    expect(interval![0]).toBeCloseTo(5 - reach, 8);
    expect(interval![1]).toBeCloseTo(5 + reach, 8);
  });

  it('has no interval when it is of one value', () => {
    expect(estimateMean([3])).toEqual({ count: 1, mean: 3, sd: 0 });
  });

  it('moves and grows with the values', () => {
    const sample = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(sample, fc.integer({ min: -50, max: 50 }), (values, shift) => {
        const one = estimateMean(values);
        const other = estimateMean(values.map((value) => 2 * value + shift));
        expect(other.mean).toBeCloseTo(2 * one.mean + shift, 8);
        expect(other.sd).toBeCloseTo(2 * one.sd, 8);
        expect(other.interval![0]).toBeCloseTo(2 * one.interval![0] + shift, 6);
      }),
    );
  });
});

describe('a share', () => {
  it("has Wilson's interval", () => {
    // Newcombe 1998, table I, method 3: 81 of 263 and 15 of 148.
    expect(estimateShare(81, 263).interval.map((bound) => bound.toFixed(4))).toEqual(['0.2553', '0.3662']);
    expect(estimateShare(15, 148).interval.map((bound) => bound.toFixed(4))).toEqual(['0.0624', '0.1605']);
  });

  it('leaves room for doubt when all or none did it', () => {
    expect(estimateShare(100, 100)).toMatchObject({ share: 1, interval: [expect.closeTo(0.963, 3), 1] });
    expect(estimateShare(0, 20)).toMatchObject({ share: 0, interval: [0, expect.closeTo(0.1611, 4)] });
  });
});

describe('quantiles', () => {
  it('lie between the values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(quantile([7], 0.9)).toBe(7);
  });

  it('are infinite where the values there are', () => {
    expect(quantile([1, 2, Infinity], 0.5)).toBe(2);
    expect(quantile([1, Infinity], 0.5)).toBe(Infinity);
    expect(quantile([Infinity, Infinity], 0.5)).toBe(Infinity);
  });
});

describe('the moments of a distribution', () => {
  it('are those of a coin that falls on 1 once in five times', () => {
    // Bernoulli with p = 0.2: skewness (1 - 2p) / sqrt(pq), excess kurtosis (1 - 6pq) / pq.
    const { mean, sd, skewness, excessKurtosis } = momentsOf([0, 0, 0, 0, 1]);
    expect(mean).toBeCloseTo(0.2, 12);
    expect(sd).toBeCloseTo(0.4, 12);
    expect(skewness).toBeCloseTo(1.5, 12);
    expect(excessKurtosis).toBeCloseTo(0.25, 12);
  });

  it('have no shape where all values are the same', () => {
    expect(momentsOf([3, 3])).toEqual({ mean: 3, sd: 0, skewness: 0, excessKurtosis: 0 });
  });
});
