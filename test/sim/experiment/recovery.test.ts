import { describe, expect, it } from 'vitest';
import type { Perturbation } from '../../../policy/perturbation/index.js';
import {
  disturbanceOf,
  recoverySteps,
  speedAround,
  stepAt,
  summariseRecovery,
  trailingMean,
} from '../../../sim/experiment/recovery.js';

const PERIOD = 0.0165;
const MEASURE = { window: 10, before: 50, lasts: 50, share: 0.8 };

/** A walk at 1 m/s that stands still from step 100 on, and walks again from `again` on. */
const interrupted = (again: number, steps = 300) =>
  Float32Array.from({ length: steps }, (_, step) => (step < 100 || step >= again ? 1 : 0));

describe('recovery', () => {
  it('counts from the end of the disturbance to the end of the first window that is fast enough', () => {
    // At 80 % with a window of 10: 8 of 10 steps walk again.
    expect(recoverySteps(interrupted(150), { begin: 100, end: 140 }, MEASURE)).toBe(10 + 8);
  });

  it('takes a whole window even where nothing was lost', () => {
    expect(recoverySteps(interrupted(100), { begin: 100, end: 100 }, MEASURE)).toBe(10);
  });

  it('is not what a robot that was walking glides on into its damage', () => {
    // 30 steps at full speed, then at a third of it for good; or again at full speed after 60.
    const glides = (again: number) =>
      Float32Array.from({ length: 400 }, (_, step) => (step < 130 || step >= again ? 1 : 0.3));
    expect(recoverySteps(glides(Infinity), { begin: 100, end: 100 }, MEASURE)).toBeNull();
    expect(recoverySteps(glides(160), { begin: 100, end: 100 }, MEASURE)).toBe(60 + 8);
  });

  it('never comes in a life that ends before it, or that did not walk', () => {
    expect(recoverySteps(interrupted(295), { begin: 100, end: 100 }, MEASURE)).toBeNull();
    expect(recoverySteps(new Float32Array(300), { begin: 100, end: 100 }, MEASURE)).toBeNull();
    expect(recoverySteps(interrupted(0), { begin: 0, end: 0 }, MEASURE)).toBeNull();
  });

  it('is told by quartiles that count those who never recovered as the longest', () => {
    expect(summariseRecovery([10, 20, 30, null, null])).toMatchObject({
      recovered: { count: 3, of: 5 },
      lowerQuartile: 20,
      median: 30,
      upperQuartile: null,
    });
  });
});

describe('the disturbance of a life', () => {
  const at = (start: number, more: Partial<Perturbation>): Perturbation => ({
    id: 'it',
    component: 'outputs',
    type: 'saturated',
    start,
    ...more,
  });

  it('lasts from the first perturbation to the end of the last', () => {
    const perturbations = [
      at(400 * PERIOD, { component: 'weights', type: 'zero', value: 0.3 }),
      at(300 * PERIOD, { duration: 50 * PERIOD }),
    ];
    expect(disturbanceOf(perturbations, PERIOD)).toEqual({ begin: 300, end: 400 });
    expect(disturbanceOf(perturbations.slice(1), PERIOD)).toEqual({ begin: 300, end: 350 });
  });

  it('is over as soon as it began where it stays: that is what there is to get used to', () => {
    expect(disturbanceOf([at(300 * PERIOD, { type: 'off' })], PERIOD)).toEqual({ begin: 300, end: 300 });
    expect(disturbanceOf([], PERIOD)).toBeUndefined();
  });

  it('begins with the step half a period after a whole number of periods, whatever the rounding', () => {
    for (let step = 0; step < 5000; step++) expect(stepAt(step * PERIOD, PERIOD)).toBe(step);
  });
});

describe('speed around a disturbance', () => {
  const speeds = [interrupted(150), interrupted(Infinity)];

  it('is the mean of the lives before, while and after it', () => {
    const { before, during, after } = speedAround(speeds, { begin: 110, end: 150 }, { before: 20 });
    expect(before).toMatchObject({ count: 2, mean: 0.5 });
    expect(during).toMatchObject({ count: 2, mean: 0 });
    expect(after).toMatchObject({ count: 2, mean: 0.5 });
  });

  it('has nothing during what is over as soon as it began, nor after what never ends', () => {
    expect(speedAround(speeds, { begin: 100, end: 100 }, { before: 50 })).not.toHaveProperty('during');
    expect(speedAround(speeds, { begin: 100, end: 400 }, { before: 50 })).not.toHaveProperty('after');
  });
});

describe('speed over a window', () => {
  it('is the mean of the steps that are past', () => {
    expect([...trailingMean([2, 4, 6, 8], 2)]).toEqual([2, 3, 5, 7]);
  });
});
