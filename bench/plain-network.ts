/**
 * The plastic step as one would write it first: a Float32Array a matrix, row by row, double precision in
 * between, Math.tanh. What the kernel is compared with beside the reference, whose rounding costs time too.
 */
export class PlainNetwork {
  readonly action: Float32Array;
  private readonly sizes: readonly number[];
  private readonly activations: Float32Array[];
  /** Of each layer, [pre * post], pre-major. */
  private readonly weights: Float32Array[] = [];
  /** Of each layer, [pre * post * 4]: eta A, eta B, eta C, eta D of a synapse side by side. */
  private readonly coefficients: Float32Array[] = [];
  private readonly keep: number;

  /**
   * @param coefficients [synapses * 5] in the column order of rule ABCD_lr: A, B, C, eta, D
   * @param weights [synapses], pre-major
   * @param decay the leak of each step
   */
  constructor(sizes: readonly number[], coefficients: Float32Array, weights: Float32Array, decay: number) {
    this.sizes = sizes;
    this.keep = 1 - decay;
    this.activations = sizes.map((size) => new Float32Array(size));
    this.action = this.activations.at(-1)!;
    let first = 0;
    for (let l = 0; l + 1 < sizes.length; l++) {
      const count = sizes[l]! * sizes[l + 1]!;
      this.weights.push(weights.slice(first, first + count));
      const own = new Float32Array(4 * count);
      for (let s = 0; s < count; s++) {
        const row = 5 * (first + s);
        const eta = coefficients[row + 3]!;
        own[4 * s] = eta * coefficients[row]!;
        own[4 * s + 1] = eta * coefficients[row + 1]!;
        own[4 * s + 2] = eta * coefficients[row + 2]!;
        own[4 * s + 3] = eta * coefficients[row + 4]!;
      }
      this.coefficients.push(own);
      first += count;
    }
  }

  /** Forward pass, then the update of every weight; the result is in `action`. */
  step(observation: Float32Array): void {
    const { sizes, activations, keep } = this;
    activations[0]!.set(observation);
    for (let l = 0; l + 1 < sizes.length; l++) {
      const pre = sizes[l]!;
      const post = sizes[l + 1]!;
      const input = activations[l]!;
      const output = activations[l + 1]!;
      const weights = this.weights[l]!;
      const coefficients = this.coefficients[l]!;
      output.fill(0);
      for (let i = 0; i < pre; i++) {
        const x = input[i]!;
        const row = i * post;
        for (let j = 0; j < post; j++) output[j]! += x * weights[row + j]!;
      }
      for (let j = 0; j < post; j++) output[j] = Math.tanh(output[j]!);
      let at = 0;
      let c = 0;
      for (let i = 0; i < pre; i++) {
        const x = input[i]!;
        for (let j = 0; j < post; j++, at++, c += 4) {
          const y = output[j]!;
          const change =
            coefficients[c]! * x * y +
            coefficients[c + 1]! * x +
            coefficients[c + 2]! * y +
            coefficients[c + 3]!;
          weights[at] = keep * (weights[at]! + change);
        }
      }
    }
  }
}
