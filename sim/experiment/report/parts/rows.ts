import { broken, FONT_SIZE, GROUND } from '../drawing.js';
import { Plot } from '../plot.js';
import { UNSEEN_COLOUR } from '../seen.js';

/** The name of each row, above it, as much as has room; rows are counted downwards from 0. */
export function rowNames(names: readonly string[], width: number): Plot.Text {
  return Plot.text(
    names.map((name, row) => ({ row: row - 0.5, name: oneLine(name, width) })),
    {
      y: 'row',
      text: 'name',
      frameAnchor: 'left',
      lineAnchor: 'top',
      dx: 2,
      fontSize: FONT_SIZE,
      fontWeight: 600,
      stroke: GROUND,
      strokeWidth: 4,
      fill: 'currentColor',
    },
  );
}

/** Means with their intervals, each in its colour; `tick`: half the length of the mark of a mean, in rows. */
export function rowMeans(
  means: readonly {
    readonly row: number;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
    readonly fill: string;
  }[],
  tick: number,
): Plot.Link[] {
  return [
    Plot.link(means, {
      x1: 'low',
      x2: 'high',
      y1: 'row',
      y2: 'row',
      stroke: 'fill',
      strokeWidth: 7,
      strokeOpacity: 0.5,
    }),
    Plot.link(means, {
      x: 'mean',
      y1: ({ row }: { row: number }) => row - tick,
      y2: ({ row }: { row: number }) => row + tick,
      stroke: 'fill',
      strokeWidth: 3,
      ariaLabel: 'mean',
    }),
  ];
}

function oneLine(name: string, width: number): string {
  const [first, ...more] = broken(name, width - 20);
  return more.length === 0 ? first! : `${first!}…`;
}

/** Around what evolution never met, in rows. */
export function unseenFrames(spans: readonly { readonly from: number; readonly to: number }[]): Plot.Rect {
  return Plot.rect(spans, {
    y1: 'from',
    y2: 'to',
    stroke: UNSEEN_COLOUR,
    strokeWidth: 1.5,
    fill: 'none',
    insetLeft: -5,
    insetRight: -5,
    rx: 2,
  });
}

/**
 * How far the dot of the so-many-th life is from the middle of its row, at most half of `height` rows; the same in every
 * report, and even (multiples of the golden ratio).
 */
export function besideRow(life: number, height: number): number {
  return (((life * 0.6180339887) % 1) - 0.5) * height;
}
