import { overEvolutions, type EvolutionsOutcome } from '../../evolutions.js';
import { conditionsOf, type ExperimentResult } from '../../result.js';
import { boundsOf } from '../../statistics.js';
import type { Block } from '../document.js';
import { below, colourOf, legend, type Drawing, type LegendEntry } from '../drawing.js';
import { units, withInterval } from '../numbers.js';
import { gridLines, plot, Plot } from '../plot.js';
import { UNSEEN_CAPTION, UNSEEN_ENTRY, unseenNote } from '../seen.js';
import { distanceAxisX } from './distance-axes.js';
import { rowMeans, rowNames, unseenFrames } from './rows.js';

/** The lanes of a row, which lie below its name, in rows. */
const LANES = { from: -0.15, to: 0.35 } as const;

/** Evolutions that differ in their seed alone: the mean of each, and what they come to together. */
export function evolutions(result: ExperimentResult, file: string, names?: readonly string[]): Block[] {
  const outcomes = overEvolutions(conditionsOf(result, names));
  if (outcomes.length === 0) return [];
  return [
    {
      kind: 'picture',
      file,
      alt: `Distances over evolutions. ${outcomes.map(told).join('; ')}.`,
      caption:
        'Each dot is an evolution, the mean distance of its lives; the bar is the 95 % confidence interval of the mean ' +
        'over evolutions, so it covers the luck of evolutions besides that of lives.' +
        (outcomes.some(unseen) ? ` ${UNSEEN_CAPTION}` : ''),
      draw: (width) => draw(outcomes, width),
    },
    {
      kind: 'table',
      caption: 'Mean distance over evolutions that differ in their seed alone',
      columns: [
        { title: 'Robot' },
        { title: 'Rules' },
        { title: 'Evolutions', numeric: true },
        { title: 'Distance, units: mean over evolutions ± sd [95 % CI]', numeric: true },
        { title: 'Each', numeric: true },
      ],
      rows: outcomes.map(({ row, group, seen, evolutions, distance }) => [
        row + unseenNote({ seen }),
        group,
        String(evolutions.length),
        withInterval(distance),
        evolutions.map(({ mean }) => units(mean)).join(', '),
      ]),
    },
  ];
}

function told({ row, group, seen, evolutions, distance }: EvolutionsOutcome): string {
  return `${row}${unseenNote({ seen })}, ${group}: ${withInterval(distance)} units over ${evolutions.length}`;
}

function unseen({ seen }: EvolutionsOutcome): boolean {
  return seen === false;
}

function draw(outcomes: readonly EvolutionsOutcome[], width: number): Drawing {
  const rows = [...new Set(outcomes.map(({ row }) => row))];
  const groups = [...new Set(outcomes.map(({ group }) => group))];
  const lane = (LANES.to - LANES.from) / groups.length;
  const marks = outcomes.map((outcome) => {
    const k = groups.indexOf(outcome.group);
    const row = rows.indexOf(outcome.row) + LANES.from + lane * (k + 0.5);
    const { evolutions, distance } = outcome;
    return { outcome, row, fill: colourOf(k), evolutions, mean: distance.mean, ...boundsOf(distance) };
  });
  const framed = marks.flatMap(({ outcome, row }) =>
    unseen(outcome) ? [{ from: row - 0.48 * lane, to: row + 0.48 * lane }] : [],
  );
  const dots = marks.flatMap(({ row, fill, evolutions }) =>
    evolutions.map(({ mean }) => ({ row, fill, distance: mean })),
  );
  const extent = [
    0,
    ...dots.map(({ distance }) => distance),
    ...marks.flatMap(({ low, high }) => [low, high]),
  ];
  const picture = plot({
    width,
    height: rows.length * (28 + 20 * groups.length) + 60,
    marginLeft: 20,
    marginRight: 16,
    marginTop: 8,
    marginBottom: 44,
    x: { domain: [Math.min(...extent), Math.max(...extent)], nice: true },
    y: { domain: [-0.6, rows.length - 0.4], reverse: true, axis: null },
    marks: [
      Plot.gridX({ ...gridLines }),
      unseenFrames(framed),
      distanceAxisX(width),
      ...rowMeans(marks, 0.4 * lane),
      Plot.dot(dots, { x: 'distance', y: 'row', r: 4, fill: 'fill', fillOpacity: 0.8 }),
      rowNames(rows, width),
    ],
  });
  return below([legend(legendOf(groups, framed.length > 0), width), picture]);
}

function legendOf(groups: readonly string[], unseen: boolean): LegendEntry[] {
  const one = groups.length === 1 ? colourOf(0) : 'currentColor';
  return [
    ...groups.map((label, k): LegendEntry => ({ label, colour: colourOf(k), as: 'bar' })),
    { label: 'one evolution', colour: one, as: 'dot' },
    { label: 'mean over evolutions, 95 % confidence interval', colour: one, as: 'bar' },
    ...(unseen ? [UNSEEN_ENTRY] : []),
  ];
}
