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
