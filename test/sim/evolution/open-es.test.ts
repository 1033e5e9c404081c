import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FITNESS_SHAPINGS, withinGroups } from '../../../sim/evolution/fitness-shaping.js';
import {
  ask,
  drawNoise,
  perturb,
  startOpenEs,
  tell,
  type OpenEsSettings,
} from '../../../sim/evolution/open-es.js';

const SETTINGS: OpenEsSettings = {
  population: 40,
  sigma: 0.1,
  sigmaDecay: 0.999,
  sigmaLimit: 0.01,
  learningRate: 0.05,
  learningRateDecay: 0.99,
  learningRateLimit: 0.001,
  optimizer: 'adam',
  weightDecay: 0,
  initialScale: 1,
};

/** Fitness of all candidates: minus the squared distance to a target. */
function fitnessOf(center: Float32Array, asked: ReturnType<typeof ask>, target: Float32Array): Float64Array {
  const noise = new Float32Array(center.length);
  const candidate = new Float32Array(center.length);
  const fitness = new Float64Array(2 * asked.pairSeeds.length);
  asked.pairSeeds.forEach((seed, pair) => {
    drawNoise(seed, noise);
    [1, -1].forEach((sign, side) => {
      perturb(center, noise, sign * asked.sigma, candidate);
      fitness[2 * pair + side] = -squaredDistance(candidate, target);
    });
  });
  return fitness;
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);
}

describe('the evolution strategy', () => {
  it.each([
    ['adam', 'centered-ranks'],
    ['adam', 'top-ranks'],
    ['sgd', 'centered-ranks'],
    ['sgd', 'top-ranks'],
  ] as const)('finds the top of a hill with %s and %s', (optimizer, shaping) => {
    const settings = { ...SETTINGS, optimizer, learningRate: optimizer === 'sgd' ? 0.2 : 0.05 };
    const target = Float32Array.from({ length: 10 }, (_, k) => Math.sin(k));
    const state = startOpenEs(settings, 10, 1);
    const before = squaredDistance(state.center, target);
    for (let g = 0; g < 200; g++) {
      const asked = ask(settings, state, 1);
      tell(settings, state, asked, FITNESS_SHAPINGS[shaping](fitnessOf(state.center, asked, target), 40, 1));
    }
    expect(squaredDistance(state.center, target)).toBeLessThan(before / 50);
  });

  it('asks the same of the same state, and other candidates in the next generation', () => {
    const state = startOpenEs(SETTINGS, 5, 1);
    const first = ask(SETTINGS, state, 1);
    expect(ask(SETTINGS, state, 1)).toEqual(first);
    tell(SETTINGS, state, first, new Float64Array(40));
    expect(ask(SETTINGS, state, 1).pairSeeds).not.toEqual(first.pairSeeds);
    expect(ask(SETTINGS, state, 1).sigma).toBeLessThan(first.sigma);
  });

  it('stays where it is when all candidates are equally fit', () => {
    const state = startOpenEs(SETTINGS, 5, 1);
    const center = state.center.slice();
    tell(
      SETTINGS,
      state,
      ask(SETTINGS, state, 1),
      FITNESS_SHAPINGS['top-ranks'](new Float64Array(40).fill(3), 40, 1),
    );
    expect(state.center).toEqual(center);
  });

  it('moves plain gradient ascent by the formula of the paper', () => {
    const settings = { ...SETTINGS, optimizer: 'sgd' as const, population: 2 };
    const state = startOpenEs(settings, 3, 1);
    const center = state.center.slice();
    const asked = ask(settings, state, 1);
    const noise = new Float32Array(3);
    drawNoise(asked.pairSeeds[0]!, noise);
    tell(settings, state, asked, FITNESS_SHAPINGS['centered-ranks'](Float64Array.of(2, 1), 2, 1));
    // Utilities +-0.5: alpha / (n sigma) x (0.5 + 0.5) x noise.
    state.center.forEach((value, k) => {
      expect(value - center[k]!).toBeCloseTo((0.05 / (2 * 0.1)) * noise[k]!, 5);
    });
  });
});

describe.each(Object.entries(FITNESS_SHAPINGS))('%s', (_, shaping) => {
  it('sees the order of fitness, not its size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const raw = Float64Array.from(values);
          const stretched = raw.map((value) => 3 * value + 7);
          expect(shaping(stretched, values.length, 1)).toEqual(shaping(raw, values.length, 1));
        },
      ),
    );
  });

  it('gives a fitter candidate at least as much', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 30 }), (values) => {
        const utilities = shaping(Float64Array.from(values), values.length, 1);
        values.forEach((a, i) =>
          values.forEach((b, j) => {
            if (a > b) expect(utilities[i]!).toBeGreaterThanOrEqual(utilities[j]!);
            if (a === b) expect(utilities[i]!).toBe(utilities[j]!);
          }),
        );
      }),
    );
  });

  it('weighs every morphology the same, whatever its distances', () => {
    // Candidate 0 is best in one column, candidate 1 in the other, which is a thousand times as spread.
    const utilities = shaping(Float64Array.of(2, 1000, 1, 2000, 0, 0), 3, 2);
    expect(utilities[0]).toBeCloseTo(utilities[1]!, 12);
  });
});

describe('groups', () => {
  it('are ranked among themselves: what one group earns does not matter to another', () => {
    // Pairs 0 and 2 are of group 0, pairs 1 and 3 of group 1, whose lives were easier.
    const fitness = Float64Array.of(1, 2, 101, 102, 3, 4, 103, 104);
    const utilities = withinGroups(FITNESS_SHAPINGS['centered-ranks'], 2)(fitness, 8, 1);
    expect([...utilities.slice(0, 2), ...utilities.slice(4, 6)]).toEqual(
      [-0.5, -1 / 6, 1 / 6, 0.5].map(near),
    );
    expect([...utilities.slice(2, 4), ...utilities.slice(6, 8)]).toEqual(
      [-0.5, -1 / 6, 1 / 6, 0.5].map(near),
    );
  });
});

function near(value: number): unknown {
  return expect.closeTo(value, 12);
}
