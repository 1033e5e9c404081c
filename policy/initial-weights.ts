import type { Random } from './random.js';

/**
 * Where a life's first weights come from. `uniform` is the paper's (bound 0.1), `normal` its robustness test
 * (sd 0.1); the others are those of the authors' code. `carried`: the bundle brings them (co-evolved, or a
 * static network's weights).
 */
export type InitialWeights =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly sd: number }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'xavier-uniform' }
  | { readonly kind: 'kaiming-uniform' }
  | { readonly kind: 'sparse'; readonly sparsity: number; readonly sd: number }
  | { readonly kind: 'carried' };

export const INITIAL_WEIGHT_KINDS = [
  'uniform',
  'normal',
  'zeros',
  'ones',
  'xavier-uniform',
  'kaiming-uniform',
  'sparse',
  'carried',
] as const satisfies readonly InitialWeights['kind'][];

/** One initial weight of a layer with `pre` inputs and `post` outputs. */
export function drawWeight(
  initial: Exclude<InitialWeights, { kind: 'carried' }>,
  pre: number,
  post: number,
  random: Random,
): number {
  switch (initial.kind) {
    case 'uniform':
      return random.uniform(-initial.bound, initial.bound);
    case 'normal':
      return initial.sd * random.normal();
    case 'zeros':
      return 0;
    case 'ones':
      return 1;
    case 'xavier-uniform': {
      const bound = Math.sqrt(6 / (pre + post));
      return random.uniform(-bound, bound);
    }
    case 'kaiming-uniform': {
      const bound = Math.sqrt(6 / pre);
      return random.uniform(-bound, bound);
    }
    case 'sparse': {
      const value = initial.sd * random.normal();
      return random.uniform() < initial.sparsity ? 0 : value;
    }
  }
}
