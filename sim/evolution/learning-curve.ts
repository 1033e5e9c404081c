import type { GenerationReport } from './evolution-run.js';

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { left: 64, right: 24, top: 40, bottom: 48 };
/** Okabe and Ito's colours, told apart by everybody. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** A run's learning curve, one a morphology: mean distance of the center over fresh lives, by control steps. */
export interface LearningCurve {
  readonly name: string;
  readonly points: readonly { readonly steps: number; readonly distance: number }[];
}

export function learningCurves(reports: readonly GenerationReport[], prefix = ''): LearningCurve[] {
  const names = Object.keys(reports[0]?.mean ?? {});
  return names.map((name) => ({
    name: prefix + name,
    points: reports.flatMap(({ stepsTotal, validation }) =>
      validation?.[name] === undefined ? [] : [{ steps: stepsTotal, distance: validation[name] }],
    ),
  }));
}

/** Curves as a self-contained SVG picture. */
export function drawLearningCurves(title: string, curves: readonly LearningCurve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const xTicks = ticks(0, Math.max(1, ...points.map(({ steps }) => steps)) / 1e6);
  const yTicks = ticks(
    Math.min(0, ...points.map(({ distance }) => distance)),
    Math.max(1, ...points.map(({ distance }) => distance)),
  );
  const x = scale(xTicks, MARGIN.left, WIDTH - MARGIN.right);
  const y = scale(yTicks, HEIGHT - MARGIN.bottom, MARGIN.top);
  const grid = yTicks.map(
    (value) =>
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${MARGIN.left - 8}" y="${y(value)}" dy="0.35em" text-anchor="end">${value}</text>`,
  );
  const below = HEIGHT - MARGIN.bottom;
  const labels = xTicks.map(
    (value) => `<text x="${x(value)}" y="${below + 18}" text-anchor="middle">${value}</text>`,
  );
  const lines = curves.map((curve, c) => {
    const colour = COLOURS[c % COLOURS.length]!;
    const path = curve.points.map(({ steps, distance }) => `${x(steps / 1e6)},${y(distance)}`).join(' ');
    const legend = MARGIN.top + 14 + 18 * c;
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      `<line x1="${MARGIN.left + 12}" x2="${MARGIN.left + 36}" y1="${legend}" y2="${legend}" stroke="${colour}" stroke-width="2"/>` +
      `<text x="${MARGIN.left + 42}" y="${legend}" dy="0.35em">${escaped(curve.name)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="22" font-size="15">${escaped(title)}</text>`,
    ...grid,
    ...labels,
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">control steps, millions</text>`,
    `<text transform="translate(16 ${(MARGIN.top + below) / 2}) rotate(-90)" text-anchor="middle">distance of the center, units</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

/** Round values from at most `low` to at least `high`, about six. */
function ticks(low: number, high: number): number[] {
  const steps = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000,
  ];
  const step = steps.find((size) => (high - low) / size <= 7) ?? (high - low) / 6;
  const values: number[] = [];
  for (let k = Math.floor(low / step); k < Math.ceil(high / step) + 1; k++)
    values.push(Number((k * step).toFixed(3)));
  return values;
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = values[0]!;
  const high = values.at(-1)!;
  return (value) => Number((from + ((value - low) / (high - low)) * (to - from)).toFixed(1));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
