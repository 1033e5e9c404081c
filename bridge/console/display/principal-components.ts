/** Samples kept: enough for a smooth path, and their products are quickly made. */
const CAPACITY = 300;
const COMPONENTS = 3;
const MOST_TURNS = 120;

export interface ProjectedPath {
  /** [samples, 3], oldest first: along the first three principal components, in the units of the weights. */
  readonly points: Float64Array;
  readonly samples: number;
  /** [3]: the share of all variance that lies along each. */
  readonly explained: readonly number[];
}

/**
 * The path of a vector of thousands of weights in its first three principal components (the paper's Fig. 5), live.
 *
 * Only the samples' dot products are needed: with K the centred matrix of them and u an eigenvector of eigenvalue
 * lambda, sample i lies at u[i] sqrt(lambda) along the component. When there are too many samples every second one is
 * forgotten, and from then on only every second is taken: the path is that of the whole life.
 */
export class WeightPath {
  private samples: Float32Array[] = [];
  /** [CAPACITY, CAPACITY] */
  private readonly products = new Float64Array(CAPACITY * CAPACITY);
  private stride = 1;
  private offered = 0;
  /** The components' eigenvectors of last time, to begin with, and so that no axis flips over. */
  private vectors: Float64Array[] = [];

  /** Forget the path: another life begins. */
  clear(): void {
    this.samples = [];
    this.stride = 1;
    this.offered = 0;
    this.vectors = [];
  }

  /**
   * Take a sample in; it is copied. Returns the place of the newest sample that is kept, or undefined where this one
   * was not: it is not finite, or is one of those that are left out.
   */
  add(sample: Float32Array): number | undefined {
    if (this.offered++ % this.stride !== 0 || !sample.every(Number.isFinite)) return undefined;
    if (this.samples[0] && this.samples[0].length !== sample.length) this.clear();
    if (this.samples.length === CAPACITY) this.thin();
    const place = this.samples.push(Float32Array.from(sample)) - 1;
    for (let k = 0; k <= place; k++) {
      const product = dot(this.samples[place]!, this.samples[k]!);
      this.products[place * CAPACITY + k] = product;
      this.products[k * CAPACITY + place] = product;
    }
    return place;
  }

  /** The path as it looks now; undefined before there are three samples. */
  project(): ProjectedPath | undefined {
    const size = this.samples.length;
    if (size < COMPONENTS) return undefined;
    const centred = this.centre(size);
    let total = 0;
    for (let k = 0; k < size; k++) total += centred[k * size + k]!;
    const points = new Float64Array(size * COMPONENTS);
    const explained: number[] = [];
    const found: Float64Array[] = [];
    for (let c = 0; c < COMPONENTS; c++) {
      const vector = begin(this.vectors[c], size, c);
      const value = Math.max(iterate(centred, size, vector, found), 0);
      found.push(vector);
      explained.push(total > 0 ? value / total : 0);
      const reach = Math.sqrt(value);
      for (let k = 0; k < size; k++) points[COMPONENTS * k + c] = vector[k]! * reach;
    }
    this.vectors = found;
    return { points, samples: size, explained };
  }

  private thin(): void {
    const kept = Math.ceil(CAPACITY / 2);
    for (let i = 0; i < kept; i++) {
      for (let k = 0; k < kept; k++) {
        this.products[i * CAPACITY + k] = this.products[2 * i * CAPACITY + 2 * k]!;
      }
    }
    const every = (_: unknown, index: number): boolean => index % 2 === 0;
    this.samples = this.samples.filter(every);
    this.vectors = this.vectors.map((vector) => vector.filter(every));
    this.stride *= 2;
  }

  /** Dot products of the samples less their mean. */
  private centre(size: number): Float64Array {
    const rows = new Float64Array(size);
    let all = 0;
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) rows[i]! += this.products[i * CAPACITY + k]! / size;
      all += rows[i]! / size;
    }
    const centred = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) {
        centred[i * size + k] = this.products[i * CAPACITY + k]! - rows[i]! - rows[k]! + all;
      }
    }
    return centred;
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** Last time's vector for the samples that it knew; the newer ones near the last of them. */
function begin(last: Float64Array | undefined, size: number, component: number): Float64Array {
  const vector = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    // Half waves, where there is nothing better: what a smooth path's components look like. They have a symmetry that
    // iteration keeps, and what lacks it would never be found: hence the rest.
    vector[k] = last
      ? last[Math.min(k, last.length - 1)]!
      : Math.cos((Math.PI * (component + 1) * (k + 0.5)) / size) +
        0.1 * Math.sin((component + 1) * k * k + k);
  }
  return vector;
}

/** Power iteration on `matrix`, kept clear of the vectors `found` before; `vector` becomes the eigenvector. */
function iterate(
  matrix: Float64Array,
  size: number,
  vector: Float64Array,
  found: readonly Float64Array[],
): number {
  const next = new Float64Array(size);
  let value = 0;
  clearOf(vector, found);
  normalise(vector);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * vector[k]!;
      next[i] = sum;
    }
    clearOf(next, found);
    const length = normalise(next);
    let change = 0;
    for (let i = 0; i < size; i++) change = Math.max(change, Math.abs(next[i]! - vector[i]!));
    vector.set(next);
    value = length;
    if (change < 1e-9) break;
  }
  return value;
}

function clearOf(vector: Float64Array, found: readonly Float64Array[]): void {
  for (const other of found) {
    let along = 0;
    for (let k = 0; k < vector.length; k++) along += vector[k]! * other[k]!;
    for (let k = 0; k < vector.length; k++) vector[k]! -= along * other[k]!;
  }
}

/** Returns the length that it had. */
function normalise(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (length > 0) for (let k = 0; k < vector.length; k++) vector[k]! /= length;
  return length;
}
