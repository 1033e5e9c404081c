import { describe, expect, it } from 'vitest';
import { mixSeed, Random } from '../../policy/random.js';

const COUNT = 200_000;

/** What a seed gives: shipped rule bundles and recorded evaluations depend on it. */
const GOLDEN = {
  uint32: [984921591, 2375519309, 767238507, 2401283160],
  normal: [-1.5136149206501177, 0.29689441251901455, -1.2829587585128683],
  longSeed: -0.910443521104753,
};

function samples(draw: () => number, count = COUNT): Float64Array {
  return Float64Array.from({ length: count }, draw);
}

/** Mean, standard deviation, skewness and kurtosis. */
function moments(values: Float64Array) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const central = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length;
  const sd = Math.sqrt(central(2));
  return { mean, sd, skewness: central(3) / sd ** 3, kurtosis: central(4) / sd ** 4 };
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [moments(a), moments(b)];
  return a.reduce((sum, x, k) => sum + (x - ma.mean) * (b[k]! - mb.mean), 0) / (a.length * ma.sd * mb.sd);
}

describe('a sequence', () => {
  it('is the same for the same seed, in every version and on every machine', () => {
    const random = new Random(1);
    expect([random.uint32(), random.uint32(), random.uint32(), random.uint32()]).toEqual(GOLDEN.uint32);
    random.seed(1);
    expect([random.normal(), random.normal(), random.normal()]).toEqual(GOLDEN.normal);
    random.seed(2 ** 53 - 1, 7);
    expect(random.uniform(-1, 1)).toBe(GOLDEN.longSeed);
  });

  it('begins again at seed(), even between the two halves of a pair of normals', () => {
    const random = new Random(9);
    const first = random.normal();
    random.seed(9);
    expect(random.normal()).toBe(first);
    expect(random.normal()).not.toBe(first);
  });
});

describe('uniform numbers', () => {
  it('have the moments of U[0, 1) and stay inside', () => {
    const random = new Random(3);
    const values = samples(() => random.uniform());
    const { mean, sd, skewness, kurtosis } = moments(values);
    // Five standard errors each.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / COUNT));
    expect(Math.abs(sd - Math.sqrt(1 / 12))).toBeLessThan(0.002);
    expect(Math.abs(skewness)).toBeLessThan(0.02);
    expect(Math.abs(kurtosis - 1.8)).toBeLessThan(0.02);
    expect(Math.min(...values.subarray(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.subarray(0, 50_000))).toBeLessThan(1);
  });

  it('fill 64 equal bins evenly (chi-squared)', () => {
    const random = new Random(4);
    const bins = new Float64Array(64);
    for (let k = 0; k < COUNT; k++) bins[Math.floor(64 * random.uniform())]!++;
    const expected = COUNT / 64;
    const chiSquared = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: 63 +- 11; six standard deviations.
    expect(chiSquared).toBeGreaterThan(15);
    expect(chiSquared).toBeLessThan(130);
  });

  it('stretch to the interval that is asked for', () => {
    const random = new Random(5);
    const values = samples(() => random.uniform(-2, 6), 20_000);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values)).toBeLessThan(6);
    expect(moments(values).mean).toBeCloseTo(2, 1);
  });
});

describe('normal numbers', () => {
  it('have the moments of N(0, 1)', () => {
    const random = new Random(6);
    const { mean, sd, skewness, kurtosis } = moments(samples(() => random.normal()));
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(COUNT));
    expect(Math.abs(sd - 1)).toBeLessThan(5 / Math.sqrt(2 * COUNT));
    expect(Math.abs(skewness)).toBeLessThan(5 * Math.sqrt(6 / COUNT));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / COUNT));
  });

  it('have the tails of N(0, 1)', () => {
    const random = new Random(7);
    const values = samples(() => random.normal());
    const beyond = (limit: number) => values.filter((x) => Math.abs(x) > limit).length / COUNT;
    expect(beyond(1)).toBeCloseTo(0.3173, 2);
    expect(beyond(2)).toBeCloseTo(0.0455, 2);
    expect(beyond(3)).toBeCloseTo(0.0027, 3);
  });

  it('of a pair are uncorrelated', () => {
    const random = new Random(8);
    const pairs = samples(() => random.normal());
    const even = pairs.filter((_, k) => k % 2 === 0);
    const odd = pairs.filter((_, k) => k % 2 === 1);
    expect(Math.abs(correlation(even, odd))).toBeLessThan(5 / Math.sqrt(COUNT / 2));
  });
});

describe('seeds', () => {
  it('that differ by one give sequences that are uncorrelated', () => {
    for (let seed = 0; seed < 8; seed++) {
      const [a, b] = [new Random(seed), new Random(seed + 1)];
      const r = correlation(
        samples(() => a.uniform(), 20_000),
        samples(() => b.uniform(), 20_000),
      );
      expect(Math.abs(r)).toBeLessThan(5 / Math.sqrt(20_000));
    }
  });

  it('have first numbers that are uniform and uncorrelated from seed to seed', () => {
    const firsts = Float64Array.from({ length: 20_000 }, (_, seed) => new Random(seed).uniform());
    const { mean, sd } = moments(firsts);
    expect(mean).toBeCloseTo(0.5, 1);
    expect(sd).toBeCloseTo(Math.sqrt(1 / 12), 1);
    expect(Math.abs(correlation(firsts.slice(0, -1), firsts.slice(1)))).toBeLessThan(5 / Math.sqrt(20_000));
  });

  it('of several parts depend on each part and on their order', () => {
    const seeds = [[1], [2], [1, 2], [2, 1], [1, 2, 3], [1, 3, 2], [-1], [2 ** 32 + 1], [1, 0]];
    expect(new Set(seeds.map((parts) => mixSeed(...parts))).size).toBe(seeds.length);
  });

  it('mix without collisions beyond those of chance', () => {
    const seen = new Set<number>();
    for (let a = 0; a < 300; a++) for (let b = 0; b < 300; b++) seen.add(mixSeed(a, b));
    // 90,000 of 2^32: about one collision is expected.
    expect(seen.size).toBeGreaterThan(90_000 - 12);
  });
});
