import { drawWeight, type InitialWeights } from './initial-weights.js';
import { createKernelEngine, kernelSupported } from './kernel/kernel-step.js';
import { synapseCount, synapseIndex, weightIndex, type Layer } from './network-buffers.js';
import { columnCount, columnsOf, type RuleName } from './plasticity-rule.js';
import type { SynchronousPolicy } from './policy.js';
import { Random } from './random.js';
import { createReferenceEngine } from './reference-step.js';
import type { StepEngine } from './step-engine.js';
import type { WeightBounding } from './weight-bounding.js';

/** The paper's quadruped network: 28 observations, 8 actions, 12,288 synapses. */
export const DEFAULT_LAYER_SIZES: readonly number[] = [28, 128, 64, 8];

export type EngineName = 'kernel' | 'reference';

export interface NetworkDescription {
  /** Neurons of each layer, observation first, action last. No biases; tanh at every layer. */
  readonly layerSizes: readonly number[];
  /** `static`: the weights stay as they began. */
  readonly rule: RuleName | 'static';
  readonly bounding: WeightBounding;
  readonly initialWeights: InitialWeights;
  /**
   * Share of the last action that stays in the next, [0, 1): actions leave as an exponential average of the output
   * neurons' activations, which motors survive where the activations jump from limit to limit. Plasticity sees the
   * activations. Default 0: actions are the activations.
   */
  readonly actionSmoothing?: number;
}

/**
 * A network whose every synapse follows its own Hebbian rule (or, with rule `static`, none).
 *
 * Weights live in the step engine's memory and are read in place through `layers`.
 */
export class HebbianNetwork implements SynchronousPolicy {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly synapses: number;
  readonly description: NetworkDescription;
  private readonly engine: StepEngine;
  private readonly random = new Random(0);
  private readonly carried: Float32Array | undefined;
  private readonly outputLayer: Layer;
  /** [actionSize] */
  private readonly lastAction: Float32Array;
  /** Share of the way from the last action to the activations that an action goes. */
  private actionRate = 1;
  private frozenState = false;

  constructor(
    description: NetworkDescription,
    engine: EngineName = kernelSupported() ? 'kernel' : 'reference',
  ) {
    const { layerSizes, bounding, initialWeights, actionSmoothing = 0 } = description;
    this.description = description;
    this.engine =
      engine === 'kernel'
        ? createKernelEngine(layerSizes, bounding)
        : createReferenceEngine(layerSizes, bounding);
    this.observationSize = layerSizes[0]!;
    this.actionSize = layerSizes.at(-1)!;
    this.synapses = synapseCount(layerSizes);
    this.outputLayer = this.engine.layers.at(-1)!;
    this.lastAction = new Float32Array(this.actionSize);
    this.setActionSmoothing(actionSmoothing);
    if (initialWeights.kind === 'carried') this.carried = new Float32Array(this.synapses);
  }

  /** The layers in place: their weights and last activations. Not copies; do not write. */
  get layers(): readonly Layer[] {
    return this.engine.layers;
  }

  get frozen(): boolean {
    return this.frozenState;
  }

  /** Hold the weights where they are; the network goes on acting. */
  freeze(): void {
    this.frozenState = true;
  }

  /** Let the weights change again. */
  thaw(): void {
    this.frozenState = false;
  }

  /**
   * Load the rule's coefficients, [synapses, columns] row by row (synapses layer by layer, pre-major).
   * Terms that the rule lacks are 0, a missing eta is 1.
   */
  setCoefficients(coefficients: Float32Array): void {
    const { rule } = this.description;
    if (rule === 'static') return;
    const columns = columnCount(rule);
    const { A, B, C, eta, D_in, D_out } = columnsOf(rule);
    for (const layer of this.layers) {
      for (let i = 0; i < layer.pre; i++) {
        for (let j = 0; j < layer.post; j++) {
          const row = synapseIndex(layer, i, j) * columns;
          const at = (weightIndex(layer, i, j) - (j & 3)) * 4 + (j & 3);
          const rate = eta < 0 ? 1 : coefficients[row + eta]!;
          layer.coefficients[at] = A < 0 ? 0 : rate * coefficients[row + A]!;
          layer.coefficients[at + 4] = B < 0 ? 0 : rate * coefficients[row + B]!;
          layer.coefficients[at + 8] = C < 0 ? 0 : rate * coefficients[row + C]!;
          layer.coefficients[at + 12] =
            (D_in < 0 ? 0 : rate * coefficients[row + D_in]!) + (D_out < 0 ? 0 : coefficients[row + D_out]!);
        }
      }
    }
  }

  /** Smooth actions by `actionSmoothing`, as in the description, from the next step on. */
  setActionSmoothing(actionSmoothing: number): void {
    this.actionRate = Math.fround(1 - actionSmoothing);
  }

  /** Load the weights that a life begins with, [synapses] pre-major; for `initialWeights: carried` only. */
  setCarriedWeights(weights: Float32Array): void {
    this.carried?.set(weights);
  }

  /** Begin a life: initial weights from `seed`, activations zero, plasticity on. */
  reset(seed: number): void {
    this.thaw();
    this.resetWeights(seed);
  }

  /** Draw the weights anew in mid-life; plasticity stays as it is. */
  resetWeights(seed: number): void {
    const { initialWeights } = this.description;
    this.random.seed(seed);
    this.lastAction.fill(0);
    for (const layer of this.layers) {
      // The padding too: a NaN that was observed gets into it, and would stay.
      layer.weights.fill(0);
      for (let i = 0; i < layer.pre; i++) {
        for (let j = 0; j < layer.post; j++) {
          layer.weights[weightIndex(layer, i, j)] =
            initialWeights.kind === 'carried'
              ? this.carried![synapseIndex(layer, i, j)]!
              : drawWeight(initialWeights, layer.pre, layer.post, this.random);
        }
      }
      layer.output.fill(0);
    }
  }

  act(observation: Float32Array, action: Float32Array): void {
    this.layers[0]!.input.set(observation);
    this.engine.step(!this.frozenState && this.description.rule !== 'static');
    const { lastAction, actionRate } = this;
    const { output } = this.outputLayer;
    for (let j = 0; j < action.length; j++) {
      const last = lastAction[j]!;
      // In float32 throughout, as an exported graph computes it.
      action[j] =
        actionRate === 1 ? output[j]! : last + Math.fround(actionRate * Math.fround(output[j]! - last));
      // What is not a number is not to stay.
      lastAction[j] = Number.isNaN(action[j]) ? 0 : action[j]!;
    }
  }

  /**
   * Set a random `fraction` of the weights to zero (exactly, rounded down), in all layers or in one; drawn
   * from `seed`. The paper's Fig. 4. Returns how many weights were zeroed.
   */
  zeroWeights(fraction: number, seed: number, layerIndex?: number): number {
    this.random.seed(seed);
    const layers = layerIndex === undefined ? this.layers : [this.layers[layerIndex]!];
    let left = layers.reduce((sum, layer) => sum + layer.pre * layer.post, 0);
    let wanted = Math.floor(fraction * left);
    const zeroed = wanted;
    for (const layer of layers) {
      for (let i = 0; i < layer.pre; i++) {
        for (let j = 0; j < layer.post; j++) {
          // Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S).
          if (this.random.uniform() * left < wanted) {
            layer.weights[weightIndex(layer, i, j)] = 0;
            wanted--;
          }
          left--;
        }
      }
    }
    return zeroed;
  }

  /** Root mean square of the weights of all layers or of one. NaN or Infinity if a weight is. */
  weightRms(layerIndex?: number): number {
    let squares = 0;
    let count = 0;
    for (let l = 0; l < this.layers.length; l++) {
      if (layerIndex !== undefined && l !== layerIndex) continue;
      const { weights, pre, post } = this.layers[l]!;
      for (let k = 0; k < weights.length; k++) squares += weights[k]! * weights[k]!;
      count += pre * post;
    }
    return Math.sqrt(squares / count);
  }
}
