import { readFileSync } from 'node:fs';
import type { NetworkDescription } from '../../policy/hebbian-network.js';
import { OnnxPolicy } from '../../policy/model/onnx-policy.js';
import { TensorflowPolicy } from '../../policy/model/tensorflow-policy.js';
import { exportOnnx } from '../../policy/onnx/plastic-step-graph.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { policyContract } from '../contract/policy-contract.js';
import { graphModel, layersModel } from './model/tensorflow-models.js';
import { randomCoefficients, randomNetwork } from './random-network.js';

const PLASTIC: NetworkDescription = {
  layerSizes: [28, 13, 10, 8],
  rule: 'ABCD_lr',
  bounding: { kind: 'decay', rate: 0.02 },
  initialWeights: { kind: 'uniform', bound: 0.1 },
};

const LARGEST: NetworkDescription = { ...PLASTIC, rule: 'ABCD', bounding: { kind: 'largest', gain: 2 } };
const SMOOTHED: NetworkDescription = { ...PLASTIC, actionSmoothing: 0.7 };
const STATIC: NetworkDescription = { ...PLASTIC, rule: 'static', initialWeights: { kind: 'carried' } };
const SIZES = { observationSize: 28, actionSize: 8, source: 'the model' };

policyContract('a plastic network in the kernel', () => randomNetwork(PLASTIC, { engine: 'kernel' }), {
  drawsFromSeed: true,
});
policyContract('a plastic network in the reference', () => randomNetwork(PLASTIC, { engine: 'reference' }), {
  drawsFromSeed: true,
});
policyContract('a network bounded by its largest weight', () => randomNetwork(LARGEST), {
  drawsFromSeed: true,
});
policyContract('a plastic network with smoothed actions', () => randomNetwork(SMOOTHED), {
  drawsFromSeed: true,
});
policyContract('a static network', () => randomNetwork(STATIC), { drawsFromSeed: false });

policyContract(
  'an ONNX model',
  () => OnnxPolicy.load(readFileSync(new URL('../fixtures/static-policy.onnx', import.meta.url)), SIZES),
  { drawsFromSeed: false },
);
policyContract(
  'a plastic network exported to ONNX',
  () =>
    OnnxPolicy.load(
      exportOnnx(PLASTIC, randomCoefficients(PLASTIC, 0.02), { contract: ANT_CONTRACT }),
      SIZES,
    ),
  { drawsFromSeed: true },
);
policyContract(
  'a plastic network with smoothed actions exported to ONNX',
  () =>
    OnnxPolicy.load(
      exportOnnx(SMOOTHED, randomCoefficients(SMOOTHED, 0.02), { contract: ANT_CONTRACT }),
      SIZES,
    ),
  { drawsFromSeed: true },
);
policyContract('a TensorFlow.js LayersModel', async () => TensorflowPolicy.load(await layersModel(), SIZES), {
  drawsFromSeed: false,
});
policyContract('a TensorFlow.js GraphModel', () => TensorflowPolicy.load(graphModel(), SIZES), {
  drawsFromSeed: false,
});
