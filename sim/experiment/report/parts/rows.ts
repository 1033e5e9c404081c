import { FONT_SIZE, GROUND } from '../drawing.js';
import { Plot } from '../plot.js';
import { UNSEEN_COLOUR } from '../seen.js';

/** Above and below the middle of a row, all that is drawn of it. */
const ROW = [-0.57, 0.41] as const;

/** The name of each row, above it; rows are counted downwards from 0. */
export function rowNames(names: readonly string[]): Plot.Text {
  return Plot.text(
    names.map((name, row) => ({ row: row - 0.5, name })),
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

/** Around these rows, which are of what evolution never met. */
export function unseenFrames(rows: readonly number[]): Plot.Rect {
  return Plot.rect(
    rows.map((row) => ({ from: row + ROW[0], to: row + ROW[1] })),
    {
      y1: 'from',
      y2: 'to',
      stroke: UNSEEN_COLOUR,
      strokeWidth: 1.5,
      fill: 'none',
      insetLeft: -5,
      insetRight: -5,
      rx: 2,
    },
  );
}

/**
 * How far the dot of the so-many-th life is from the middle of its row, at most half of `height` rows; the same in every
 * report, and even (multiples of the golden ratio).
 */
export function besideRow(life: number, height: number): number {
  return (((life * 0.6180339887) % 1) - 0.5) * height;
}
