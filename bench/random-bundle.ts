import { unknownProvenance } from '../policy/bundle/bundle-metadata.js';
import { encodeBundle } from '../policy/bundle/rule-bundle.js';
import { DEFAULT_LAYER_SIZES } from '../policy/hebbian-network.js';
import { synapseCount } from '../policy/network-buffers.js';
import { columnCount } from '../policy/plasticity-rule.js';
import { Random } from '../policy/random.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';

/** A bundle of rules that nobody evolved, of the default size: costs a step as much as any other. */
export function randomBundle(): Uint8Array {
  const random = new Random(3);
  const length = synapseCount(DEFAULT_LAYER_SIZES) * columnCount('ABCD_lr');
  return encodeBundle({
    network: {
      layerSizes: DEFAULT_LAYER_SIZES,
      rule: 'ABCD_lr',
      bounding: { kind: 'decay', rate: 0.02 },
      initialWeights: { kind: 'uniform', bound: 0.1 },
    },
    coefficients: Float32Array.from({ length }, () => 0.01 * random.normal()),
    contract: ANT_CONTRACT,
    provenance: { ...unknownProvenance('bench'), seed: 3 },
  });
}
