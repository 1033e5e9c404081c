import { HebbianNetwork, type EngineName, type NetworkDescription } from '../../policy/hebbian-network.js';
import { synapseCount } from '../../policy/network-buffers.js';
import { columnCount } from '../../policy/plasticity-rule.js';
import { Random } from '../../policy/random.js';
import { BOUNDING_KINDS, type WeightBounding } from '../../policy/weight-bounding.js';

/** Every way to bound weights, with parameters that show. */
export const BOUNDINGS: readonly WeightBounding[] = BOUNDING_KINDS.map((kind) => {
  switch (kind) {
    case 'none':
      return { kind };
    case 'decay':
    case 'oja':
      return { kind, rate: 0.02 };
    case 'largest':
      return { kind, gain: 1.5 };
    case 'norm':
      return { kind, limit: 1.2 };
  }
});

/** A rule's coefficients, scale x N(0, 1) from a seed; none for `static`. */
export function randomCoefficients(
  { layerSizes, rule }: Pick<NetworkDescription, 'layerSizes' | 'rule'>,
  scale: number,
  seed = 1,
): Float32Array {
  if (rule === 'static') return new Float32Array(0);
  const random = new Random(seed, 77);
  return Float32Array.from(
    { length: synapseCount(layerSizes) * columnCount(rule) },
    () => scale * random.normal(),
  );
}

/** A network with such coefficients, its life begun from seed 1. */
export function randomNetwork(
  description: NetworkDescription,
  { scale = 0.02, engine }: { scale?: number; engine?: EngineName } = {},
): HebbianNetwork {
  const network = new HebbianNetwork(description, engine);
  network.setCoefficients(randomCoefficients(description, scale));
  if (description.initialWeights.kind === 'carried') {
    const weights = new Float32Array(network.synapses);
    new Random(3).fillNormal(weights);
    network.setCarriedWeights(weights.map((w) => 0.3 * w));
  }
  network.reset(1);
  return network;
}

/** An observation that changes from step to step, within [-2, 2]. */
export function fillObservation(observation: Float32Array, step: number): void {
  for (let i = 0; i < observation.length; i++)
    observation[i] = 2 * Math.sin(0.1 * step + 0.7 * i + 0.01 * i * i);
}

/** The bits of float32 numbers, so that 0 and -0 differ and NaN equals itself. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(Float32Array.from(values).buffer);
}
