import { escaped } from './markup.js';

export const FONT_SIZE = 12;
/** Of a character, as a share of the font's size; on average, and a little more. */
const CHARACTER_WIDTH = 0.54;
const LINE_HEIGHT = 1.35;

/** Okabe and Ito's colours, told apart by everybody; those that are seen on white and on black. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;

/** Colour of the so-many-th series. */
export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

/** After the colours come dashes. */
export function dashesOf(index: number): string {
  return ['none', '6,3', '2,2', '8,3,2,3'][Math.floor(index / COLOURS.length) % 4]!;
}

/** A piece of SVG, in CSS pixels, from (0, 0). It is drawn in `currentColor` on `var(--ground, #fff)`. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly markup: string;
}

/** What lies behind text that has to be read on lines. */
export const GROUND = 'var(--ground, #fff)';

const number = (value: number): string => String(Math.round(value * 100) / 100);

/** One below the other. */
export function below(drawings: readonly Drawing[], gap = 0): Drawing {
  return grid(drawings, 1, gap);
}

/** In rows of `columns`. */
export function grid(drawings: readonly Drawing[], columns: number, gap = 0): Drawing {
  let y = 0;
  let width = 0;
  let markup = '';
  for (let first = 0; first < drawings.length; first += columns) {
    const row = drawings.slice(first, first + columns);
    let x = 0;
    for (const drawing of row) {
      markup += `<g transform="translate(${number(x)},${number(y)})">${drawing.markup}</g>`;
      x += drawing.width + gap;
    }
    width = Math.max(width, x - gap);
    y += Math.max(...row.map(({ height }) => height)) + gap;
  }
  return { width, height: Math.max(0, y - gap), markup };
}

/** Lines of text from the left, broken at spaces where they are too long. */
export function words(
  text: string,
  width: number,
  { bold = false, indent = 0 }: { readonly bold?: boolean; readonly indent?: number } = {},
): Drawing {
  const lines = broken(text, width - indent);
  const height = FONT_SIZE * LINE_HEIGHT;
  const weight = bold ? ' font-weight="600"' : '';
  const markup = lines
    .map(
      (line, k) =>
        `<text text-anchor="start"${weight} x="${indent}" y="${number(FONT_SIZE + k * height)}">${escaped(line)}</text>`,
    )
    .join('');
  return { width, height: lines.length * height + 2, markup };
}

/** Lines of at most `width`. */
export function broken(text: string, width: number): string[] {
  const longest = Math.max(8, Math.floor(width / (FONT_SIZE * CHARACTER_WIDTH)));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > longest) {
      lines.push(line);
      line = '';
    }
    while (rest.length > longest) {
      lines.push(rest.slice(0, longest));
      rest = rest.slice(longest);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly as:
    'line' | 'thin-line' | 'dashed' | 'dot' | 'ring' | 'bar' | 'diamond' | 'star' | 'area' | 'frame';
  /** Of a line. */
  readonly dashes?: string;
}

const SYMBOL_WIDTH = 24;

/** What stands for what; in as many rows as it takes. */
export function legend(entries: readonly LegendEntry[], width: number): Drawing {
  const height = FONT_SIZE * LINE_HEIGHT;
  let x = 0;
  let y = 0;
  let markup = '';
  for (const entry of entries) {
    const lines = broken(entry.label, width - SYMBOL_WIDTH - 6);
    const longest = Math.max(...lines.map((line) => line.length));
    const wide = SYMBOL_WIDTH + 6 + longest * FONT_SIZE * CHARACTER_WIDTH;
    if (x > 0 && x + wide > width) {
      x = 0;
      y += height;
    }
    const label = lines
      .map(
        (line, k) =>
          `<text text-anchor="start" x="${SYMBOL_WIDTH + 6}" y="${number(FONT_SIZE + k * height)}">${escaped(line)}</text>`,
      )
      .join('');
    markup += `<g transform="translate(${number(x)},${number(y)})">${symbol(entry)}${label}</g>`;
    x += wide + 14;
    y += (lines.length - 1) * height;
  }
  return { width, height: entries.length === 0 ? 0 : y + height + 4, markup };
}

function symbol({ as, colour, dashes }: LegendEntry): string {
  const middle = Math.round(FONT_SIZE * 0.65);
  const line = (thickness: number, dash = 'none'): string =>
    `<line x1="0" x2="${SYMBOL_WIDTH}" y1="${middle}" y2="${middle}" stroke="${colour}" stroke-width="${thickness}"` +
    ` stroke-dasharray="${dash}"/>`;
  const path = (points: string): string =>
    `<path transform="translate(${SYMBOL_WIDTH / 2},${middle})" d="${points}" `;
  switch (as) {
    case 'line':
      return line(2.5, dashes);
    case 'thin-line':
      return line(1, dashes);
    case 'dashed':
      return line(1.5, '4,3');
    case 'dot':
      return `<circle cx="${SYMBOL_WIDTH / 2}" cy="${middle}" r="3" fill="${colour}" fill-opacity="0.5"/>`;
    case 'ring':
      return `<circle cx="${SYMBOL_WIDTH / 2}" cy="${middle}" r="3" fill="none" stroke="${colour}"/>`;
    case 'bar':
      return (
        `<rect x="2" width="${SYMBOL_WIDTH - 4}" y="${middle - 3}" height="6" fill="${colour}" fill-opacity="0.45"/>` +
        `<line x1="${SYMBOL_WIDTH / 2}" x2="${SYMBOL_WIDTH / 2}" y1="${middle - 6}" y2="${middle + 6}" stroke="${colour}" stroke-width="2.5"/>`
      );
    case 'diamond':
      return `${path('M0,-6L4,0L0,6L-4,0Z')}fill="${GROUND}" stroke="${colour}" stroke-width="1.5"/>`;
    case 'star':
      return `${path('M0,-6L1.5,-2L5.7,-1.9L2.4,0.8L3.5,4.9L0,2.5L-3.5,4.9L-2.4,0.8L-5.7,-1.9L-1.5,-2Z')}fill="${colour}"/>`;
    case 'area':
      return `<rect x="2" width="${SYMBOL_WIDTH - 4}" y="${middle - 5}" height="10" fill="${colour}" fill-opacity="0.2"/>`;
    case 'frame':
      return `<rect x="3" width="${SYMBOL_WIDTH - 6}" y="${middle - 6}" height="12" fill="none" stroke="${colour}" stroke-width="2"/>`;
  }
}

export interface SvgOptions {
  /** What it shows, for those who do not see it. */
  readonly alt: string;
  /** A file of its own: white behind it, whatever the page that it is shown on. */
  readonly alone?: boolean;
}

/** A whole SVG. */
export function svg({ width, height, markup }: Drawing, { alt, alone = false }: SvgOptions): string {
  const space = alone ? 12 : 0;
  const box = `${-space} ${-space} ${number(width + 2 * space)} ${number(height + 2 * space)}`;
  const ground = alone ? `<rect x="${-space}" y="${-space}" width="100%" height="100%" fill="#fff"/>` : '';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(alt)}" viewBox="${box}" ` +
    `width="${number(width + 2 * space)}" height="${number(height + 2 * space)}" font-family="system-ui, sans-serif" ` +
    `font-size="${FONT_SIZE}" text-anchor="middle" fill="currentColor"${alone ? ' color="#1b1f24"' : ''}>` +
    `${ground}${markup}</svg>`
  );
}
