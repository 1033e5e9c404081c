import type { HebbianNetwork } from '../hebbian-network.js';
import { Random } from '../random.js';

/**
 * The beginning of a life, written down when the bundle is made and lived again when it is loaded: it proves that
 * this machine and this version of hebbridge compute what the rules were evolved for.
 */
export interface GoldenVector {
  /** Of the life; the observations are drawn from it as well. */
  readonly seed: number;
  /** [steps, observationSize], row by row. */
  readonly observations: Float32Array;
  /** [steps, actionSize], row by row. */
  readonly actions: Float32Array;
}

/**
 * How far an action may be from the golden one. The engines give the same bits on every machine, so the expected
 * difference is 0; an engine that fused or reordered its float32 sums would differ by a few units in the last
 * place (6e-8 for an action near 1). A wrong weight, rule or bound is off by far more within a few plastic steps.
 */
export const GOLDEN_TOLERANCE = 1e-6;

/** The seed that new bundles use. */
export const GOLDEN_SEED = 20;
const GOLDEN_STEPS = 20;

/** Live the beginning of a life with uniform observations in [-1, 1]. Resets `network`. */
export function recordGoldenVector(network: HebbianNetwork): GoldenVector {
  const seed = GOLDEN_SEED;
  const random = new Random(seed, 1);
  const observations = new Float32Array(GOLDEN_STEPS * network.observationSize);
  for (let k = 0; k < observations.length; k++) observations[k] = random.uniform(-1, 1);
  return { seed, observations, actions: liveAgain(network, seed, observations) };
}

/** The largest difference of an action from the golden one; Infinity if an action is not a number. Resets `network`. */
export function goldenDifference(network: HebbianNetwork, golden: GoldenVector): number {
  const actions = liveAgain(network, golden.seed, golden.observations);
  let largest = 0;
  for (let k = 0; k < actions.length; k++) {
    const difference = Math.abs(actions[k]! - golden.actions[k]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

function liveAgain(network: HebbianNetwork, seed: number, observations: Float32Array): Float32Array {
  const { observationSize, actionSize } = network;
  const steps = observations.length / observationSize;
  const actions = new Float32Array(steps * actionSize);
  network.reset(seed);
  for (let step = 0; step < steps; step++) {
    network.act(
      observations.subarray(step * observationSize, (step + 1) * observationSize),
      actions.subarray(step * actionSize, (step + 1) * actionSize),
    );
  }
  return actions;
}
