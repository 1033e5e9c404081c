import { HebbridgeError } from '../errors.js';
import type { NetworkDescription } from '../hebbian-network.js';
import { synapseCount } from '../network-buffers.js';
import { columnCount } from '../plasticity-rule.js';
import type { Tensor } from './safetensors.js';

export const COEFFICIENTS = 'coefficients';
export const INITIAL_WEIGHTS = 'initial_weights';
export const GOLDEN_OBSERVATIONS = 'golden_observations';
export const GOLDEN_ACTIONS = 'golden_actions';

const MOST_GOLDEN_STEPS = 1000;

/**
 * Throws ERR_BUNDLE_TENSOR unless there are the tensors that a bundle of this network has, and no others, each of
 * its type and shape. `golden` are the names of the golden vector's two, where they are expected.
 */
export function requireTensors(
  tensors: ReadonlyMap<string, Tensor>,
  network: NetworkDescription,
  source: string,
  ...golden: readonly string[]
): void {
  const fail = (what: string): never => {
    throw new HebbridgeError('ERR_BUNDLE_TENSOR', `${source}: ${what}`);
  };
  const { layerSizes, rule, initialWeights } = network;
  const synapses = synapseCount(layerSizes);
  const expected = new Map<string, readonly (number | 'steps')[]>();
  if (rule !== 'static') expected.set(COEFFICIENTS, [synapses, columnCount(rule)]);
  if (initialWeights.kind === 'carried') expected.set(INITIAL_WEIGHTS, [synapses]);
  const sizes = [layerSizes[0]!, layerSizes.at(-1)!];
  golden.forEach((name, k) => expected.set(name, ['steps', sizes[k]!]));

  for (const name of tensors.keys()) {
    if (!expected.has(name)) {
      fail(`tensor ${JSON.stringify(name)} is not one of this bundle's: ${[...expected.keys()].join(', ')}`);
    }
  }
  const steps = tensors.get(GOLDEN_OBSERVATIONS)?.shape[0] ?? 0;
  for (const [name, shape] of expected) {
    const wanted = shape.map((size) => (size === 'steps' ? steps : size));
    const tensor =
      tensors.get(name) ?? fail(`tensor "${name}" is missing; it should be F32 [${shape.join(', ')}]`);
    if (tensor.dtype !== 'F32' || tensor.shape.join() !== wanted.join()) {
      const is = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
      fail(`tensor "${name}" is ${is}; it should be F32 [${wanted.join(', ')}]`);
    }
  }
  if (golden.length > 0 && (steps < 1 || steps > MOST_GOLDEN_STEPS)) {
    fail(`the golden vector has ${steps} steps; 1 to ${MOST_GOLDEN_STEPS} are right`);
  }
}

export function requireFinite(tensors: ReadonlyMap<string, Tensor>, source: string): void {
  for (const [name, { data }] of tensors) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    const what = `element ${at} of tensor "${name}" is ${data[at]!}; every number should be finite`;
    throw new HebbridgeError('ERR_BUNDLE_VALUE', `${source}: ${what}`);
  }
}
