import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HebbianNetwork, type NetworkDescription } from '../../../policy/hebbian-network.js';
import type { InitialWeights } from '../../../policy/initial-weights.js';
import { OnnxPolicy } from '../../../policy/model/onnx-policy.js';
import { encodeOnnxModel, type OnnxModel } from '../../../policy/onnx/onnx-model.js';
import { exportOnnx } from '../../../policy/onnx/plastic-step-graph.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { fillObservation, randomCoefficients, randomNetwork } from '../random-network.js';
import { expectedAction } from './tensorflow-models.js';

const STATIC_MODEL = readFileSync(new URL('../../fixtures/static-policy.onnx', import.meta.url));
const SIZES = { observationSize: 28, actionSize: 8, source: 'walk.onnx' };

/** A model of one node, valid but for what `changes` say. */
function model(changes: Partial<OnnxModel> = {}): Uint8Array {
  return encodeOnnxModel({
    graphName: 'test',
    opset: 17,
    inputs: [{ name: 'obs', shape: [1, 4] }],
    outputs: [{ name: 'out', shape: [1, 4] }],
    nodes: [{ operator: 'Tanh', inputs: ['obs'], outputs: ['out'] }],
    initializers: [],
    metadata: {},
    ...changes,
  });
}

const FOUR = { observationSize: 4, actionSize: 4, source: 'walk.onnx' };

describe('a model that a training framework wrote', () => {
  it('acts as its formula says, clipped to [-1, 1]', async () => {
    const policy = await OnnxPolicy.load(STATIC_MODEL, SIZES);
    const observation = new Float32Array(28);
    const action = new Float32Array(8);
    let clipped = 0;
    for (let t = 0; t < 50; t++) {
      fillObservation(observation, t);
      await policy.act(observation, action);
      expectedAction(observation, 6, 8).forEach((a, j) => {
        expect(action[j]).toBeCloseTo(a, 5);
        if (Math.abs(a) === 1) clipped++;
      });
    }
    expect(clipped).toBeGreaterThan(0);
  });

  it('may take an observation without a batch dimension', async () => {
    const flat = { inputs: [{ name: 'obs', shape: [4] }], outputs: [{ name: 'out', shape: [4] }] };
    const policy = await OnnxPolicy.load(model(flat), FOUR);
    const action = new Float32Array(4);
    await policy.act(Float32Array.of(0.1, 0.2, 0.3, 0.4), action);
    action.forEach((a, j) => expect(a).toBeCloseTo(Math.tanh(0.1 * (j + 1)), 6));
  });

  it('answers steps that were asked for at once, each in its turn', async () => {
    const policy = await OnnxPolicy.load(model(), FOUR);
    const actions = [0, 1, 2].map(() => new Float32Array(4));
    await Promise.all(actions.map((action, t) => policy.act(new Float32Array(4).fill(t), action)));
    actions.forEach((action, t) => expect(action[0]).toBeCloseTo(Math.tanh(t), 6));
  });
});

describe('a plastic network exported to ONNX', () => {
  const PLASTIC: NetworkDescription = {
    layerSizes: [28, 16, 8],
    rule: 'ABCD_lr',
    bounding: { kind: 'decay', rate: 0.02 },
    initialWeights: { kind: 'uniform', bound: 0.1 },
  };

  it.each<InitialWeights>([
    { kind: 'uniform', bound: 0.1 },
    { kind: 'normal', sd: 0.1 },
    { kind: 'xavier-uniform' },
    { kind: 'sparse', sparsity: 0.5, sd: 0.3 },
    { kind: 'carried' },
  ])('lives the lives of the kernel, seed by seed: initial weights $kind', async (initialWeights) => {
    const description = { ...PLASTIC, initialWeights };
    const network = randomNetwork(description);
    const carried = carriedWeights(network);
    const policy = await OnnxPolicy.load(
      exportOnnx(description, randomCoefficients(description, 0.02), {
        contract: ANT_CONTRACT,
        ...(initialWeights.kind === 'carried' && { carriedWeights: carried }),
      }),
      SIZES,
    );
    const observation = new Float32Array(28);
    const [action, expected] = [new Float32Array(8), new Float32Array(8)];
    for (const seed of [1, 2, 2 ** 40]) {
      network.reset(seed);
      policy.reset(seed);
      for (let t = 0; t < 100; t++) {
        fillObservation(observation, t);
        network.act(observation, expected);
        await policy.act(observation, action);
        action.forEach((a, j) => expect(Math.abs(a - expected[j]!)).toBeLessThan(1e-5));
      }
    }
  });

  it('begins a new life even while a step of the old one is under way', async () => {
    const graph = exportOnnx(PLASTIC, randomCoefficients(PLASTIC, 0.5), { contract: ANT_CONTRACT });
    const [policy, twin] = [await OnnxPolicy.load(graph, SIZES), await OnnxPolicy.load(graph, SIZES)];
    const observation = new Float32Array(28).fill(1);
    const [action, expected] = [new Float32Array(8), new Float32Array(8)];
    const step = policy.act(observation, new Float32Array(8));
    await Promise.resolve();
    policy.reset(5);
    await step;
    await policy.act(observation, action);
    twin.reset(5);
    await twin.act(observation, expected);
    expect(action).toEqual(expected);
  });
});

function carriedWeights(network: HebbianNetwork): Float32Array {
  const weights: number[] = [];
  for (const { pre, post, weights: stored } of network.layers) {
    for (let i = 0; i < pre; i++) {
      for (let j = 0; j < post; j++) weights.push(stored[((j >> 2) * pre + i) * 4 + (j & 3)]!);
    }
  }
  return Float32Array.from(weights);
}

describe('a model that does not fit', () => {
  const cases: readonly (readonly [string, Uint8Array, typeof SIZES, string, string])[] = [
    ['no ONNX model', Uint8Array.of(1, 2, 3), SIZES, 'ERR_MODEL_FORMAT', 'not an ONNX model'],
    ['an empty file', new Uint8Array(0), SIZES, 'ERR_MODEL_FORMAT', 'not an ONNX model'],
    ['half a file', STATIC_MODEL.subarray(0, 600), SIZES, 'ERR_MODEL_FORMAT', 'not an ONNX model'],
    [
      'another observation size',
      STATIC_MODEL,
      { ...SIZES, observationSize: 27 },
      'ERR_MODEL_SHAPE',
      'input obs has shape [batch, 28], should be [1, 27] or [27]',
    ],
    [
      'another action size',
      STATIC_MODEL,
      { ...SIZES, actionSize: 12 },
      'ERR_MODEL_SHAPE',
      'output mean_action has shape [batch, 8], should be [1, 12] or [12]',
    ],
    [
      'a batch of 2',
      model({ inputs: [{ name: 'obs', shape: [2, 4] }], outputs: [{ name: 'out', shape: [2, 4] }] }),
      FOUR,
      'ERR_MODEL_SHAPE',
      'input obs has shape [2, 4]',
    ],
    [
      'two inputs',
      model({
        inputs: [
          { name: 'obs', shape: [1, 4] },
          { name: 'goal', shape: [1, 4] },
        ],
        nodes: [{ operator: 'Add', inputs: ['obs', 'goal'], outputs: ['out'] }],
      }),
      FOUR,
      'ERR_MODEL_SHAPE',
      'inputs obs, goal; should be one, observation',
    ],
    [
      'an output of another type',
      model({ nodes: [{ operator: 'Cast', inputs: ['obs'], outputs: ['out'], attributes: { to: 7 } }] }),
      FOUR,
      'ERR_MODEL_FORMAT',
      'walk.onnx',
    ],
    [
      'weights that do not come back',
      model({
        inputs: [
          { name: 'observation', shape: [1, 4] },
          { name: 'weights_0', shape: [4, 4] },
        ],
        nodes: [{ operator: 'MatMul', inputs: ['observation', 'weights_0'], outputs: ['out'] }],
      }),
      FOUR,
      'ERR_MODEL_SHAPE',
      'an output new_weights_0',
    ],
    [
      'weights of unknown origin',
      model({
        inputs: [
          { name: 'observation', shape: [1, 4] },
          { name: 'weights_0', shape: [4, 4] },
        ],
        outputs: [
          { name: 'action', shape: [1, 4] },
          { name: 'new_weights_0', shape: [4, 4] },
        ],
        nodes: [
          { operator: 'MatMul', inputs: ['observation', 'weights_0'], outputs: ['action'] },
          { operator: 'Identity', inputs: ['weights_0'], outputs: ['new_weights_0'] },
        ],
        metadata: { initial_weights: '{"kind":"gaussian"}' },
      }),
      FOUR,
      'ERR_MODEL_FORMAT',
      'initial_weights is {"kind":"gaussian"}',
    ],
  ];

  it.each(cases)('is refused: %s', async (_, bytes, sizes, code, message) => {
    const loading = OnnxPolicy.load(bytes, sizes);
    await expect(loading).rejects.toMatchObject({ name: 'HebbridgeError', code });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow('walk.onnx');
  });
});
