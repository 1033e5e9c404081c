import { describe, expect, it } from 'vitest';
import { Random } from '../../../policy/random.js';
import { sharedComponents } from '../../../sim/experiment/weight-components.js';

const DIMENSIONS = 500;

/** Three directions at right angles, of length 1. */
const axes = [0, 1, 2].map((axis) =>
  Float64Array.from({ length: DIMENSIONS }, (_, k) =>
    k % 3 === axis ? 1 / Math.sqrt(Math.ceil((DIMENSIONS - axis) / 3)) : 0,
  ),
);

/** A point with these coordinates along the three, beside `offset` in every dimension. */
const point = (coordinates: readonly number[], offset = 7): Float32Array =>
  Float32Array.from(
    { length: DIMENSIONS },
    (_, k) => offset + coordinates.reduce((sum, value, c) => sum + value * axes[c]![k]!, 0),
  );

describe('shared principal components', () => {
  const random = new Random(3);
  const cloud = Array.from({ length: 900 }, () => [9, 3, 1].map((sd) => sd * random.normal()));
  const ways = [cloud.slice(0, 300), cloud.slice(300)].map((part) => part.map((at) => point(at)));
  const { ways: found, explained } = sharedComponents(ways);

  it('keep the distances between points that lie in three dimensions', () => {
    expect(found.map((way) => way.length)).toEqual([900, 1800]);
    const all = [...found[0]!, ...found[1]!];
    for (const [a, b] of [
      [0, 1],
      [5, 400],
      [299, 300],
      [17, 899],
    ] as const) {
      const true_ = Math.hypot(...cloud[a]!.map((value, c) => value - cloud[b]![c]!));
      const seen = Math.hypot(...[0, 1, 2].map((c) => all[3 * a + c]! - all[3 * b + c]!));
      expect(seen).toBeCloseTo(true_, 3);
    }
  });

  it('come in the order of the variance that they explain', () => {
    const expected = [81, 9, 1].map((variance) => variance / 91);
    explained.forEach((share, c) => expect(share).toBeCloseTo(expected[c]!, 1));
    expect(explained.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  it('are nothing where nothing varies', () => {
    expect(sharedComponents([[point([1, 1, 1])]]).explained).toEqual([0, 0, 0]);
    expect(sharedComponents([[point([1, 1, 1]), point([1, 1, 1])]]).ways[0]).toEqual(new Float32Array(6));
    expect(sharedComponents([]).ways).toEqual([]);
  });
});
