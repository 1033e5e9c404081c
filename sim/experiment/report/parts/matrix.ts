import { conditionsOf, type ExperimentResult } from '../../result.js';
import type { Block } from '../document.js';
import { below, broken, FONT_SIZE, legend, type Drawing } from '../drawing.js';
import { percent, units, withInterval } from '../numbers.js';
import { outcomeOf } from '../outcome.js';
import { axisText, plot, Plot } from '../plot.js';
import { UNSEEN_CAPTION, UNSEEN_COLOUR, UNSEEN_ENTRY, unseenNote } from '../seen.js';

interface Cell {
  readonly row: string;
  readonly column: string;
  readonly mean: number;
  readonly told: string;
  readonly part?: number;
  readonly seen?: boolean | undefined;
}

/** From little to much; dark enough at its end for white text, light enough at its beginning for black. */
const RANGE = ['#f4f1ea', '#a9cfe4', '#3b8fc2', '#0b4a7f'];

/** Mean distances by row and column, in colours and in numbers. */
export function matrix(
  result: ExperimentResult,
  file: string,
  names: readonly string[] | undefined,
  relativeTo: string | undefined,
): Block[] {
  const reference = result.conditions.find(({ condition }) => condition.name === relativeTo);
  const whole = reference && outcomeOf(reference).distance.mean;
  const cells = conditionsOf(result, names)
    .map(outcomeOf)
    .flatMap(({ condition, distance }): Cell[] => {
      const { row, column, seen } = condition;
      if (row === undefined || column === undefined) return [];
      const told = `${row}, ${column}: ${withInterval(distance)}`;
      return [
        {
          row,
          column,
          seen,
          mean: distance.mean,
          told,
          ...(whole !== undefined && whole > 0 && { part: distance.mean / whole }),
        },
      ];
    });
  if (cells.length === 0) return [];
  // One scale for all matrices of a report.
  const highest = Math.max(
    1,
    ...result.conditions
      .filter(({ condition }) => condition.row !== undefined)
      .map((one) => outcomeOf(one).distance.mean),
  );
  const unseen = cells.some(({ seen }) => seen === false);
  return [
    {
      kind: 'picture',
      file,
      alt: `Mean distances in units. ${cells.map(({ told, seen }) => told + unseenNote({ seen })).join('; ')}.`,
      caption:
        'Mean distance in units' +
        (whole === undefined ? '' : `, and its share of that of “${relativeTo!}” (${units(whole)} units)`) +
        (unseen ? `. ${UNSEEN_CAPTION}` : '.'),
      draw: (width) => draw(cells, highest, unseen, width),
    },
  ];
}

function draw(cells: readonly Cell[], highest: number, unseen: boolean, width: number): Drawing {
  const rows = [...new Set(cells.map(({ row }) => row))];
  const columns = [...new Set(cells.map(({ column }) => column))];
  const longest = Math.max(...rows.map((row) => row.length)) * FONT_SIZE * 0.56;
  const left = Math.min(longest + 16, width * 0.34);
  // A cell has room for its number, whatever the page; a page that is too narrow is scrolled.
  const cellWidth = Math.max(44, (width - left - 8) / columns.length);
  const wide = Math.min(cellWidth, 110);
  const heads = columns.map((column) => broken(column.replaceAll('_', ' '), wide - 8));
  const top = Math.max(...heads.map((lines) => lines.length)) * FONT_SIZE * 1.2 + 12;

  const ink = ({ mean }: Cell): string => (mean > 0.75 * highest ? '#fff' : '#14171c');
  const parts = cells.some(({ part }) => part !== undefined);
  const picture = plot({
    width: left + wide * columns.length + 8,
    height: top + rows.length * (parts ? 42 : 32) + 8,
    marginLeft: left,
    marginRight: 8,
    marginTop: top,
    marginBottom: 8,
    x: { domain: columns, padding: 0.05, round: false },
    y: { domain: rows, padding: 0.07, round: false },
    color: {
      type: 'linear',
      domain: RANGE.map((_, k) => (highest * k) / (RANGE.length - 1)),
      range: RANGE,
      clamp: true,
    },
    marks: [
      Plot.axisX({
        ...axisText,
        anchor: 'top',
        tickSize: 0,
        label: null,
        tickFormat: (column: string) => heads[columns.indexOf(column)]!.join('\n'),
      }),
      Plot.axisY({
        ...axisText,
        tickSize: 0,
        label: null,
        tickFormat: (row: string) =>
          broken(row.replaceAll('_', ' '), left - 12)
            .slice(0, 2)
            .join('\n'),
      }),
      Plot.cell(cells, { x: 'column', y: 'row', fill: 'mean', rx: 2 }),
      Plot.cell(
        cells.filter(({ seen }) => seen === false),
        { x: 'column', y: 'row', stroke: UNSEEN_COLOUR, strokeWidth: 2, rx: 2 },
      ),
      Plot.text(cells, {
        x: 'column',
        y: 'row',
        text: ({ mean }: Cell) => units(mean),
        fill: ink,
        fontSize: FONT_SIZE,
        fontWeight: 600,
        dy: parts ? -7 : 0,
      }),
      Plot.text(
        cells.filter(({ part }) => part !== undefined),
        {
          x: 'column',
          y: 'row',
          text: ({ part }: Cell) => percent(part!),
          fill: ink,
          fontSize: FONT_SIZE - 1,
          dy: 8,
        },
      ),
    ],
  });
  return below([legend(unseen ? [UNSEEN_ENTRY] : [], width), picture], 4);
}
