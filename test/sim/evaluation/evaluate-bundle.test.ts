import { describe, expect, it } from 'vitest';
import type { LifeReport } from '../../../sim/evaluation/bundle-work.js';
import { summariseLives } from '../../../sim/evaluation/evaluate-bundle.js';

const life = (distance: number): LifeReport => ({
  distance,
  steps: 1000,
  saturated: 0,
  actionChange: 0,
  weightRms: { step0: 0, step100: 0, end: 0 },
});

describe('what lives came to', () => {
  it('has mean, spread, extremes and how many were solved', () => {
    const summary = summariseLives('intact', [-50, 100, 250].map(life));
    expect(summary).toMatchObject({ rollouts: 3, mean: 100, sd: 150, min: -50, max: 250, solved: 2 });
  });

  it('is told of a million lives, the most that can be asked for', () => {
    const lives = Array.from({ length: 1_000_000 }, (_, r) => life(r));
    expect(summariseLives('intact', lives)).toMatchObject({ min: 0, max: 999_999, solved: 999_900 });
  });
});
