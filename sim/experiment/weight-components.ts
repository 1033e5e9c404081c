import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Samples that the components are found from; more of them change nothing that could be seen. */
const MOST_SAMPLES = 600;

export const COMPONENTS = 3;

/** Ways in the components that they share. */
export interface SharedComponents {
  /** For each way [points, 3], row by row. */
  readonly ways: readonly Float32Array[];
  /** [3]: share of the variance. */
  readonly explained: readonly number[];
}

/**
 * The first three principal components of the points of several ways through a space of many dimensions, and the ways
 * in them. By the method of snapshots (Sirovich 1987): the eigenvectors of the samples' dot products give those of
 * their covariance, which would be a matrix of [dimensions, dimensions].
 *
 * @param ways points of each, [dimensions]
 */
export function sharedComponents(ways: readonly (readonly Float32Array[])[]): SharedComponents {
  const all = ways.flat();
  const dimensions = all[0]?.length ?? 0;
  const stride = Math.max(1, Math.ceil(all.length / MOST_SAMPLES));
  const samples = all.filter((_, index) => index % stride === 0);
  const mean = new Float64Array(dimensions);
  for (const sample of samples) {
    for (let k = 0; k < dimensions; k++) mean[k]! += sample[k]! / samples.length;
  }
  const centred = samples.map((sample) => Float64Array.from(sample, (value, k) => value - mean[k]!));
  const { vectors, values, total } = principal(products(centred));
  const axes = values.map((value, c) => {
    const axis = new Float64Array(dimensions);
    if (value <= 0) return axis;
    const scale = 1 / Math.sqrt(value);
    centred.forEach((sample, s) => {
      const share = vectors[c]![s]! * scale;
      for (let k = 0; k < dimensions; k++) axis[k]! += share * sample[k]!;
    });
    return axis;
  });
  return {
    ways: ways.map((points) => {
      const way = new Float32Array(points.length * COMPONENTS);
      points.forEach((point, p) => {
        axes.forEach((axis, c) => {
          let along = 0;
          for (let k = 0; k < dimensions; k++) along += axis[k]! * (point[k]! - mean[k]!);
          way[p * COMPONENTS + c] = along;
        });
      });
      return way;
    }),
    explained: values.map((value) => (total > 0 ? value / total : 0)),
  };
}

/** Dot products of all pairs. */
function products(vectors: readonly Float64Array[]): Matrix {
  const matrix = Matrix.zeros(vectors.length, vectors.length);
  for (let i = 0; i < vectors.length; i++) {
    const a = vectors[i]!;
    for (let j = 0; j <= i; j++) {
      const b = vectors[j]!;
      let product = 0;
      for (let k = 0; k < a.length; k++) product += a[k]! * b[k]!;
      matrix.set(i, j, product);
      matrix.set(j, i, product);
    }
  }
  return matrix;
}

/** The three largest eigenvalues of a matrix of dot products, with their vectors, and the sum of all. */
function principal(matrix: Matrix): { values: number[]; vectors: number[][]; total: number } {
  const size = matrix.rows;
  if (size === 0) return { values: [0, 0, 0], vectors: [[], [], []], total: 0 };
  // In order of size, the largest last.
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const values: number[] = [];
  const vectors: number[][] = [];
  for (let c = 0; c < COMPONENTS; c++) {
    const at = size - 1 - c;
    values.push(at < 0 ? 0 : Math.max(0, realEigenvalues[at]!));
    vectors.push(at < 0 ? new Array<number>(size).fill(0) : eigenvectorMatrix.getColumn(at));
  }
  return { values, vectors, total: matrix.trace() };
}
