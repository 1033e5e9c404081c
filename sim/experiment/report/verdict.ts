import type { ExperimentResult } from '../result.js';
import { list, text, type Block, type TableBlock } from './document.js';
import { inMetres, interval, plural, plusMinus, share, units, UNITS_EXPLAINED } from './numbers.js';
import { expectedText, outcomeOf, sourcesOf, verdictOf, verdictText, type Outcome } from './outcome.js';

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
  const lines: string[] = [];
  const lived = outcomes.flatMap(({ name, distance, solved }) =>
    distance && solved ? [{ name, distance, solved }] : [],
  );
  if (lived.length < outcomes.length) {
    lines.push(
      `No life was lived in ${plural(outcomes.length - lived.length, 'condition')} of ${outcomes.length}.`,
    );
  }
  if (lived.length > 0) {
    const byMean = [...lived].sort((a, b) => a.distance.mean - b.distance.mean);
    const told = ({ name, distance }: (typeof lived)[number]): string =>
      `${units(distance.mean)} units (${inMetres(distance.mean, steps)}) in “${name}”`;
    if (lived.length > 1)
      lines.push(`Mean distances go from ${told(byMean[0]!)} to ${told(byMean.at(-1)!)}.`);
    else lines.push(`The mean distance is ${told(byMean[0]!)}.`);
    const always = lived.filter(({ solved }) => solved.count === solved.of).length;
    const never = lived.filter(({ solved }) => solved.count === 0).length;
    lines.push(
      `Every life was solved (at least 100 units) in ${always} of ${plural(lived.length, 'condition')}, no life in ${never}.`,
    );
  }
  const compared = outcomes.flatMap(({ distance, condition: { expected } }) =>
    expected ? [verdictOf(distance, expected)] : [],
  );
  if (compared.length > 0) {
    const counted = (which: (typeof compared)[number]): number =>
      compared.filter((verdict) => verdict === which).length;
    const unknown = counted(undefined);
    lines.push(
      `Of ${plural(compared.length, 'condition')} with an expected mean, the 95 % confidence interval contains it in ` +
        `${counted('contains it')}, is above it in ${counted('above')} and below it in ${counted('below')}` +
        `${unknown === 0 ? '' : `; there is no interval in ${unknown}, for want of lives`}.`,
    );
  }
  return lines;
}

function outcomeTable(outcomes: readonly Outcome[], steps: number): TableBlock {
  const sources = sourcesOf(outcomes);
  const compared = sources.length > 0;
  const source = sources.length === 1 ? sources[0] : undefined;
  return {
    kind: 'table',
    caption: 'What came out, by condition',
    columns: [
      { title: 'Condition' },
      { title: 'Distance, units: mean ± sd', numeric: true },
      { title: '95 % CI of the mean', numeric: true },
      { title: 'Mean in a life', numeric: true },
      { title: 'Solved [95 % CI]', numeric: true },
      ...(compared
        ? [
            { title: `Expected${source === undefined ? '' : ` (${source})`}` },
            { title: 'The CI, against the expected mean' },
          ]
        : []),
    ],
    rows: outcomes.map(({ name, condition: { expected }, distance, solved }) => [
      name,
      distance ? plusMinus(distance) : 'no lives',
      distance?.interval ? interval(distance.interval) : '–',
      distance ? inMetres(distance.mean, steps) : '–',
      solved ? share(solved) : '–',
      ...(compared
        ? expected
          ? [expectedText(expected, source === undefined), verdictText(distance, expected)]
          : ['–', '–']
        : []),
    ]),
  };
}
