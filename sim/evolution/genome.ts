import type { NetworkDescription } from '../../policy/hebbian-network.js';
import { HebbianNetwork } from '../../policy/hebbian-network.js';
import { antMirror, expandTied, tie, type TiedExpansion } from '../../policy/mirror.js';
import { synapseCount } from '../../policy/network-buffers.js';
import { columnCount } from '../../policy/plasticity-rule.js';

/**
 * What evolves: one vector of free values, and how it unfolds into a network's coefficients and, where the
 * description says `carried`, its initial weights. Under the mirror about half of the values are free.
 */
export class Genome {
  /** Number of free values. */
  readonly length: number;
  readonly description: NetworkDescription;
  /** [synapses, columns]; empty for a static network. */
  readonly coefficients: Float32Array;
  /** [synapses] where the initial weights evolve, else empty. */
  readonly initialWeights: Float32Array;
  private readonly coefficientTies: TiedExpansion | undefined;
  private readonly weightTies: TiedExpansion | undefined;
  private readonly freeCoefficients: number;

  constructor(description: NetworkDescription, mirrored: boolean) {
    const { layerSizes, rule, initialWeights } = description;
    this.description = description;
    const synapses = synapseCount(layerSizes);
    this.coefficients = new Float32Array(rule === 'static' ? 0 : synapses * columnCount(rule));
    this.initialWeights = new Float32Array(initialWeights.kind === 'carried' ? synapses : 0);
    if (mirrored) {
      const mirror = antMirror(layerSizes);
      if (rule !== 'static') this.coefficientTies = tie(layerSizes, rule, mirror);
      if (this.initialWeights.length > 0) this.weightTies = tie(layerSizes, 'weights', mirror);
    }
    this.freeCoefficients = this.coefficientTies?.freeCount ?? this.coefficients.length;
    this.length = this.freeCoefficients + (this.weightTies?.freeCount ?? this.initialWeights.length);
  }

  /** Unfold `values` ([length]) into `coefficients` and `initialWeights`. */
  unfold(values: Float32Array): void {
    unfoldPart(this.coefficientTies, values.subarray(0, this.freeCoefficients), this.coefficients);
    unfoldPart(this.weightTies, values.subarray(this.freeCoefficients), this.initialWeights);
  }

  /**
   * The values ([length]) that unfold into these coefficients and initial weights; undefined where none do: another
   * size, or not tied as this genome is.
   */
  fold(coefficients: Float32Array, initialWeights: Float32Array): Float32Array | undefined {
    if (coefficients.length !== this.coefficients.length) return undefined;
    if (initialWeights.length !== this.initialWeights.length) return undefined;
    const values = new Float32Array(this.length);
    foldPart(this.coefficientTies, coefficients, values.subarray(0, this.freeCoefficients));
    foldPart(this.weightTies, initialWeights, values.subarray(this.freeCoefficients));
    this.unfold(values);
    const same = (a: Float32Array, b: Float32Array): boolean => a.every((value, k) => value === b[k]);
    return same(this.coefficients, coefficients) && same(this.initialWeights, initialWeights)
      ? values
      : undefined;
  }

  /** Unfold `values` and load them into `network`. */
  express(values: Float32Array, network: HebbianNetwork): void {
    this.unfold(values);
    if (this.coefficients.length > 0) network.setCoefficients(this.coefficients);
    if (this.initialWeights.length > 0) network.setCarriedWeights(this.initialWeights);
  }
}

function unfoldPart(ties: TiedExpansion | undefined, free: Float32Array, out: Float32Array): void {
  if (ties) expandTied(ties, free, out);
  else out.set(free);
}

function foldPart(ties: TiedExpansion | undefined, full: Float32Array, out: Float32Array): void {
  if (!ties) {
    out.set(full);
    return;
  }
  const { source, sign } = ties;
  // Either of a pair tells the free value; one that can only be 0 tells nothing, and stays 0.
  full.forEach((value, k) => (out[source[k]!] = sign[k]! * value));
}
