import { describe, expect, it } from 'vitest';
import type { GenerationReport } from '../../../sim/evolution/evolution-run.js';
import { learningCurves } from '../../../sim/evolution/learning-curve.js';
import { drawLearningCurves } from '../../../sim/experiment/report/parts/learning-curves.js';
import { all, axis, parse, points, requireXml } from '../experiment/report/svg.js';

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

  it('are drawn at their distances and control steps, in a file of its own', () => {
    const svg = drawLearningCurves('a < b', learningCurves(REPORTS));
    requireXml(svg);
    const picture = parse(svg);
    const [stepsAt, distanceAt] = [axis(picture, 'x'), axis(picture, 'y')];
    const drawn = all(picture, 'g[aria-label="line"] path').map((path) =>
      points(path).map(([x, y]) => [Math.round(10 * stepsAt(x)) / 10, Math.round(distanceAt(y) / 10) * 10]),
    );
    expect(drawn).toEqual([
      [
        [1, 50],
        [2, 820],
      ],
      [
        [1, -20],
        [2, 90],
      ],
    ]);
    expect(picture.textContent).toContain('a < b');
    expect(picture.textContent).toContain('right_front');
  });

  it('can be drawn before anything was validated', () => {
    expect(drawLearningCurves('nothing yet', learningCurves([report(1)]))).not.toContain('NaN');
  });
});
