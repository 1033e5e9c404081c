import type { Layer } from './network-buffers.js';

/** What computes a control step of a network: the SIMD kernel or the plain TypeScript reference. */
export interface StepEngine {
  readonly layers: readonly Layer[];
  /**
   * Forward pass from `layers[0].input` to the last layer's output; if `plastic`, the update of every weight
   * with the activations of that pass. Allocates nothing.
   */
  step(plastic: boolean): void;
}
