import { describe, expect, it } from 'vitest';
import { livesCsv, resultsJson } from '../../../sim/experiment/result-files.js';
import { conditionOf, life, lives, resultOf } from './report/a-result.js';

const PERIOD = 0.0165;

/** A walk at 1 m/s that stands still from step 100 on, and walks again from `again` on. */
const interrupted = (again: number) =>
  life(100, {
    speed: Float32Array.from({ length: 300 }, (_, step) => (step < 100 || step >= again ? 1 : 0)),
  });

/** All outputs stuck for 50 control steps from 100 on. */
const perturbations = [
  {
    id: 'it',
    component: 'outputs',
    type: 'saturated',
    value: 1,
    start: 100 * PERIOD,
    duration: 50 * PERIOD,
  },
] as const;

const WALKS = conditionOf('walks on', [interrupted(100), interrupted(100)]);
const STUCK = conditionOf('stuck', [interrupted(150), interrupted(Infinity)], { perturbations });

const MEASURE = { show: 'recovery', before: 50, lasts: 50, window: 10 } as const;

/** By its headings. */
function rowsOf(csv: string): Record<string, string>[] {
  const [headings, ...rows] = csv
    .trimEnd()
    .split('\r\n')
    .map((row) => row.split(','));
  return rows.map((cells) => Object.fromEntries(cells.map((cell, k) => [headings![k]!, cell])));
}

describe('results of an experiment with several parts about recovery', () => {
  const result = resultOf(
    [WALKS, STUCK],
    [
      { show: 'distances' },
      { ...MEASURE, conditions: ['stuck'], expected: { source: 'paper', steps: 10 } },
      { ...MEASURE, conditions: ['stuck'], window: 20, undisturbed: 'walks on' },
    ],
  );

  it('have in results.json what each of them measures, and of lives that nothing disturbed', () => {
    const { parts } = resultsJson(result) as unknown as {
      parts: { part: number; show: string; recoveries: Record<string, unknown>[] }[];
    };
    expect(parts.map(({ part, show }) => [part, show])).toEqual([
      [2, 'recovery'],
      [3, 'recovery'],
    ]);
    const [first] = parts[0]!.recoveries;
    expect(first).toMatchObject({
      condition: 'stuck',
      undisturbed: false,
      begin: 100,
      end: 150,
      recovered: { count: 1, of: 2 },
      median: null,
      expected: { source: 'paper', steps: 10 },
      within: false,
    });
    expect(parts[1]!.recoveries).toMatchObject([
      { condition: 'stuck', undisturbed: false, recovered: { count: 1, of: 2 } },
      { condition: 'walks on', undisturbed: true, recovered: { count: 2, of: 2 }, median: 20 },
    ]);
  });

  it('have in results.json the speed before, during and after', () => {
    const { parts } = resultsJson(result) as unknown as {
      parts: { recoveries: { speed: Record<string, { mean: number; count: number }> }[] }[];
    };
    const { before, during, after } = parts[0]!.recoveries[0]!.speed;
    expect(before).toMatchObject({ mean: 1, count: 2 });
    expect(during).toMatchObject({ mean: 0 });
    expect(after).toMatchObject({ mean: 0.5 });
  });

  it('have in lives.csv the steps of each life, by the number of the part', () => {
    const told = rowsOf(livesCsv(result)).map((row) => [
      row['condition'],
      row['recovery_steps_part_2'],
      row['recovery_steps_part_3'],
    ]);
    expect(told).toEqual([
      ['walks on', '', ''],
      ['walks on', '', ''],
      ['stuck', '10', '20'],
      ['stuck', 'never', 'never'],
    ]);
  });
});

describe('lives whose speed was not kept', () => {
  it('have no recovery, in no place', () => {
    const result = resultOf([conditionOf('stuck', lives(1, 2), { perturbations })], [MEASURE]);
    const json = resultsJson(result) as unknown as { parts: object[]; conditions: object[] };
    expect(json.parts).toEqual([{ part: 1, show: 'recovery', recoveries: [] }]);
    expect(json.conditions[0]).not.toHaveProperty('recovery');
    expect(rowsOf(livesCsv(result)).map((row) => row['recovery_steps'])).toEqual(['', '']);
  });
});

describe('results of an experiment about training', () => {
  const line = (generation: number, intact: number) => ({
    generation,
    horizon: 1000,
    sigma: 0.1,
    mean: { intact: 0 },
    max: { intact: 0 },
    validation: { intact },
    steps: 1e6,
    stepsTotal: generation * 1e6,
    seconds: 60,
  });
  const json = resultsJson(
    resultOf([], [{ show: 'learning-curves', runs: [{ name: 'Hebbian', log: 'a.jsonl' }] }], {
      logs: { 'a.jsonl': { sha256: 'ef56', lines: [line(1, 200), line(2, 700)] } },
    }),
  );

  it('have the curves, and when they first crossed the milestones', () => {
    expect(json['parts']).toEqual([
      {
        part: 1,
        show: 'learning-curves',
        runs: [
          {
            name: 'Hebbian',
            logs: ['a.jsonl'],
            curves: [
              {
                morphology: 'intact',
                points: [
                  { steps: 1e6, distance: 200, minutes: 1 },
                  { steps: 2e6, distance: 700, minutes: 2 },
                ],
                milestones: [
                  { distance: 500, steps: 2e6, minutes: 2 },
                  { distance: 1000, steps: null, minutes: null },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('have the digest of each log', () => {
    expect(json['logs']).toEqual({ 'a.jsonl': { sha256: 'ef56', generations: 2 } });
  });
});

describe('results of an experiment about coefficients', () => {
  it('have the moments of each layer and column', () => {
    // Two layers of 2 synapses each, with two columns.
    const values = Float32Array.from([1, 10, 3, 10, -5, 0, 5, 0]);
    const coefficients = { rules: { layerSizes: [2, 1, 2], columns: ['A', 'B'], values } };
    const { parts } = resultsJson(
      resultOf([], [{ show: 'coefficients', bundles: ['rules'] }], { coefficients }),
    ) as unknown as { parts: { bundles: { bundle: string; columns: object[] }[] }[] };
    const [rules] = parts[0]!.bundles;
    expect(rules!.bundle).toBe('rules');
    expect(rules!.columns).toEqual([
      { layer: 1, column: 'A', mean: 2, sd: 1, skewness: 0, excessKurtosis: -2 },
      { layer: 1, column: 'B', mean: 10, sd: 0, skewness: 0, excessKurtosis: 0 },
      { layer: 2, column: 'A', mean: 0, sd: 5, skewness: 0, excessKurtosis: -2 },
      { layer: 2, column: 'B', mean: 0, sd: 0, skewness: 0, excessKurtosis: 0 },
    ]);
  });
});

describe('results of an experiment with several parts of components', () => {
  it('have for each what its own components explain', () => {
    const way = (...explained: number[]) => ({
      snapshots: [],
      way: { every: 5, points: new Float32Array(6), explained },
    });
    const result = resultOf(
      [
        conditionOf('one', lives(1), {}, way(0.5, 0.2, 0.1)),
        conditionOf('other', lives(1), {}, way(0.9, 0.05, 0.01)),
      ],
      [
        { show: 'components', conditions: ['one'] },
        { show: 'components', conditions: ['other'] },
      ],
    );
    expect(resultsJson(result)['parts']).toEqual([
      { part: 1, show: 'components', explained: [0.5, 0.2, 0.1] },
      { part: 2, show: 'components', explained: [0.9, 0.05, 0.01] },
    ]);
  });
});

describe('results of several evolutions', () => {
  it('have what they come to together, over evolutions and not over lives, rows first', () => {
    const of = (bundle: string, group: string, row: string, ...distances: number[]) =>
      conditionOf(`${bundle}, ${row}`, lives(...distances), { bundle, group, row });
    const result = resultOf(
      [
        of('a', 'plastic', 'whole', 90, 110),
        of('b', 'static', 'whole', 7),
        of('a', 'plastic', 'cut', 5),
        of('c', 'plastic', 'whole', 300),
      ],
      [{ show: 'evolutions' }],
    );
    const { parts } = resultsJson(result) as unknown as { parts: { evolutions: object[] }[] };
    // Two values: Student's t of one degree of freedom is 12.706.
    const reach = (12.7062 * Math.SQRT2 * 100) / Math.SQRT2;
    expect(parts[0]!.evolutions).toEqual([
      {
        row: 'whole',
        group: 'plastic',
        evolutions: [
          { bundle: 'a', mean: 100 },
          { bundle: 'c', mean: 300 },
        ],
        distance: {
          count: 2,
          mean: 200,
          sd: expect.closeTo(Math.SQRT2 * 100, 9) as number,
          interval: [expect.closeTo(200 - reach, 1), expect.closeTo(200 + reach, 1)],
        },
      },
      {
        row: 'whole',
        group: 'static',
        evolutions: [{ bundle: 'b', mean: 7 }],
        distance: { count: 1, mean: 7, sd: 0 },
      },
      {
        row: 'cut',
        group: 'plastic',
        evolutions: [{ bundle: 'a', mean: 5 }],
        distance: { count: 1, mean: 5, sd: 0 },
      },
    ]);
  });
});
