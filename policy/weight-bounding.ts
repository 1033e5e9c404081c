/**
 * What keeps plastic weights from growing without end. Hebbian updates alone let them grow linearly and
 * saturate every output; a bound is part of the rule and travels in the bundle.
 *
 * - `none`: the paper's quadruped.
 * - `decay`: a leak each step, w <- (1 - rate)(w + dw). Parameter: rate in (0, 1).
 * - `oja`: a leak in proportion to the squared postsynaptic activity, w <- (1 - rate y^2)(w + dw)
 *   (after Oja 1982). Parameter: rate in (0, 1).
 * - `largest`: after the update each layer is divided by its largest |w| and multiplied by a gain
 *   (the authors' `normalise`; Leung et al. 2025). Parameter: gain > 0.
 * - `norm`: each neuron's incoming weights are scaled down to a Euclidean norm of at most `limit`.
 *   Parameter: limit > 0.
 */
export type WeightBounding =
  | { readonly kind: 'none' }
  | { readonly kind: 'decay'; readonly rate: number }
  | { readonly kind: 'oja'; readonly rate: number }
  | { readonly kind: 'largest'; readonly gain: number }
  | { readonly kind: 'norm'; readonly limit: number };

export const BOUNDING_KINDS = ['none', 'decay', 'oja', 'largest', 'norm'] as const;

/** The bound's one number; 0 for `none`. */
export function boundingParameter(bounding: WeightBounding): number {
  switch (bounding.kind) {
    case 'none':
      return 0;
    case 'decay':
    case 'oja':
      return bounding.rate;
    case 'largest':
      return bounding.gain;
    case 'norm':
      return bounding.limit;
  }
}

/** The kernel's number for a kind (policy/kernel/assembly/index.ts). */
export function boundingCode(bounding: WeightBounding): number {
  return BOUNDING_KINDS.indexOf(bounding.kind);
}
