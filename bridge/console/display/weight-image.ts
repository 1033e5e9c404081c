/** A layer's weights as they are pictured: the longer side along x. */
export interface WeightImage {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly values: Float32Array;
  /** Whether the presynaptic neurons are the rows; else they are the columns. */
  readonly preAsRows: boolean;
}

/** `values` is [pre, post], pre by pre. */
export function weightImage(pre: number, post: number, values: Float32Array): WeightImage {
  if (post >= pre) return { width: post, height: pre, values, preAsRows: true };
  const turned = new Float32Array(values.length);
  for (let i = 0; i < pre; i++) {
    for (let j = 0; j < post; j++) turned[j * pre + i] = values[i * post + j]!;
  }
  return { width: pre, height: post, values: turned, preAsRows: false };
}

/**
 * What the ends of the colour scale stand for: three times the root mean square of the finite weights, rounded up to
 * 1, 2 or 5 times a power of ten, so that the picture does not flicker while they grow.
 */
export function weightScale(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < values.length; k++) {
    const square = values[k]! * values[k]!;
    if (!Number.isFinite(square)) continue;
    sum += square;
    count++;
  }
  const bound = 3 * Math.sqrt(sum / Math.max(count, 1));
  if (!(bound > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(bound));
  const lead = [1, 2, 5].find((step) => step * power >= bound);
  return (lead ?? 10) * power;
}
