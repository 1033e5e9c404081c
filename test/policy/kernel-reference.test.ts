import { describe, expect, it } from 'vitest';
import { RULE_NAMES } from '../../policy/plasticity-rule.js';
import type { NetworkDescription } from '../../policy/hebbian-network.js';
import { bitsOf, BOUNDINGS, fillObservation, randomNetwork } from './random-network.js';

const SIZES = [
  [5, 7, 6, 3],
  [28, 13, 9, 8],
  [1, 1],
  // Enough blocks of 4 for the kernel's loop over four of them, and some left over.
  [6, 70, 5],
];

/** Run both engines side by side; the first step at which their actions differ in a bit, or undefined. */
function firstDifference(description: NetworkDescription, steps: number, scale: number) {
  const kernel = randomNetwork(description, { engine: 'kernel', scale });
  const reference = randomNetwork(description, { engine: 'reference', scale });
  const observation = new Float32Array(kernel.observationSize);
  const action = new Float32Array(kernel.actionSize);
  const expected = new Float32Array(kernel.actionSize);
  for (let step = 0; step < steps; step++) {
    fillObservation(observation, step);
    kernel.act(observation, action);
    reference.act(observation, expected);
    const bits = bitsOf(expected);
    if (bitsOf(action).some((word, j) => word !== bits[j])) return { step, action, expected };
  }
  for (let l = 0; l < kernel.layers.length; l++) {
    expect(bitsOf(kernel.layers[l]!.weights), `weights of layer ${l}`).toEqual(
      bitsOf(reference.layers[l]!.weights),
    );
  }
  return undefined;
}

describe.each(SIZES.map((sizes) => [sizes.join('-'), sizes] as const))(
  'the kernel in a network of %s',
  (_, layerSizes) => {
    it.each(
      [...RULE_NAMES, 'static' as const].flatMap((rule) =>
        BOUNDINGS.map((bounding) => [rule, bounding.kind, bounding] as const),
      ),
    )('gives the bits of the reference over 1,000 steps: rule %s, bounding %s', (rule, _kind, bounding) => {
      const description = {
        layerSizes,
        rule,
        bounding,
        initialWeights: { kind: 'uniform', bound: 0.5 },
      } as const;
      expect(firstDifference(description, 1000, 0.05)).toBeUndefined();
    });

    it('gives them where weights explode and outputs saturate', () => {
      const description = {
        layerSizes,
        rule: 'ABCD_lr',
        bounding: { kind: 'none' },
        initialWeights: { kind: 'normal', sd: 1 },
      } as const;
      expect(firstDifference(description, 1000, 30)).toBeUndefined();
    });
  },
);
