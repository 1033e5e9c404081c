import type { ConditionResult, ExperimentResult, LifeRecord } from '../../../../sim/experiment/result.js';
import { scenarioSchema, type Scenario, type ScenarioInput } from '../../../../sim/experiment/scenario.js';

export const life = (distance: number, more: Partial<LifeRecord> = {}): LifeRecord => ({
  seed: 1,
  distance,
  steps: 1000,
  fell: false,
  saturated: [0.1, 0.3],
  actionChange: 0.25,
  ...more,
});

export const lives = (...distances: readonly number[]): LifeRecord[] =>
  distances.map((distance) => life(distance));

/** What conditions came to; `condition` needs what differs from a plain one. */
export function conditionOf(
  name: string,
  records: readonly LifeRecord[],
  condition: Partial<ConditionResult['condition']> = {},
  first?: ConditionResult['first'],
): ConditionResult {
  return {
    condition: { name, bundle: 'rules', morphology: 'intact', perturbations: [], ...condition },
    lives: records,
    ...(first && { first }),
  };
}

/** A result whose report has these parts. */
export function resultOf(
  conditions: readonly ConditionResult[],
  report: ScenarioInput['report'],
  more: Partial<Omit<ExperimentResult, 'scenario'>> & { readonly scenario?: Partial<ScenarioInput> } = {},
): ExperimentResult {
  const { scenario: wanted, ...rest } = more;
  const scenario: Scenario = scenarioSchema.parse({
    title: 'A scenario',
    bundles: { rules: 'rules.safetensors' },
    report,
    ...wanted,
  });
  return {
    scenario,
    conditions,
    logs: {},
    coefficients: {},
    command: 'hebbridge experiment scenario.yaml --out runs/one',
    versions: { hebbridge: '1.2.3' },
    bundles: {
      rules: { file: 'rules.safetensors', tensorsSha256: 'ab12', provenance: { generations: 210 } },
    },
    scenarioSha256: 'cd34',
    duration: 12.5,
    workers: 2,
    ...rest,
  };
}

/** A result in which every part of a report has something to show. */
export function fullResult(name: string): ExperimentResult {
  const speed = (k: number): Float32Array =>
    Float32Array.from({ length: 100 }, (_, step) =>
      step >= 40 && step < 55 ? 0 : 1 + 0.1 * Math.sin(step + k),
    );
  const walked = [812, 934, 1020].map((distance, k) => life(distance, { speed: speed(k), fell: k === 1 }));
  const layer = (scale: number) => ({
    pre: 3,
    post: 2,
    values: Float32Array.from([-3, 0, 1, 2, -1, 3], (value) => value * scale),
  });
  const first = {
    snapshots: [
      { step: 0, layers: [layer(0.01)] },
      { step: 40, layers: [layer(5)] },
    ],
    way: {
      every: 5,
      points: Float32Array.from({ length: 30 }, (_, k) => Math.sin(k)),
      explained: [0.5, 0.3, 0.1],
    },
  };
  const perturbations = [
    { id: 'p', component: 'outputs', type: 'saturated', value: 1, start: 40 * 0.0165, duration: 15 * 0.0165 },
    { id: 'q', component: 'weights', type: 'zero', value: 0.333333333, start: 70 * 0.0165 },
  ] as const;
  const expected = { source: name, mean: 900, sd: 50, solved: true };
  const place = { row: name, column: name, group: name, seen: false, expected };
  const reports = [1, 2, 3].map((generation) => ({
    generation,
    horizon: 1000,
    sigma: 0.1,
    mean: { [name]: 1 },
    max: { [name]: 1 },
    validation: { [name]: generation * 300 },
    steps: 1e6,
    stepsTotal: generation * 1e6,
  }));
  const parts: ScenarioInput['report'] = [
    { show: 'distances' },
    { show: 'evolutions' },
    { show: 'distance-by-freeze-step' },
    { show: 'speed', window: 20 },
    { show: 'recovery', window: 10, before: 30, lasts: 30, share: 0.8 },
    { show: 'weights', steps: [0, 40] },
    { show: 'components', every: 5 },
    { show: 'matrix', relative_to: name },
    {
      show: 'learning-curves',
      runs: [
        { name, log: 'a' },
        { name, log: 'b' },
      ],
    },
    { show: 'coefficients', bundles: [name] },
  ];
  return resultOf(
    [
      conditionOf(name, walked, { ...place, perturbations }, first),
      conditionOf(`${name} frozen`, walked.slice(0, 2), { ...place, freeze_step: 30 }),
    ],
    parts,
    {
      scenario: {
        title: name,
        paper: name,
        about: `${name}\n\nand more`,
        steps: 100,
        bundles: { [name]: name },
      },
      logs: { a: { sha256: 'ef56', lines: reports }, b: { sha256: 'ab78', lines: reports.slice(0, 2) } },
      coefficients: {
        [name]: {
          layerSizes: [3, 2],
          columns: ['A', name],
          values: Float32Array.from({ length: 12 }, (_, k) => k),
        },
      },
      command: name,
      live: name,
      versions: { [name]: name },
      bundles: {
        [name]: { file: name, tensorsSha256: 'ab', provenance: { evolution: { [name]: [name, null] } } },
      },
    },
  );
}
