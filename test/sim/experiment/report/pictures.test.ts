import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { GenerationReport } from '../../../../sim/evolution/evolution-run.js';
import { renderReport } from '../../../../sim/experiment/report/index.js';
import { meanOf } from '../../../../sim/experiment/report/parts/learning-curves.js';
import { weightColours, weightImage } from '../../../../sim/experiment/report/weight-image.js';
import type { ExperimentResult } from '../../../../sim/experiment/result.js';
import { estimateMean } from '../../../../sim/experiment/statistics.js';
import { conditionOf, life, lives, resultOf } from './a-result.js';
import { all, axis, parse, points, type Element } from './svg.js';

/** The picture of the first part. */
function pictureOf(result: ExperimentResult): Element {
  const file = `1-${result.scenario.report[0]!.show}.svg`;
  return parse(renderReport(result).pictures.get(file) as string);
}

const PERIOD = 0.0165;

describe('the picture of distances', () => {
  const near = lives(300, 450, 350);
  const far = [life(900), life(1100, { fell: true }), life(1000)];
  const picture = pictureOf(
    resultOf(
      [
        conditionOf('near', near, { expected: { source: 'paper', mean: 700, sd: 100 } }),
        conditionOf('far', far),
      ],
      [{ show: 'distances' }],
    ),
  );
  const distanceAt = axis(picture, 'x');

  it('has means and their intervals at their places', () => {
    const means = all(picture, 'g[stroke-width="3"] path').map((path) => distanceAt(points(path)[0]![0]));
    expect(means[0]).toBeCloseTo(366.67, 0);
    expect(means[1]).toBeCloseTo(1000, 0);
    const intervals = all(picture, 'g[stroke-width="7"] path').map((path) =>
      points(path).map(([x]) => distanceAt(x)),
    );
    for (const [k, records] of [near, far].entries()) {
      const [low, high] = estimateMean(records.map(({ distance }) => distance)).interval!;
      expect(Math.abs(intervals[k]![0]! - low)).toBeLessThan(1);
      expect(Math.abs(intervals[k]![1]! - high)).toBeLessThan(1);
    }
  });

  it('has a dot for each life, in the row of its condition, hollow if it fell', () => {
    const circles = all(picture, 'g[aria-label="dot"] circle');
    const filled = circles.filter((circle) => circle.getAttribute('fill'));
    const told = (circle: Element): number => Math.round(distanceAt(Number(circle.getAttribute('cx'))));
    expect(filled.map(told).sort((a, b) => a - b)).toEqual([300, 350, 450, 900, 1000]);
    expect(circles.filter((circle) => !filled.includes(circle)).map(told)).toEqual([1100]);
    const rows = all(picture, 'g[stroke-width="7"] path').map((path) => points(path)[0]![1]);
    for (const circle of circles) {
      const row = told(circle) < 500 ? 0 : 1;
      const apart = rows.map((y) => Math.abs(y - Number(circle.getAttribute('cy'))));
      expect(apart[row]!).toBeLessThan(apart[1 - row]!);
    }
  });

  it('has what was expected, and metres that belong to the units', () => {
    const [expected] = all(picture, 'g[stroke-width="1.5"][aria-label="link"] path').map((path) =>
      points(path).map(([x]) => Math.round(distanceAt(x))),
    );
    expect(expected).toEqual([600, 800]);
    const metresAt = axis(picture, 'x', 1);
    for (const pixel of [100, 300, 600]) {
      expect(metresAt(pixel)).toBeCloseTo(distanceAt(pixel) * PERIOD, 1);
    }
  });

  it('has a frame around the rows of what evolution never met, and says what it is', () => {
    const rows = (...seen: (boolean | undefined)[]) =>
      pictureOf(
        resultOf(
          seen.map((one, k) => conditionOf(`${k}`, near, one === undefined ? {} : { seen: one })),
          [{ show: 'distances' }],
        ),
      );
    const split = rows(true, false, undefined);
    const frames = all(split, 'g[aria-label="rect"] rect');
    expect(frames).toHaveLength(1);
    const top = Number(frames[0]!.getAttribute('y'));
    const bottom = top + Number(frames[0]!.getAttribute('height'));
    const means = all(split, 'g[stroke-width="7"] path').map((path) => points(path)[0]![1]);
    expect(means.map((y) => top < y && y < bottom)).toEqual([false, true, false]);
    expect(split.textContent).toContain('not met in evolution');
    expect(rows(true, true).textContent).not.toContain('not met in evolution');
  });

  it('has no dots where they would be a blot', () => {
    const many = Array.from({ length: 201 }, (_, k) => life(k));
    expect(all(pictureOf(resultOf([conditionOf('many', many)], [{ show: 'distances' }])), 'circle')).toEqual(
      [],
    );
  });
});

describe('the picture of evolutions', () => {
  const of = (group: string, row: string, distance: number, seen = true) =>
    conditionOf(`${group}, ${row}, ${distance}`, lives(distance - 10, distance + 10), { group, row, seen });
  const picture = pictureOf(
    resultOf(
      [
        ...[500, 520, 600].map((distance) => of('plastic', 'whole', distance)),
        ...[300, 310].map((distance) => of('static', 'whole', distance)),
        of('plastic', 'cut', 200, false),
      ],
      [{ show: 'evolutions' }],
    ),
  );
  const distanceAt = axis(picture, 'x');
  const dots = all(picture, 'g[aria-label="dot"] circle').map((circle) => ({
    distance: Math.round(distanceAt(Number(circle.getAttribute('cx')))),
    y: Number(circle.getAttribute('cy')),
  }));

  it('has a dot for each evolution, where the mean of its lives is, a lane for each kind of rules', () => {
    expect(dots.map(({ distance }) => distance)).toEqual([500, 520, 600, 300, 310, 200]);
    const lanes = dots.map(({ y }) => y);
    expect(new Set(lanes.slice(0, 3)).size).toBe(1);
    expect(new Set(lanes).size).toBe(3);
    expect(lanes[3]).toBeGreaterThan(lanes[0]!);
    expect(lanes[5]).toBeGreaterThan(lanes[3]!);
  });

  it('has the mean over evolutions with its interval, in the same lane', () => {
    const means = all(picture, 'g[stroke-width="3"] path').map((path) => distanceAt(points(path)[0]![0]));
    expect(means.map(Math.round)).toEqual([540, 305, 200]);
    const [bar] = all(picture, 'g[stroke-width="7"] path').map(points);
    const [low, high] = estimateMean([500, 520, 600]).interval!;
    expect(Math.abs(distanceAt(bar![0]![0]) - low)).toBeLessThan(1);
    expect(Math.abs(distanceAt(bar![1]![0]) - high)).toBeLessThan(1);
    expect(bar![0]![1]).toBeCloseTo(dots[0]!.y, 0);
  });

  it('has a frame around what evolution never met', () => {
    const [frame, ...more] = all(picture, 'g[aria-label="rect"] rect');
    const top = Number(frame!.getAttribute('y'));
    const bottom = top + Number(frame!.getAttribute('height'));
    expect(dots.map(({ y }) => top < y && y < bottom)).toEqual([false, false, false, false, false, true]);
    expect(more).toEqual([]);
    expect(picture.textContent).toContain('not met in evolution');
  });
});

describe('the picture of speed', () => {
  const speed = (before: number, after: number) =>
    Float32Array.from({ length: 200 }, (_, step) => (step < 100 ? before : after));
  const perturbations = [
    {
      id: 'a',
      component: 'outputs',
      type: 'saturated',
      value: 1,
      start: 100 * PERIOD,
      duration: 50 * PERIOD,
    },
  ] as const;
  const picture = pictureOf(
    resultOf(
      [
        conditionOf('one', [life(1, { speed: speed(1, 0.2) }), life(1, { speed: speed(2, 0.4) })], {
          perturbations,
        }),
      ],
      [{ show: 'speed', window: 1 }],
      { scenario: { steps: 200 } },
    ),
  );

  it('has the mean over the lives at each control step', () => {
    const stepAt = axis(picture, 'x');
    const speedAt = axis(picture, 'y');
    const line = points(all(picture, 'g[aria-label="line"] path')[0]!).map(([x, y]) => [
      stepAt(x),
      speedAt(y),
    ]);
    expect(line).toHaveLength(200);
    for (const [step, mean] of line) expect(mean).toBeCloseTo(step! < 99.5 ? 1.5 : 0.3, 1);
  });

  it('has the span of a perturbation, and what it was', () => {
    const stepAt = axis(picture, 'x');
    const [span] = all(picture, 'g[aria-label="rect"] rect');
    const from = Number(span!.getAttribute('x'));
    expect(stepAt(from)).toBeCloseTo(100, 0);
    expect(stepAt(from + Number(span!.getAttribute('width')))).toBeCloseTo(150, 0);
    expect(picture.textContent).toContain('outputs:saturated=1');
  });
});

describe('the picture of distance by freeze step', () => {
  it('has a point a condition, whatever their order', () => {
    const picture = pictureOf(
      resultOf(
        [100, 0, 25].map((step) =>
          conditionOf(`at ${step}`, lives(step * 10, step * 10), { freeze_step: step }),
        ),
        [{ show: 'distance-by-freeze-step' }],
      ),
    );
    const [stepAt, distanceAt] = [axis(picture, 'x'), axis(picture, 'y')];
    const line = points(all(picture, 'g[aria-label="line"] path')[0]!);
    expect(line.map(([x, y]) => [Math.round(stepAt(x)), Math.round(distanceAt(y) / 10)])).toEqual([
      [0, 0],
      [25, 25],
      [100, 100],
    ]);
  });
});

describe('the matrix', () => {
  it('has a number in every cell, its share of the reference, and a frame where evolution never was', () => {
    const cell = (row: string, column: string, distance: number, seen: boolean) =>
      conditionOf(`${row} ${column}`, lives(distance, distance), { row, column, seen });
    const picture = pictureOf(
      resultOf(
        [
          conditionOf('intact', lives(1000, 1000)),
          cell('left', '0.1 m', 250, true),
          cell('left', '0.2 m', 500, false),
          cell('right', '0.1 m', 750, false),
        ],
        [{ show: 'matrix', relative_to: 'intact' }],
      ),
    );
    const texts = all(picture, 'g[aria-label="text"] text').map(({ textContent }) => textContent);
    expect(texts).toEqual(['250', '500', '750', '25 %', '50 %', '75 %']);
    const cells = all(picture, 'g[aria-label="cell"]').map((group) => all(group, 'rect').length);
    expect(cells).toEqual([3, 2]);
  });
});

describe('learning curves', () => {
  const report = (stepsTotal: number, intact: number): GenerationReport => ({
    generation: 1,
    horizon: 1000,
    sigma: 0.1,
    mean: { intact: 0 },
    max: { intact: 0 },
    validation: { intact },
    steps: 1,
    stepsTotal,
  });
  const logOf = (...lines: GenerationReport[]) => ({ sha256: 'ef56', lines });
  const logs = {
    a: logOf(report(0, 0), report(2e6, 400), report(4e6, 1200)),
    b: logOf(report(0, 0), report(2e6, 800)),
    c: logOf(report(0, 0), report(5e6, 100)),
  };
  const runs = [
    { name: 'Hebbian', log: 'a' },
    { name: 'Hebbian', log: 'b' },
    { name: 'static', log: 'c' },
  ];
  const result = resultOf([], [{ show: 'learning-curves', runs }], { logs, bundles: {} });

  it('are each run by control steps lived, and the mean of runs of one name as far as all went', () => {
    const picture = pictureOf(result);
    const [stepsAt, distanceAt] = [axis(picture, 'x'), axis(picture, 'y')];
    const ends = all(picture, 'g[aria-label="line"] path').map((path) => {
      const [x, y] = points(path).at(-1)!;
      return [Math.round(stepsAt(x) * 10) / 10, Math.round(distanceAt(y) / 10) * 10];
    });
    expect(ends).toEqual([
      [4, 1200],
      [2, 800],
      [2, 600],
      [5, 100],
    ]);
  });

  it('are told with the control steps until milestones', () => {
    const { markdown } = renderReport(result);
    expect(markdown).toContain(
      '| Hebbian | intact | 2 | 3.0 million | 1,000 ± 283 | 3.0 million (2 of 2 runs) | 4.0 million (1 of 2 runs) |',
    );
    expect(markdown).toContain('| static | intact | 1 | 5.0 million | 100 | not reached | not reached |');
  });

  it('are told run by run with the control steps and minutes of first crossings', () => {
    const timed = (stepsTotal: number, intact: number, seconds?: number) => ({
      ...report(stepsTotal, intact),
      steps: 1e6,
      ...(seconds !== undefined && { seconds }),
    });
    const parts = [
      {
        show: 'learning-curves' as const,
        runs: [
          { name: 'Hebbian', log: ['first', 'second'] },
          { name: 'Hebbian', log: 'old' },
        ],
      },
    ];
    const own = {
      first: logOf(timed(1e6, 100, 600), timed(2e6, 600, 600)),
      second: logOf(timed(3e6, 400, 1200), timed(4e6, 1000, 1200)),
      old: logOf(timed(1e6, 700)),
    };
    const { markdown } = renderReport(resultOf([], parts, { logs: own, bundles: {} }));
    expect(markdown).toContain(
      '| Hebbian | first, second | intact | 2.0 million | 20.0 | 4.0 million | 60.0 |',
    );
    expect(markdown).toContain('| Hebbian | old | intact | 1.0 million | not known | not reached | – |');
  });

  it('are averaged between the points of their runs', () => {
    const mean = meanOf([
      [
        { steps: 0, distance: 0 },
        { steps: 100, distance: 100 },
      ],
      [
        { steps: 20, distance: 0 },
        { steps: 120, distance: 0 },
      ],
    ]);
    expect(mean[0]).toEqual({ steps: 20, distance: 10 });
    expect(mean.at(-1)).toEqual({ steps: 100, distance: 50 });
    expect(meanOf([[{ steps: 1, distance: 1 }], [{ steps: 5, distance: 1 }]])).toEqual([]);
  });
});

describe('the histogram of coefficients', () => {
  it('counts every coefficient of its layer and column', () => {
    // Two layers, of 2 * 3 and of 3 * 1 synapses, with two columns.
    const values = Float32Array.from({ length: 18 }, (_, k) => (k % 2 === 0 ? k / 2 : -k));
    const coefficients = { rules: { layerSizes: [2, 3, 1], columns: ['A', 'eta'], values } };
    const { markdown } = renderReport(
      resultOf([], [{ show: 'coefficients', bundles: ['rules'] }], { coefficients }),
    );
    expect(markdown).toMatch(/\| layer 1, A \| 2\.50 \| 1\.71 \| 0 \| 5\.00 \|/);
    expect(markdown).toMatch(/\| layer 2, eta \| −15\.0 \| 1\.63 \| −17\.0 \| −13\.0 \|/);
  });
});

describe('the image of a weight matrix', () => {
  const pixel = (png: Uint8Array, x: number, y: number): number[] => {
    const { data, width } = decode(png);
    return [...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3)];
  };
  const white = [247, 247, 247];

  it('has a square for each synapse, the longer side upright', () => {
    const values = Float32Array.from([1, 0, 0, 0, 0, -1]);
    const wide = weightImage({ pre: 2, post: 3, values }, { limit: 1, roots: false }, 4);
    expect([wide.width, wide.height]).toEqual([8, 12]);
    const [red, blue] = [pixel(wide.png, 0, 0), pixel(wide.png, 7, 11)];
    expect(red[0]).toBeGreaterThan(red[2]!);
    expect(blue[2]).toBeGreaterThan(blue[0]!);
    expect(pixel(wide.png, 3, 3)).toEqual(red);
    expect(pixel(wide.png, 4, 0)).toEqual(white);
    const tall = weightImage({ pre: 3, post: 2, values }, { limit: 1, roots: false }, 1);
    expect([tall.width, tall.height]).toEqual([2, 3]);
    expect([pixel(tall.png, 0, 0), pixel(tall.png, 1, 2)]).toEqual([red, blue]);
  });

  it('has one scale for all control steps, of roots where weights grew by orders of magnitude', () => {
    const small = Float32Array.from([0.1, -0.1]);
    expect(weightColours([small, Float32Array.from([0.5, -1])])).toEqual({ limit: 1, roots: false });
    expect(weightColours([small, Float32Array.from([50, -100])])).toEqual({ limit: 100, roots: true });
    expect(weightColours([new Float32Array(4)])).toEqual({ limit: 1, roots: false });
  });
});
