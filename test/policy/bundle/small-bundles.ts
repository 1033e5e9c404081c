import { unknownProvenance } from '../../../policy/bundle/bundle-metadata.js';
import type { RuleBundle } from '../../../policy/bundle/rule-bundle.js';
import { synapseCount } from '../../../policy/network-buffers.js';
import { columnCount, type RuleName } from '../../../policy/plasticity-rule.js';
import { Random } from '../../../policy/random.js';

const LAYER_SIZES = [11, 3, 1];
const SYNAPSES = synapseCount(LAYER_SIZES);

/** A robot with one joint: 11 observations, 1 action. */
const CONTRACT = {
  joints: [{ name: 'left_hip', lower: -0.7, upper: 0.7, effortLimit: 20 }],
  feet: ['left_foot'],
  controlPeriod: 0.0165,
};

function normals(length: number, scale: number): Float32Array {
  const values = new Float32Array(length);
  new Random(7).fillNormal(values);
  return values.map((value) => scale * value);
}

/** A bundle of 36 synapses, all that is optional present. */
export function plasticBundle(rule: RuleName = 'ABCD_lr'): RuleBundle {
  return {
    network: {
      layerSizes: LAYER_SIZES,
      rule,
      bounding: { kind: 'decay', rate: 0.02 },
      initialWeights: { kind: 'carried' },
    },
    coefficients: normals(SYNAPSES * columnCount(rule), 0.3),
    initialWeights: normals(SYNAPSES, 0.1),
    contract: CONTRACT,
    provenance: {
      hebbridge: '0.1.0',
      simulator: { name: 'rapier3d', version: '0.21.0', solver: { numInternalPgsIterations: 8 } },
      morphologies: ['intact', 'right_front'],
      evolution: { population: 64, sigma: 0.1, note: 'tied \u{1F600} "so"' },
      seed: 3,
      generations: 300,
      fitness: 612.5,
      evaluation: { intact: [700, 1] },
      mirrorTied: true,
    },
  };
}

/** The same network without plasticity, from another file, so that nothing is known of it. */
export function staticBundle(): RuleBundle {
  return {
    network: {
      layerSizes: LAYER_SIZES,
      rule: 'static',
      bounding: { kind: 'none' },
      initialWeights: { kind: 'carried' },
    },
    initialWeights: normals(SYNAPSES, 0.5),
    contract: CONTRACT,
    provenance: unknownProvenance('0.1.0'),
  };
}
