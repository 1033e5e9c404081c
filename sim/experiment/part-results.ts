import { recoveriesOf, withinExpected, type RecoveryPart } from './condition-recovery.js';
import { coefficientColumns } from './coefficient-columns.js';
import { overEvolutions } from './evolutions.js';
import { conditionsOf, type ExperimentResult } from './result.js';
import type { ReportPart } from './scenario.js';
import { momentsOf } from './statistics.js';
import { firstCrossing, MILESTONES, trainingCurves } from './training-log.js';

type TrainingPart = Extract<ReportPart, { show: 'learning-curves' }>;

/** The numbers of each part of the report that are of no condition alone, for results.json; `part` counts from 1. */
export function partResults(result: ExperimentResult): object[] {
  return result.scenario.report.flatMap((part, k) => {
    const numbers = numbersOf(part, result);
    return numbers ? [{ part: k + 1, show: part.show, ...numbers }] : [];
  });
}

function numbersOf(part: ReportPart, result: ExperimentResult): object | undefined {
  switch (part.show) {
    case 'evolutions':
      return { evolutions: overEvolutions(conditionsOf(result, part.conditions)) };
    case 'recovery':
      return { recoveries: recoveryNumbers(part, result) };
    case 'components':
      return { explained: explainedBy(result, part.conditions) };
    case 'learning-curves':
      return { runs: part.runs.map((run) => runNumbers(run, result)) };
    case 'coefficients':
      return { bundles: part.bundles.map((name) => coefficientNumbers(name, result)) };
    default:
      return undefined;
  }
}

function coefficientNumbers(bundle: string, { coefficients }: ExperimentResult): object {
  const own = coefficients[bundle];
  const columns = own ? coefficientColumns(own) : [];
  return {
    bundle,
    columns: columns.map(({ layer, column, values }) => ({ layer, column, ...momentsOf(values) })),
  };
}

function runNumbers({ name, log }: TrainingPart['runs'][number], { logs }: ExperimentResult): object {
  const files = [log].flat();
  const curves = trainingCurves(files.flatMap((file) => logs[file] ?? []));
  return {
    name,
    logs: files,
    curves: curves.map(({ morphology, points }) => ({
      morphology,
      points,
      // Null: not reached, or not known.
      milestones: MILESTONES.map((distance) => {
        const { steps, minutes } = firstCrossing(points, distance) ?? {};
        return { distance, steps: steps ?? null, minutes: minutes ?? null };
      }),
    })),
  };
}

function recoveryNumbers(part: RecoveryPart, { conditions }: ExperimentResult): object[] {
  const { expected } = part;
  return recoveriesOf(conditions, part).map((recovery) => {
    const { condition, undisturbed, disturbance, summary, speed } = recovery;
    return {
      condition,
      undisturbed,
      ...disturbance,
      ...summary,
      speed,
      ...(expected && !undisturbed && { expected, within: withinExpected(recovery, expected.steps) }),
    };
  });
}

/** [3]: shares of the variance of all the part's weights, which its conditions have in common. */
function explainedBy(result: ExperimentResult, names: readonly string[] | undefined): readonly number[] {
  const ways = conditionsOf(result, names).flatMap(({ first }) => first?.way ?? []);
  return ways[0]?.explained ?? [];
}
