import { columnsText } from './bundle-metadata.js';
import type { RuleBundle } from './rule-bundle.js';

/** How the numbers of one column (or the carried weights) are distributed over the synapses of one layer. */
export interface ColumnStatistics {
  /** Of the weights' layers: 0 is the one from the observation to the first hidden neurons. */
  readonly layer: number;
  readonly pre: number;
  readonly post: number;
  /** A coefficient of the rule, or `weight` for the weights that a life begins with. */
  readonly column: string;
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

/** Statistics of every column in every layer: coefficients first, then carried weights. */
export function coefficientStatistics(bundle: RuleBundle): ColumnStatistics[] {
  const { layerSizes, rule } = bundle.network;
  const matrices = [
    { names: columnsText(rule), values: bundle.coefficients },
    { names: ['weight'], values: bundle.initialWeights },
  ];
  return matrices.flatMap(({ names, values }) => {
    if (values === undefined) return [];
    const rows: ColumnStatistics[] = [];
    let firstSynapse = 0;
    for (let layer = 0; layer + 1 < layerSizes.length; layer++) {
      const pre = layerSizes[layer]!;
      const post = layerSizes[layer + 1]!;
      for (const [k, column] of names.entries()) {
        const of = Float64Array.from(
          { length: pre * post },
          (_, synapse) => values[(firstSynapse + synapse) * names.length + k]!,
        );
        rows.push({ layer, pre, post, column, ...distribution(of) });
      }
      firstSynapse += pre * post;
    }
    return rows;
  });
}

function distribution(values: Float64Array): { mean: number; sd: number; min: number; max: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  return {
    mean,
    sd: Math.sqrt(variance),
    min: values.reduce((least, value) => Math.min(least, value), Infinity),
    max: values.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}
