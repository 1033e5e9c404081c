/**
 * The numbers of a network in one piece of memory, in the order in which the kernel walks them.
 *
 * A layer with `pre` inputs and `post` outputs is stored in blocks of 4 postsynaptic neurons (the last one
 * padded with zeros): weights as [block][pre][4], effective coefficients as [block][pre][A B C D][4].
 */
export interface Layer {
  readonly pre: number;
  readonly post: number;
  /** Number of blocks of 4 postsynaptic neurons. */
  readonly blocks: number;
  /** [pre rounded up to 4]: activations that enter the layer; the tail is 0. */
  readonly input: Float32Array;
  /** [4 blocks]: activations that leave it; the same memory as the next layer's input. */
  readonly output: Float32Array;
  /** [blocks * pre * 4] in storage order; see {@link weightIndex}. */
  readonly weights: Float32Array;
  /** [blocks * pre * 16] in storage order: eta A, eta B, eta C, eta D_in + D_out, four neurons each. */
  readonly coefficients: Float32Array;
  /** Synapses in the layers before this one: where its rows begin in a [synapses, columns] matrix. */
  readonly firstSynapse: number;
}

/** Index of the weight from neuron `i` to neuron `j` in `layer.weights`. */
export function weightIndex(layer: Layer, i: number, j: number): number {
  return ((j >> 2) * layer.pre + i) * 4 + (j & 3);
}

/** Copy a layer's weights to `out`, [pre * post] pre-major. Allocates nothing. */
export function copyWeights(layer: Layer, out: Float32Array): void {
  const { pre, post, weights } = layer;
  for (let i = 0; i < pre; i++) {
    for (let j = 0; j < post; j++) out[i * post + j] = weights[weightIndex(layer, i, j)]!;
  }
}

/** Index of the synapse from `i` to `j` in matrices [synapses, columns]: layer by layer, pre-major. */
export function synapseIndex(layer: Layer, i: number, j: number): number {
  return layer.firstSynapse + i * layer.post + j;
}

/** Number of synapses of a fully connected network without biases. */
export function synapseCount(layerSizes: readonly number[]): number {
  let count = 0;
  for (let l = 0; l + 1 < layerSizes.length; l++) count += layerSizes[l]! * layerSizes[l + 1]!;
  return count;
}

const FLOAT = 4;
const LANES = 4;

function padded(size: number): number {
  return Math.ceil(size / LANES) * LANES;
}

/** Bytes that {@link layOut} needs. */
export function byteLength(layerSizes: readonly number[]): number {
  let floats = padded(layerSizes[0]!);
  for (let l = 0; l + 1 < layerSizes.length; l++) {
    const post = padded(layerSizes[l + 1]!);
    floats += post + post * layerSizes[l]! * 5;
  }
  return floats * FLOAT;
}

/** Views of a network's layers into `memory`, from byte `offset` on (a multiple of 16). */
export function layOut(memory: ArrayBuffer, offset: number, layerSizes: readonly number[]): readonly Layer[] {
  let at = offset;
  const take = (length: number): Float32Array => {
    const view = new Float32Array(memory, at, length);
    at += length * FLOAT;
    return view;
  };
  const layers: Layer[] = [];
  let input = take(padded(layerSizes[0]!));
  let firstSynapse = 0;
  for (let l = 0; l + 1 < layerSizes.length; l++) {
    const pre = layerSizes[l]!;
    const post = layerSizes[l + 1]!;
    const width = padded(post);
    const output = take(width);
    const weights = take(width * pre);
    const coefficients = take(width * pre * 4);
    layers.push({ pre, post, blocks: width / LANES, input, output, weights, coefficients, firstSynapse });
    firstSynapse += pre * post;
    input = output;
  }
  return layers;
}
