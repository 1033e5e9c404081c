import { recoveriesOf, recoveryParts, withinExpected } from '../condition-recovery.js';
import type { ExperimentResult } from '../result.js';
import { list, text, type Block, type TableBlock } from './document.js';
import { inMetres, interval, plural, plusMinus, share, units, UNITS_EXPLAINED } from './numbers.js';
import {
  expectedText,
  outcomeOf,
  solvedAsExpected,
  sourcesOf,
  verdictOf,
  verdictText,
  type Outcome,
  type Verdict,
} from './outcome.js';
import { seenText } from './seen.js';

/** More conditions than these have their table at the end of the report. */
const MOST_ROWS_AT_THE_HEAD = 16;

/** What came out, in a few lines and a table: computed, never written. */
export function verdict(result: ExperimentResult): Block[] {
  const outcomes = result.conditions.map(outcomeOf);
  if (outcomes.length === 0) return [];
  const table = comesLater(result) ? outcomes.filter(({ condition }) => condition.expected) : outcomes;
  return [
    list([
      ...verdictLines(outcomes, result.scenario.steps),
      ...recoveryLines(result),
      ...(comesLater(result) ? ['The table of all conditions is below, under “Every condition”.'] : []),
    ]),
    ...(table.length === 0 ? [] : [outcomeTable(table, result.scenario.steps)]),
    text(UNITS_EXPLAINED),
  ];
}

/** The table of all conditions, where there are too many for the head of the report. */
export function everyCondition(result: ExperimentResult): Block[] {
  return comesLater(result) ? [outcomeTable(result.conditions.map(outcomeOf), result.scenario.steps)] : [];
}

function comesLater({ conditions }: ExperimentResult): boolean {
  return conditions.length > MOST_ROWS_AT_THE_HEAD;
}

function verdictLines(outcomes: readonly Outcome[], steps: number): string[] {
  const byMean = [...outcomes].sort((a, b) => a.distance.mean - b.distance.mean);
  const told = ({ name, distance }: Outcome): string =>
    `${units(distance.mean)} units (${inMetres(distance.mean, steps)}) in “${name}”`;
  const always = outcomes.filter(({ solved }) => solved.count === solved.of).length;
  const never = outcomes.filter(({ solved }) => solved.count === 0).length;
  return [
    outcomes.length > 1
      ? `Mean distances go from ${told(byMean[0]!)} to ${told(byMean.at(-1)!)}.`
      : `The mean distance is ${told(byMean[0]!)}.`,
    `Every life was solved (at least 100 units) in ${always} of ${plural(outcomes.length, 'condition')}, no life in ${never}.`,
    ...expectationLines(outcomes),
  ];
}

/** How many are as they were expected to be. */
function expectationLines(outcomes: readonly Outcome[]): string[] {
  const lines: string[] = [];
  const compared = outcomes.flatMap((outcome) => {
    const { expected } = outcome.condition;
    return expected ? [{ outcome, expected, verdict: verdictOf(outcome.distance, expected) }] : [];
  });
  const [aims, means] = [true, false].map((aim) =>
    compared.filter(({ expected }) => (expected.at_least ?? false) === aim),
  ) as [typeof compared, typeof compared];
  const counted = (of: typeof compared, which: Verdict | undefined): number =>
    of.filter(({ verdict }) => verdict === which).length;
  const unjudged = (of: typeof compared): string => {
    const unknown = counted(of, undefined);
    return unknown === 0 ? '' : `; there is no interval in ${unknown}, for want of lives`;
  };
  if (means.length > 0) {
    lines.push(
      `Of ${plural(means.length, 'condition')} with an expected mean, the 95 % confidence interval contains it in ` +
        `${counted(means, 'contains it')}, is above it in ${counted(means, 'above')} and below it in ` +
        `${counted(means, 'below')}${unjudged(means)}.`,
    );
  }
  if (aims.length > 0) {
    lines.push(
      `Of ${plural(aims.length, 'condition')} with an aim, the mean reaches it in ${counted(aims, 'reached')} and does ` +
        `not in ${counted(aims, 'not reached')}${unjudged(aims)}.`,
    );
  }
  const solved = compared.flatMap(({ outcome, expected }) => {
    const agrees = solvedAsExpected(outcome, expected);
    return agrees === undefined ? [] : [{ name: outcome.name, agrees }];
  });
  if (solved.length > 0) {
    const unlike = solved.filter(({ agrees }) => !agrees).map(({ name }) => `“${name}”`);
    lines.push(
      `Whether it is solved (a mean of at least 100 units; where it is an aim, every life) is as expected in ` +
        `${solved.length - unlike.length} of ${plural(solved.length, 'condition')}` +
        `${unlike.length === 0 ? '' : `, but not in ${unlike.join(', ')}`}.`,
    );
  }
  return lines;
}

/** How many conditions recover as soon as they were expected to. */
function recoveryLines({ scenario, conditions }: ExperimentResult): string[] {
  return recoveryParts(scenario.report).flatMap((part) => {
    const { expected } = part;
    if (!expected) return [];
    const judged = recoveriesOf(conditions, part).filter(({ undisturbed }) => !undisturbed);
    const later = judged.filter((recovery) => !withinExpected(recovery, expected.steps));
    const names = later.map(({ condition }) => `“${condition}”`);
    return [
      `The median life recovers within ${plural(expected.steps, 'control step')} (${expected.source}) in ` +
        `${judged.length - later.length} of ${plural(judged.length, 'condition')}` +
        `${later.length === 0 ? '' : `, but not in ${names.join(', ')}`}.`,
    ];
  });
}

function outcomeTable(outcomes: readonly Outcome[], steps: number): TableBlock {
  const sources = sourcesOf(outcomes);
  const compared = sources.length > 0;
  const split = outcomes.some(({ condition: { seen } }) => seen !== undefined);
  const source = sources.length === 1 ? sources[0] : undefined;
  return {
    kind: 'table',
    caption: 'What came out, by condition',
    columns: [
      { title: 'Condition' },
      ...(split ? [{ title: 'Seen in evolution' }] : []),
      { title: 'Distance, units: mean ± sd', numeric: true },
      { title: '95 % CI of the mean', numeric: true },
      { title: 'Mean in a life', numeric: true },
      { title: 'Solved [95 % CI]', numeric: true },
      ...(compared
        ? [
            { title: `Expected${source === undefined ? '' : ` (${source})`}` },
            { title: 'Against what is expected' },
          ]
        : []),
    ],
    rows: outcomes.map((outcome) => {
      const { name, condition, distance, solved } = outcome;
      const { expected } = condition;
      return [
        name,
        ...(split ? [seenText(condition)] : []),
        plusMinus(distance),
        distance.interval ? interval(distance.interval) : '–',
        inMetres(distance.mean, steps),
        share(solved),
        ...(compared
          ? expected
            ? [expectedText(expected, source === undefined), verdictText(outcome, expected)]
            : ['–', '–']
          : []),
      ];
    }),
  };
}
