import { SOLVED_DISTANCE } from '../../evaluation/evaluate-bundle.js';
import type { ConditionResult, ExperimentResult, LifeRecord } from '../result.js';
import type { ScenarioCondition } from '../scenario.js';
import { estimateMean, estimateShare, type MeanEstimate, type ShareEstimate } from '../statistics.js';
import { units } from './numbers.js';

/** Dots are drawn for lives up to so many a condition; more of them would be one blot. */
export const MOST_DOTS = 200;

/** What a condition came to. */
export interface Outcome {
  readonly name: string;
  readonly condition: ConditionResult['condition'];
  readonly lives: readonly LifeRecord[];
  /** Units; absent where there were no lives. */
  readonly distance?: MeanEstimate;
  /** Lives of at least {@link SOLVED_DISTANCE}. */
  readonly solved?: ShareEstimate;
}

export function outcomeOf({ condition, lives }: ConditionResult): Outcome {
  if (lives.length === 0) return { name: condition.name, condition, lives };
  const distances = lives.map(({ distance }) => distance);
  return {
    name: condition.name,
    condition,
    lives,
    distance: estimateMean(distances),
    solved: estimateShare(distances.filter((distance) => distance >= SOLVED_DISTANCE).length, lives.length),
  };
}

/** The conditions that a part of the report is about, in the order of the experiment. */
export function conditionsOf(
  { conditions }: ExperimentResult,
  names: readonly string[] | undefined,
): readonly ConditionResult[] {
  return names === undefined
    ? conditions
    : conditions.filter(({ condition }) => names.includes(condition.name));
}

export type Verdict = 'above' | 'below' | 'contains it';

type Expected = NonNullable<ScenarioCondition['expected']>;

/** How the confidence interval of the mean lies to what was expected; undefined where there is no interval. */
export function verdictOf(distance: MeanEstimate | undefined, expected: Expected): Verdict | undefined {
  if (!distance?.interval) return undefined;
  const [low, high] = distance.interval;
  if (low > expected.mean) return 'above';
  return high < expected.mean ? 'below' : 'contains it';
}

export function verdictText(distance: MeanEstimate | undefined, expected: Expected): string {
  switch (verdictOf(distance, expected)) {
    case 'above':
      return '▲ above';
    case 'below':
      return '▼ below';
    case 'contains it':
      return '● contains it';
    case undefined:
      return 'no interval';
  }
}

/** `1,051 ± 113, solved (paper, Table 1)`. */
export function expectedText({ source, mean, sd, solved }: Expected, withSource: boolean): string {
  const spread = sd === undefined ? '' : ` ± ${units(sd)}`;
  const said = solved === undefined ? '' : solved ? ', solved' : ', not solved';
  return `${units(mean)}${spread}${said}${withSource ? ` (${source})` : ''}`;
}

/** Whose numbers are expected. */
export function sourcesOf(outcomes: readonly Outcome[]): string[] {
  return [...new Set(outcomes.flatMap(({ condition: { expected } }) => expected?.source ?? []))];
}

/** Names of groups in the order in which they first appear; a condition without one stands under ''. */
export function groupsOf(
  outcomes: readonly { readonly condition: { readonly group?: string | undefined } }[],
): string[] {
  return [...new Set(outcomes.map(({ condition }) => condition.group ?? ''))];
}
