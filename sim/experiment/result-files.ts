import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { SOLVED_DISTANCE } from '../evaluation/evaluate-bundle.js';
import { disturbanceOfCondition, recoveryOf, recoveryPartOf, recoveryParts } from './condition-recovery.js';
import { partResults } from './part-results.js';
import type { RecoverySummary } from './recovery.js';
import type { ConditionResult, ExperimentResult, LifeRecord } from './result.js';
import { estimateMean, estimateShare, type MeanEstimate, type ShareEstimate } from './statistics.js';

/** What the lives of a condition came to; distances in units. */
export interface ConditionSummary {
  readonly distance: MeanEstimate;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Lives of at least SOLVED_DISTANCE. */
  readonly solved: ShareEstimate;
  readonly fell: number;
  /** [joints]: share of the actions beyond +-0.95, mean of all lives. */
  readonly saturated: readonly number[];
  readonly actionChange: number;
  /** For the first part `recovery` that is about it. */
  readonly recovery?: RecoverySummary;
  /** The same of the lives that nothing disturbed at that time, where the part names such a condition. */
  readonly undisturbed?: RecoverySummary;
}

export function summariseCondition(
  one: ConditionResult,
  { scenario, conditions }: Pick<ExperimentResult, 'scenario' | 'conditions'>,
): ConditionSummary {
  const { condition, lives } = one;
  const distances = lives.map(({ distance }) => distance);
  const sorted = [...distances].sort((a, b) => a - b);
  const part = recoveryPartOf(scenario.report, condition.name);
  const compared = conditions.find((other) => other.condition.name === part?.undisturbed);
  const recovery = part && recoveryOf(one, part)?.summary;
  const undisturbed = part && compared && recoveryOf(compared, part, disturbanceOfCondition(one))?.summary;
  return {
    distance: estimateMean(distances),
    median: (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2,
    min: sorted[0]!,
    max: sorted.at(-1)!,
    solved: estimateShare(distances.filter((distance) => distance >= SOLVED_DISTANCE).length, lives.length),
    fell: lives.filter(({ fell }) => fell).length,
    saturated: lives[0]!.saturated.map((_, j) => meanOf(lives, ({ saturated }) => saturated[j]!)),
    actionChange: meanOf(lives, ({ actionChange }) => actionChange),
    ...(recovery && { recovery }),
    ...(undisturbed && { undisturbed }),
  };
}

/** results.json: everything but what there is for each life or control step. */
export function resultsJson(result: ExperimentResult): JsonRecord {
  const { scenario, conditions, bundles, logs } = result;
  const { command, versions, scenarioSha256, intendedRollouts, live, duration, workers } = result;
  const record = {
    format: 'hebbridge-experiment',
    formatVersion: 1,
    scenario,
    scenarioSha256,
    bundles,
    versions,
    command,
    workers,
    duration,
    ...(intendedRollouts !== undefined && { intendedRollouts }),
    ...(live !== undefined && { live }),
    logs: Object.fromEntries(
      Object.entries(logs).map(([file, { sha256, lines }]) => [file, { sha256, generations: lines.length }]),
    ),
    conditions: conditions.map((one) => ({ ...one.condition, ...summariseCondition(one, result) })),
    parts: partResults(result),
  };
  // Plain data, as it will be read.
  return JSON.parse(JSON.stringify(record)) as JsonRecord;
}

/** lives.csv: a row a life; steps to recover for each part `recovery`, by its number where there are several. */
export function livesCsv({ scenario, conditions }: ExperimentResult): string {
  const headings = [
    ...['condition', 'bundle', 'morphology', 'freeze_step', 'rollout', 'seed', 'distance', 'metres'],
    ...['steps', 'fell', 'solved', 'saturated', 'action_change'],
  ];
  const parts = recoveryParts(scenario.report);
  const recoveryHeadings = parts.map((part) =>
    parts.length === 1 ? 'recovery_steps' : `recovery_steps_part_${scenario.report.indexOf(part) + 1}`,
  );
  const rows = conditions.flatMap((one) => {
    const { condition, lives } = one;
    const recoveries = parts.map((part) =>
      (part.conditions?.includes(condition.name) ?? true) ? recoveryOf(one, part)?.steps : undefined,
    );
    return lives.map((life, rollout) => [
      condition.name,
      condition.bundle,
      condition.morphology,
      condition.freeze_step ?? '',
      rollout,
      life.seed,
      life.distance,
      life.distance * ANT_CONTRACT.controlPeriod,
      life.steps,
      life.fell,
      life.distance >= SOLVED_DISTANCE,
      life.saturated.reduce((sum, share) => sum + share, 0) / life.saturated.length,
      life.actionChange,
      ...recoveries.map((steps) => (steps ? (steps[rollout] ?? 'never') : '')),
    ]);
  });
  return csv([[...headings, ...recoveryHeadings], ...rows]);
}

/** speed.csv: mean and standard deviation (m/s) over lives, a row a condition and control step; undefined: none was kept. */
export function speedCsv({ conditions }: ExperimentResult): string | undefined {
  const rows = conditions.flatMap(({ condition, lives }) => {
    const speeds = lives.flatMap(({ speed }) => (speed ? [speed] : []));
    return Array.from({ length: speeds[0]?.length ?? 0 }, (_, step) => {
      const { count, mean, sd } = estimateMean(speeds.map((speed) => speed[step]!));
      return [condition.name, step, count, mean, sd];
    });
  });
  return rows.length === 0 ? undefined : csv([['condition', 'step', 'lives', 'mean', 'sd'], ...rows]);
}

function meanOf(lives: readonly LifeRecord[], of: (life: LifeRecord) => number): number {
  return lives.reduce((sum, life) => sum + of(life), 0) / lives.length;
}

/** RFC 4180. */
function csv(rows: readonly (readonly (string | number | boolean)[])[]): string {
  return rows.map((row) => `${row.map((cell) => quoted(String(cell))).join(',')}\r\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
