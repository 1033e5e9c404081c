import { conditionsOf, type ExperimentResult } from '../../result.js';
import type { Block } from '../document.js';
import { below, FONT_SIZE, grid, legend, words, type Drawing } from '../drawing.js';
import { percent, plural, significant } from '../numbers.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';

/** Two at a time, across and up. */
const PROJECTIONS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** From the beginning of a life to its end; seen on white and on black, by everybody. */
const BEGINNING = '#56b4e9';
const END = '#d55e00';

interface Way {
  readonly name: string;
  readonly every: number;
  readonly explained: readonly number[];
  readonly points: readonly (readonly number[])[];
  /** Of each component, the middle of its values. */
  readonly middles: readonly number[];
  /** From the middle to what is farthest from it, in any component. */
  readonly reach: number;
}

/** The weights' way through their first three principal components; the paper's Fig. 5. */
export function components(result: ExperimentResult, file: string, names?: readonly string[]): Block[] {
  const ways = conditionsOf(result, names).flatMap(({ condition, first }): Way[] => {
    if (!first?.way || first.way.points.length < 3) return [];
    const { every, points, explained } = first.way;
    const rows = Array.from({ length: Math.floor(points.length / 3) }, (_, k) =>
      [0, 1, 2].map((component) => points[3 * k + component]! - points[component]!),
    );
    const ranges = [0, 1, 2].map((component) => {
      const values = rows.map((row) => row[component]!);
      return [Math.min(...values), Math.max(...values)] as const;
    });
    return [
      {
        name: condition.name,
        every,
        explained,
        points: rows,
        middles: ranges.map(([low, high]) => (low + high) / 2),
        reach: Math.max(...ranges.map(([low, high]) => (high - low) / 2)),
      },
    ];
  });
  if (ways.length === 0) return [];
  const explained = ways[0]!.explained;
  return [
    {
      kind: 'picture',
      file,
      alt:
        `The weights of one life a condition in three principal components, which explain ` +
        `${explained.map(percent).join(', ') || 'an unknown share'} of the variance. ` +
        ways.map(({ name, reach }) => `${name}: within ±${significant(reach)} of its middle`).join('; ') +
        '.',
      caption:
        `The weights of the first life of each condition, every ${plural(ways[0]!.every, 'control step')}, in the first ` +
        `three principal components of the weights of all of these lives. ` +
        (explained.length === 0
          ? ''
          : `They explain ${explained.map(percent).join(', ')} of the variance. `) +
        'Components are counted from the first weights. A row has one scale, rows have different ones.',
      draw: (width) => draw(ways, explained, width),
    },
  ];
}

function draw(ways: readonly Way[], explained: readonly number[], width: number): Drawing {
  const columns = width < 500 ? 1 : 3;
  const wide = Math.floor((width - (columns - 1) * 12) / columns);
  const panels = ways.map((way) =>
    below([
      words(way.name, width, { bold: true }),
      grid(
        PROJECTIONS.map(([across, up]) => panel(way, across, up, explained, wide)),
        columns,
        12,
      ),
    ]),
  );
  const key = legend(
    [
      { label: 'first control step', colour: 'currentColor', as: 'star' },
      { label: 'early in life', colour: BEGINNING, as: 'dot' },
      { label: 'late in life', colour: END, as: 'dot' },
    ],
    width,
  );
  return below([key, ...panels], 10);
}

function panel(way: Way, across: number, up: number, explained: readonly number[], width: number): Drawing {
  const label = (component: number): string => {
    const part = explained[component];
    return `component ${component + 1}${part === undefined ? '' : ` (${percent(part)})`}`;
  };
  const points = way.points.map((point, k) => ({ x: point[across]!, y: point[up]!, k }));
  const domain = (component: number): [number, number] => {
    const reach = (way.reach || 1) * 1.08;
    return [way.middles[component]! - reach, way.middles[component]! + reach];
  };
  return plot({
    width,
    height: Math.min(width, 300),
    marginLeft: 52,
    marginRight: 10,
    marginTop: 26,
    marginBottom: 44,
    x: { domain: domain(across) },
    y: { domain: domain(up) },
    color: {
      type: 'linear',
      domain: [0, Math.max(1, points.length - 1)],
      range: [BEGINNING, END],
      interpolate: 'rgb',
    },
    marks: [
      Plot.gridX({ ...gridLines, ticks: 4 }),
      Plot.gridY({ ...gridLines, ticks: 4 }),
      Plot.axisX({
        ...axisText,
        ticks: 3,

        label: label(across),
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
      }),
      Plot.axisY({ ...axisText, ticks: 4, label: label(up), labelArrow: 'none' }),
      Plot.line(points, { x: 'x', y: 'y', stroke: 'currentColor', strokeOpacity: 0.25, strokeWidth: 1 }),
      Plot.dot(points, { x: 'x', y: 'y', fill: 'k', r: 1.8 }),
      Plot.dot(points.slice(0, 1), { x: 'x', y: 'y', symbol: 'star', r: 6, fill: 'currentColor' }),
    ],
    style: { fontSize: `${FONT_SIZE}px` },
  });
}
