import { coefficientColumns } from '../../coefficient-columns.js';
import type { ExperimentResult } from '../../result.js';
import { momentsOf, quantile, type Moments } from '../../statistics.js';
import type { Block } from '../document.js';
import { below, colourOf, grid, legend, words, type Drawing } from '../drawing.js';
import { percent, significant, tick } from '../numbers.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';

const BINS = 41;

interface Distribution extends Moments {
  readonly layer: number;
  readonly column: string;
  readonly lowest: number;
  readonly highest: number;
  /** Share of the synapses by value. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly share: number }[];
}

/** How the evolved coefficients are distributed; the paper's Fig. 10. */
export function coefficients(result: ExperimentResult, file: string, bundles: readonly string[]): Block[] {
  return bundles.flatMap((name, k): Block[] => {
    const of = result.coefficients[name];
    if (!of || of.values.length === 0) return [];
    const distributions = coefficientColumns(of).map(({ layer, column, values }) => ({
      layer,
      column,
      ...distributionOf(values),
    }));
    return [
      {
        kind: 'picture',
        file: bundles.length === 1 ? file : `${file}-${k + 1}`,
        alt: `Histograms of the coefficients of ${name}. ${distributions.map(told).join('; ')}.`,
        caption:
          `Coefficients of ${name} by layer: share of the synapses. The line is a normal distribution of the same mean ` +
          'and standard deviation; the few coefficients at the ends of an axis include what lies beyond it.',
        draw: (width) => draw(name, distributions, of.columns.length, width),
      },
      {
        kind: 'table',
        caption: `Coefficients of ${name}`,
        columns: [
          { title: 'Layer and column' },
          { title: 'Mean', numeric: true },
          { title: 'sd', numeric: true },
          { title: 'Least', numeric: true },
          { title: 'Most', numeric: true },
          { title: 'Skewness', numeric: true },
          { title: 'Excess kurtosis (normal: 0)', numeric: true },
        ],
        rows: distributions.map(({ layer, column, mean, sd, lowest, highest, skewness, excessKurtosis }) => [
          `layer ${layer}, ${column}`,
          ...[mean, sd, lowest, highest, skewness, excessKurtosis].map(significant),
        ]),
      },
    ];
  });
}

function told({ layer, column, mean, sd, excessKurtosis }: Distribution): string {
  const spread = `${significant(mean)} ± ${significant(sd)}`;
  return `layer ${layer}, ${column}: ${spread}, excess kurtosis ${significant(excessKurtosis)}`;
}

function distributionOf(values: Float64Array): Omit<Distribution, 'layer' | 'column'> {
  const sorted = [...values].sort((a, b) => a - b);
  const low = quantile(sorted, 0.001);
  const high = quantile(sorted, 0.999);
  const width = (high - low) / BINS || 1;
  const counts = new Float64Array(BINS);
  for (const value of values) {
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)));
    counts[bin]!++;
  }
  return {
    ...momentsOf(values),
    lowest: sorted[0]!,
    highest: sorted.at(-1)!,
    bins: Array.from(counts, (count, k) => ({
      from: low + k * width,
      to: low + (k + 1) * width,
      share: count / values.length,
    })),
  };
}

function draw(name: string, distributions: readonly Distribution[], columns: number, width: number): Drawing {
  const across = Math.min(columns, Math.max(1, Math.floor(width / 140)));
  const wide = Math.floor((width - (across - 1) * 8) / across);
  // Rows of one layer each, whatever the number of columns.
  const layers = [...new Set(distributions.map(({ layer }) => layer))];
  const most = Math.max(...distributions.flatMap(({ bins }) => bins.map(({ share }) => share)));
  const key = legend([{ label: 'normal distribution', colour: 'currentColor', as: 'thin-line' }], width);
  return below(
    [
      words(name, width, { bold: true }),
      key,
      ...layers.map((layer) =>
        grid(
          distributions.filter((one) => one.layer === layer).map((one) => histogram(one, most, wide)),
          across,
          8,
        ),
      ),
    ],
    8,
  );
}

function histogram({ layer, column, bins, mean, sd }: Distribution, most: number, width: number): Drawing {
  const from = bins[0]!.from;
  const to = bins.at(-1)!.to;
  const size = bins[0]!.to - from;
  const normal = Array.from({ length: 61 }, (_, k) => {
    const x = from + ((to - from) * k) / 60;
    return {
      x,
      y: sd === 0 ? 0 : (size / (sd * Math.sqrt(2 * Math.PI))) * Math.exp(-0.5 * ((x - mean) / sd) ** 2),
    };
  });
  const picture = plot({
    width,
    height: 120,
    marginLeft: 40,
    marginRight: 10,
    marginTop: 8,
    marginBottom: 24,
    x: { domain: [from, to] },
    y: { domain: [0, most], nice: true },
    marks: [
      Plot.gridY({ ...gridLines, ticks: 3 }),
      Plot.axisY({ ...axisText, ticks: 2, tickSize: 0, label: null, tickFormat: percent }),
      Plot.axisX({ ...axisText, ticks: 2, label: null, tickFormat: tick }),
      Plot.rect(bins, { x1: 'from', x2: 'to', y1: 0, y2: 'share', fill: colourOf(0), fillOpacity: 0.75 }),
      ...(sd === 0 ? [] : [Plot.line(normal, { x: 'x', y: 'y', stroke: 'currentColor', strokeWidth: 1 })]),
    ],
  });
  return below([words(`layer ${layer}, ${column}`, width, { indent: 6 }), picture]);
}
