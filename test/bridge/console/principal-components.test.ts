import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WeightPath } from '../../../bridge/console/display/principal-components.js';
import { Random } from '../../../policy/random.js';

const SIZE = 200;

/** Three directions at right angles in a space of SIZE dimensions. */
function directions(): Float32Array[] {
  return [0, 1, 2].map((axis) => Float32Array.from({ length: SIZE }, (_, k) => (k % 3 === axis ? 1 : 0)));
}

function at(x: number, y: number, z: number, offset = 0): Float32Array {
  const axes = directions();
  return Float32Array.from(
    { length: SIZE },
    (_, k) => x * axes[0]![k]! + y * axes[1]![k]! + z * axes[2]![k]! + offset,
  );
}

function distance(points: Float64Array, a: number, b: number): number {
  return Math.hypot(...[0, 1, 2].map((c) => points[3 * a + c]! - points[3 * b + c]!));
}

describe('the path of the weights', () => {
  it('is not shown before there are three samples', () => {
    const path = new WeightPath();
    path.add(at(0, 0, 0));
    path.add(at(1, 0, 0));
    expect(path.project()).toBeUndefined();
    path.add(at(2, 0, 0));
    expect(path.project()?.samples).toBe(3);
  });

  it('of a straight line lies along the first component alone', () => {
    const path = new WeightPath();
    for (let k = 0; k < 20; k++) path.add(at(k, 0, 0, 5));
    const { points, explained } = path.project()!;
    expect(explained[0]).toBeCloseTo(1);
    for (let k = 0; k < 20; k++) expect(Math.abs(points[3 * k + 1]!)).toBeLessThan(1e-3);
  });

  it('orders the components by their variance', () => {
    const path = new WeightPath();
    const random = new Random(7);
    for (let k = 0; k < 60; k++) path.add(at(random.normal(), 10 * random.normal(), 3 * random.normal()));
    const [first, second, third] = path.project()!.explained;
    expect(first).toBeGreaterThan(second!);
    expect(second).toBeGreaterThan(third!);
    expect(first! + second! + third!).toBeCloseTo(1);
  });

  it('keeps all distances of a path that has three dimensions', () => {
    const coordinate = fc.double({ min: -10, max: 10, noNaN: true });
    const steps = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(steps, (coordinates) => {
        const path = new WeightPath();
        const samples = coordinates.map(([x, y, z]) => at(x, y, z));
        for (const sample of samples) path.add(sample);
        const { points } = path.project()!;
        for (let k = 1; k < samples.length; k++) {
          const apart = Math.hypot(...samples[k]!.map((value, i) => value - samples[k - 1]![i]!));
          expect(Math.abs(distance(points, k, k - 1) - apart)).toBeLessThan(0.02 * Math.max(1, apart));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of a long life is that of the whole life, in no more samples', () => {
    const path = new WeightPath();
    for (let k = 0; k < 2000; k++) path.add(at(k, Math.sin(k / 100), 0));
    const { points, samples } = path.project()!;
    expect(samples).toBeLessThanOrEqual(300);
    const length = Math.abs(points[3 * (samples - 1)]! - points[0]!) / Math.hypot(...directions()[0]!);
    expect(length).toBeGreaterThan(1900);
  });

  it('does not flip over from one picture to the next', () => {
    const path = new WeightPath();
    for (let k = 0; k < 10; k++) path.add(at(k, (k * k) / 10, 0));
    const before = path.project()!.points.slice(0, 3);
    path.add(at(10, 10, 0));
    const after = path.project()!.points.slice(0, 3);
    expect(Math.sign(after[0]!)).toBe(Math.sign(before[0]!));
  });

  it('leaves out weights that are not finite', () => {
    const path = new WeightPath();
    for (let k = 0; k < 5; k++) path.add(at(k, 0, 0));
    expect(path.add(at(NaN, 0, 0))).toBeUndefined();
    expect(path.project()!.samples).toBe(5);
  });

  it('begins again when it is cleared', () => {
    const path = new WeightPath();
    for (let k = 0; k < 5; k++) path.add(at(k, 0, 0));
    path.clear();
    expect(path.project()).toBeUndefined();
  });
});
