import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asin, atan2, cos, log, sin, tanhF32 } from '../../policy/math.js';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const RUNS = { numRuns: 20_000 };

/** Evenly spaced numbers from `low` to `high`. */
function* grid(low: number, high: number, count = 100_001): Generator<number> {
  for (let k = 0; k < count; k++) yield low + ((high - low) * k) / (count - 1);
}

function worst(values: Iterable<number>, error: (x: number) => number): number {
  let largest = 0;
  for (const x of values) largest = Math.max(largest, error(x));
  return largest;
}

describe('tanhF32', () => {
  it('is within 4e-7 of tanh', () => {
    expect(worst(grid(-12, 12), (x) => Math.abs(tanhF32(x) - Math.tanh(Math.fround(x))))).toBeLessThan(4e-7);
  });

  it('is odd, to the bit, and never leaves [-1, 1]', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (x) => {
        expect(Object.is(tanhF32(-x), -tanhF32(x))).toBe(true);
        expect(Math.abs(tanhF32(x))).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('is 1 at infinity, keeps the sign of zero, and passes NaN on', () => {
    expect(tanhF32(Infinity)).toBe(1);
    expect(tanhF32(-Infinity)).toBe(-1);
    expect(tanhF32(-0)).toBe(-0);
    expect(tanhF32(NaN)).toBeNaN();
  });

  it('gives numbers of single precision', () => {
    for (const x of grid(-9, 9, 1001)) expect(Math.fround(tanhF32(x))).toBe(tanhF32(x));
  });
});

describe('atan2', () => {
  it('is within 7e-16 of the arc tangent in every quadrant, and beyond 2 rad within two spacings of numbers', () => {
    fc.assert(
      fc.property(float(-10, 10), float(-10, 10), (y, x) => {
        fc.pre(x !== 0 || y !== 0);
        // -0 is 0 here: the seam at +-pi is on the side of +pi.
        const expected = Math.atan2(y === 0 ? 0 : y, x);
        const bound = Math.abs(expected) < 2 ? 7e-16 : 4 * Number.EPSILON;
        expect(Math.abs(atan2(y, x) - expected)).toBeLessThanOrEqual(bound);
      }),
      // Off by 5.6e-16; the worst of 870 million was 6.7e-16.
      { ...RUNS, examples: [[-0.6619319853151812, 0.5386117846133551]] },
    );
  });

  it('knows the axes', () => {
    expect(atan2(0, 0)).toBe(0);
    expect(atan2(0, 1)).toBe(0);
    expect(atan2(1, 0)).toBe(Math.PI / 2);
    expect(atan2(0, -1)).toBe(Math.PI);
    expect(atan2(-1, 0)).toBe(-Math.PI / 2);
  });
});

describe('asin', () => {
  it('is within 5e-16 of the arc sine', () => {
    expect(worst(grid(-1, 1), (x) => Math.abs(asin(x) - Math.asin(x)))).toBeLessThanOrEqual(5e-16);
  });

  it('takes what rounding put beyond 1 for 1', () => {
    expect(asin(1 + 1e-12)).toBe(Math.PI / 2);
    expect(asin(-1 - 1e-12)).toBe(-Math.PI / 2);
  });
});

describe('sin and cos', () => {
  it('are within 1e-15 for angles up to a thousand rad', () => {
    expect(worst(grid(-1000, 1000), (x) => Math.abs(sin(x) - Math.sin(x)))).toBeLessThan(1e-15);
    expect(worst(grid(-1000, 1000), (x) => Math.abs(cos(x) - Math.cos(x)))).toBeLessThan(1e-15);
  });

  it('are odd and even', () => {
    fc.assert(
      fc.property(float(-1000, 1000), (x) => {
        expect(sin(-x) + sin(x)).toBe(0);
        expect(cos(-x) - cos(x)).toBe(0);
      }),
    );
  });
});

describe('log', () => {
  it('has a relative error below 1e-14 over the normal numbers', () => {
    fc.assert(
      fc.property(float(-1020, 1020), float(1, 2), (exponent, mantissa) => {
        const x = mantissa * 2 ** Math.floor(exponent);
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(1e-14 * Math.abs(Math.log(x)));
      }),
      RUNS,
    );
  });

  it('is 0 at 1, and accurate beside it', () => {
    expect(log(1)).toBe(0);
    for (const x of grid(0.999, 1.001, 1000)) {
      expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(1e-14 * Math.abs(Math.log(x)));
    }
  });
});
