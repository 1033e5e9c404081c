import type { OfferedBundle } from '../../../launch/demo/offered-bundles.js';
import { unknownProvenance } from '../../../policy/bundle/bundle-metadata.js';
import { decodeBundle, encodeBundle, type RuleBundle } from '../../../policy/bundle/rule-bundle.js';
import { synapseCount } from '../../../policy/network-buffers.js';
import { Random } from '../../../policy/random.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

/** Random rules for the Ant: it moves, and gets nowhere. */
export function randomAntRules(layerSizes: readonly number[] = [28, 16, 8]): RuleBundle {
  const coefficients = new Float32Array(5 * synapseCount(layerSizes));
  new Random(5).fillNormal(coefficients);
  return {
    network: {
      layerSizes,
      rule: 'ABCD_lr',
      bounding: { kind: 'decay', rate: 0.02 },
      initialWeights: { kind: 'uniform', bound: 0.1 },
    },
    coefficients: coefficients.map((value) => 0.3 * value),
    contract: ANT_CONTRACT,
    provenance: unknownProvenance('0.1.0'),
  };
}

/** Rules as the demo offers them. */
export function offered(name: string, rules: RuleBundle): OfferedBundle {
  const file = `${name}.safetensors`;
  const bytes = encodeBundle(rules);
  return { name, file, bytes, bundle: decodeBundle(bytes, file) };
}
