import { SOLVED_DISTANCE } from '../../evaluation/evaluate-bundle.js';
import type { ConditionResult, LifeRecord } from '../result.js';
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
  /** Units. */
  readonly distance: MeanEstimate;
  /** Lives of at least {@link SOLVED_DISTANCE}. */
  readonly solved: ShareEstimate;
}

export function outcomeOf({ condition, lives }: ConditionResult): Outcome {
  const distances = lives.map(({ distance }) => distance);
  return {
    name: condition.name,
    condition,
    lives,
    distance: estimateMean(distances),
    solved: estimateShare(distances.filter((distance) => distance >= SOLVED_DISTANCE).length, lives.length),
  };
}

export type Verdict = 'above' | 'below' | 'contains it' | 'reached' | 'not reached';

type Expected = NonNullable<ScenarioCondition['expected']>;

/**
 * How the confidence interval of the mean lies to what was expected; of an aim, whether the mean is at least that.
 * Undefined where there is no interval.
 */
export function verdictOf({ mean, interval }: MeanEstimate, expected: Expected): Verdict | undefined {
  if (!interval) return undefined;
  if (expected.at_least) return mean >= expected.mean ? 'reached' : 'not reached';
  const [low, high] = interval;
  if (low > expected.mean) return 'above';
  return high < expected.mean ? 'below' : 'contains it';
}

/** In the paper a damage is solved by the mean of its lives; an aim wants every life. */
function isSolved({ distance, solved }: Outcome, { at_least }: Expected): boolean {
  return at_least ? solved.count === solved.of : distance.mean >= SOLVED_DISTANCE;
}

/** Whether the condition is solved, or is not, as was expected; undefined: nothing was. */
export function solvedAsExpected(outcome: Outcome, expected: Expected): boolean | undefined {
  return expected.solved === undefined ? undefined : expected.solved === isSolved(outcome, expected);
}

/** `▲ above; solved, as expected`. */
export function verdictText(outcome: Outcome, expected: Expected): string {
  const agrees = solvedAsExpected(outcome, expected);
  if (agrees === undefined) return meanVerdictText(outcome.distance, expected);
  const solved = isSolved(outcome, expected)
    ? 'solved'
    : expected.at_least
      ? 'not always solved'
      : 'not solved';
  return `${meanVerdictText(outcome.distance, expected)}; ${solved}, ${agrees ? 'as' : 'unlike'} expected`;
}

function meanVerdictText(distance: MeanEstimate, expected: Expected): string {
  const verdict = verdictOf(distance, expected);
  switch (verdict) {
    case 'above':
      return '▲ above';
    case 'below':
      return '▼ below';
    case 'contains it':
      return '● contains it';
    case 'reached':
    case 'not reached': {
      const [low, high] = distance.interval!;
      const open = low <= expected.mean && expected.mean <= high ? ' (the CI contains it)' : '';
      return `${verdict === 'reached' ? '✓' : '✗'} ${verdict}${open}`;
    }
    case undefined:
      return 'no interval';
  }
}

/** `1,051 ± 113, solved (paper, Table 1)`; of an aim `≥ 1,051, every life solved (aim)`. */
export function expectedText(expected: Expected, withSource: boolean): string {
  const { source, mean, sd, solved, at_least } = expected;
  const spread = sd === undefined ? '' : ` ± ${units(sd)}`;
  const met = at_least ? 'every life solved' : 'solved';
  const said = solved === undefined ? '' : `, ${solved ? '' : 'not '}${met}`;
  return `${at_least ? '≥ ' : ''}${units(mean)}${spread}${said}${withSource ? ` (${source})` : ''}`;
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
