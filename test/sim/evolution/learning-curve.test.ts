import { describe, expect, it } from 'vitest';
import type { GenerationReport } from '../../../sim/evolution/evolution-run.js';
import { drawLearningCurves, learningCurves } from '../../../sim/evolution/learning-curve.js';

function report(generation: number, validation?: Record<string, number>): GenerationReport {
  const fitness = { intact: 1, right_front: 2 };
  const stepsTotal = generation * 100_000;
  const rest = { horizon: 1000, sigma: 0.1, steps: 100_000, stepsTotal };
  return { generation, mean: fitness, max: fitness, ...rest, ...(validation && { validation }) };
}

const REPORTS = [
  report(9),
  report(10, { intact: 50, right_front: -20 }),
  report(20, { intact: 820, right_front: 90 }),
];

describe('learning curves', () => {
  it('are of the generations that were validated, a curve a morphology', () => {
    expect(learningCurves(REPORTS, 'Hebbian, ')).toEqual([
      {
        name: 'Hebbian, intact',
        points: [
          { steps: 1_000_000, distance: 50 },
          { steps: 2_000_000, distance: 820 },
        ],
      },
      {
        name: 'Hebbian, right_front',
        points: [
          { steps: 1_000_000, distance: -20 },
          { steps: 2_000_000, distance: 90 },
        ],
      },
    ]);
  });

  it('are drawn inside their picture, further up the further the robot came', () => {
    const svg = drawLearningCurves('a < b', learningCurves(REPORTS));
    const lines = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
      points!.split(' ').map((point) => point.split(',').map(Number) as [number, number]),
    );
    expect(lines).toHaveLength(2);
    for (const [x, y] of lines.flat()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(720);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(400);
    }
    expect(lines[0]![1]![1]).toBeLessThan(lines[0]![0]![1]);
    expect(svg).toContain('a &lt; b');
  });

  it('can be drawn before anything was validated', () => {
    expect(drawLearningCurves('nothing yet', learningCurves([report(1)]))).not.toContain('NaN');
  });
});
