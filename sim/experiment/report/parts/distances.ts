import { SOLVED_DISTANCE } from '../../../evaluation/evaluate-bundle.js';
import { boundsOf, estimateMean } from '../../statistics.js';
import { conditionsOf, type ExperimentResult } from '../../result.js';
import type { Block, TableBlock } from '../document.js';
import { below, colourOf, GROUND, legend, type Drawing, type LegendEntry } from '../drawing.js';
import { CONTROL_PERIOD, fixed, percent, tick, withInterval } from '../numbers.js';
import { groupsOf, MOST_DOTS, outcomeOf, sourcesOf, type Outcome } from '../outcome.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';
import { UNSEEN_CAPTION, UNSEEN_ENTRY, unseenNote } from '../seen.js';
import { distanceAxisX, metreTicks } from './distance-axes.js';
import { besideRow, rowMeans, rowNames, unseenFrames } from './rows.js';

/** Distances of all lives, a row a condition, and what the motors had to bear for them. */
export function distances(result: ExperimentResult, file: string, names?: readonly string[]): Block[] {
  const outcomes = conditionsOf(result, names).map(outcomeOf);
  if (outcomes.length === 0) return [];
  return [
    {
      kind: 'picture',
      file,
      alt: `Distances by condition. ${outcomes.map(told).join('; ')}.`,
      caption:
        'Distance of each life, its mean and the 95 % confidence interval of the mean. ' +
        `A life is solved from ${SOLVED_DISTANCE} units on.${outcomes.some(unseen) ? ` ${UNSEEN_CAPTION}` : ''}`,
      draw: (width) => draw(outcomes, width),
    },
    motorTable(outcomes),
  ];
}

function told({ name, condition, distance }: Outcome): string {
  return `${name}${unseenNote(condition)}: ${withInterval(distance)} units`;
}

function unseen({ condition }: Outcome): boolean {
  return condition.seen === false;
}

/** Where in its row a condition's lives are with their mean, and where what was expected is; its name is above. */
const MEAN = 0.04;
const EXPECTED = 0.28;
/** Half the length of the mark of a mean, in rows. */
const TICK = 0.17;
/** Above and below the middle of a row, all that is drawn of it. */
const ROW = [-0.57, 0.41] as const;

/** Fewer pixels for a row where there are many. */
function rowHeight(rows: number): number {
  return rows <= 12 ? 54 : 38;
}

function draw(outcomes: readonly Outcome[], width: number): Drawing {
  const groups = groupsOf(outcomes);
  const colour = ({ condition }: Outcome): string => colourOf(groups.indexOf(condition.group ?? ''));
  const dots = outcomes.flatMap((outcome, row) =>
    outcome.lives.length > MOST_DOTS
      ? []
      : outcome.lives.map(({ distance, fell }, r) => ({
          distance,
          fell,
          y: row + MEAN + besideRow(r, 0.34),
          fill: colour(outcome),
        })),
  );
  const means = outcomes.map((outcome, row) => ({
    row: row + MEAN,
    mean: outcome.distance.mean,
    ...boundsOf(outcome.distance),
    fill: colour(outcome),
  }));
  const expected = outcomes.flatMap(({ condition: { expected: value } }, row) =>
    value
      ? [
          {
            row: row + EXPECTED,
            mean: value.mean,
            low: value.mean - (value.sd ?? 0),
            high: value.mean + (value.sd ?? 0),
          },
        ]
      : [],
  );
  const framed = outcomes.flatMap((outcome, row) =>
    unseen(outcome) ? [{ from: row + ROW[0], to: row + ROW[1] }] : [],
  );
  const extent = [
    0,
    SOLVED_DISTANCE,
    ...dots.map(({ distance }) => distance),
    ...[...means, ...expected].flatMap(({ low, high }) => [low, high]),
  ];
  const picture = plot({
    width,
    height: outcomes.length * rowHeight(outcomes.length) + 84,
    marginLeft: 8,
    marginRight: 16,
    marginTop: 40,
    marginBottom: 44,
    x: { domain: [Math.min(...extent), Math.max(...extent)], nice: true },
    y: { domain: [-0.6, outcomes.length - 0.4], reverse: true, axis: null },
    marks: [
      Plot.gridX({ ...gridLines }),
      unseenFrames(framed),
      distanceAxisX(width),
      Plot.axisX({
        ...axisText,
        anchor: 'top',
        ticks: metreTicks(Math.min(...extent), Math.max(...extent), width / 90),
        label: 'm',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 36,
        tickFormat: (distance: number) => tick(distance * CONTROL_PERIOD),
      }),
      Plot.ruleX([SOLVED_DISTANCE], { stroke: 'currentColor', strokeDasharray: '4,3', strokeOpacity: 0.6 }),
      Plot.link(expected, {
        x1: 'low',
        x2: 'high',
        y1: 'row',
        y2: 'row',
        stroke: 'currentColor',
        strokeWidth: 1.5,
      }),
      Plot.dot(
        dots.filter(({ fell }) => !fell),
        { x: 'distance', y: 'y', r: 2.2, fill: 'fill', fillOpacity: 0.45 },
      ),
      Plot.dot(
        dots.filter(({ fell }) => fell),
        { x: 'distance', y: 'y', r: 2.2, stroke: 'fill', strokeOpacity: 0.8 },
      ),
      ...rowMeans(means, TICK),
      Plot.dot(expected, {
        x: 'mean',
        y: 'row',
        symbol: 'diamond',
        r: 5,
        fill: GROUND,
        stroke: 'currentColor',
        strokeWidth: 1.5,
      }),
      rowNames(
        outcomes.map(({ name }) => name),
        width,
      ),
    ],
  });
  return below([legend(legendOf(outcomes, groups, dots, expected.length > 0), width), picture]);
}

function legendOf(
  outcomes: readonly Outcome[],
  groups: readonly string[],
  dots: readonly { readonly fell: boolean }[],
  compared: boolean,
): LegendEntry[] {
  const one = groups.length === 1 ? colourOf(0) : 'currentColor';
  return [
    ...(groups.length === 1
      ? []
      : groups.map((group, k): LegendEntry => ({
          label: group || 'no group',
          colour: colourOf(k),
          as: 'bar',
        }))),
    { label: 'mean, 95 % confidence interval', colour: one, as: 'bar' },
    ...(dots.some(({ fell }) => !fell) ? [{ label: 'one life', colour: one, as: 'dot' } as const] : []),
    ...(dots.some(({ fell }) => fell)
      ? [{ label: 'one life that ended in a fall', colour: one, as: 'ring' } as const]
      : []),
    ...(compared
      ? [
          {
            label: `expected mean, ± sd: ${sourcesOf(outcomes).join(', ')}`,
            colour: 'currentColor',
            as: 'diamond',
          } as const,
        ]
      : []),
    { label: 'solved', colour: 'currentColor', as: 'dashed' },
    ...(outcomes.some(unseen) ? [UNSEEN_ENTRY] : []),
  ];
}

function motorTable(outcomes: readonly Outcome[]): TableBlock {
  return {
    kind: 'table',
    caption: 'What the motors had to bear',
    columns: [
      { title: 'Condition' },
      { title: 'Fell', numeric: true },
      { title: 'Mean change of an action per control step', numeric: true },
      { title: 'Actions beyond ±0.95, all joints', numeric: true },
      { title: 'of the worst joint', numeric: true },
    ],
    rows: outcomes.map(({ name, lives }) => {
      const joints = lives[0]!.saturated.map(
        (_, joint) => estimateMean(lives.map(({ saturated }) => saturated[joint]!)).mean,
      );
      return [
        name,
        `${lives.filter(({ fell }) => fell).length} of ${lives.length}`,
        fixed(estimateMean(lives.map(({ actionChange }) => actionChange)).mean, 2),
        joints.length === 0 ? '–' : percent(estimateMean(joints).mean),
        joints.length === 0 ? '–' : percent(Math.max(...joints)),
      ];
    }),
  };
}
