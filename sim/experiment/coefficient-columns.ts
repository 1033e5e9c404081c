import type { BundleCoefficients } from './result.js';

/** The coefficients of one column (A, B, C, ...) in one layer. */
export interface CoefficientColumn {
  /** From 1. */
  readonly layer: number;
  readonly column: string;
  /** [synapses of the layer] */
  readonly values: Float64Array;
}

/** Layer by layer, in the order of the columns. */
export function coefficientColumns({ layerSizes, columns, values }: BundleCoefficients): CoefficientColumn[] {
  const found: CoefficientColumn[] = [];
  let firstSynapse = 0;
  for (let layer = 1; layer < layerSizes.length; layer++) {
    const synapses = layerSizes[layer - 1]! * layerSizes[layer]!;
    for (const [k, column] of columns.entries()) {
      const own = Float64Array.from(
        { length: synapses },
        (_, s) => values[(firstSynapse + s) * columns.length + k]!,
      );
      found.push({ layer, column, values: own });
    }
    firstSynapse += synapses;
  }
  return found;
}
