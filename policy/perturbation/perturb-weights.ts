import type { HebbianNetwork } from '../hebbian-network.js';
import type { Perturbation } from './perturbation.js';

/**
 * Do what an accepted perturbation of weights says, once.
 *
 * @param draw seed of what it leaves to chance
 */
export function perturbWeights(
  network: HebbianNetwork,
  { type, target, value }: Perturbation,
  draw: number,
): void {
  if (type === 'reset') network.resetWeights(value ?? draw);
  else if (type === 'zero') {
    const layer = target === undefined ? undefined : Number(target.slice('layer_'.length)) - 1;
    network.zeroWeights(value ?? 0, draw, layer);
  }
}
