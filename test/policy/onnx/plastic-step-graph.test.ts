import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LAYER_SIZES, type NetworkDescription } from '../../../policy/hebbian-network.js';
import { weightIndex } from '../../../policy/network-buffers.js';
import type { OnnxArithmetic } from '../../../policy/onnx/arithmetic.js';
import { readOnnxMetadata } from '../../../policy/onnx/onnx-model.js';
import { exportOnnx } from '../../../policy/onnx/plastic-step-graph.js';
import { RULE_NAMES } from '../../../policy/plasticity-rule.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { BOUNDINGS, fillObservation, randomCoefficients, randomNetwork } from '../random-network.js';

const PAPER: NetworkDescription = {
  layerSizes: DEFAULT_LAYER_SIZES,
  rule: 'ABCD_lr',
  bounding: { kind: 'decay', rate: 0.02 },
  initialWeights: { kind: 'uniform', bound: 0.1 },
};

/** Small enough that a network is not chaotic, and engines may round as they like. */
const SCALE = 0.02;

/**
 * Run the exported graph in onnxruntime beside the network, both from the same weights, feeding the graph's new
 * weights back; the largest differences of actions over all steps, and of weights at the end.
 */
async function compare(
  description: NetworkDescription,
  steps: number,
  scale: number,
  arithmetic: OnnxArithmetic = 'exact',
) {
  const network = randomNetwork(description, { scale });
  const graph = exportOnnx(description, randomCoefficients(description, scale), {
    contract: ANT_CONTRACT,
    arithmetic,
  });
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const weights = network.layers.map((layer) =>
    Float32Array.from(
      { length: layer.pre * layer.post },
      (_, k) => layer.weights[weightIndex(layer, Math.floor(k / layer.post), k % layer.post)]!,
    ),
  );
  const state: Record<string, ort.Tensor> = {};
  network.layers.forEach(({ pre, post }, k) => {
    state[`weights_${k}`] = new ort.Tensor('float32', weights[k]!, [pre, post]);
  });
  if (description.actionSmoothing !== undefined) {
    state['last_action'] = new ort.Tensor('float32', new Float32Array(network.actionSize), [
      1,
      network.actionSize,
    ]);
  }
  const observation = new Float32Array(network.observationSize);
  const action = new Float32Array(network.actionSize);
  let actionDifference = 0;
  let actionRange = 0;
  for (let t = 0; t < steps; t++) {
    fillObservation(observation, t);
    network.act(observation, action);
    const results = await session.run({
      ...state,
      observation: new ort.Tensor('float32', observation, [1, observation.length]),
    });
    const graphAction = results['action']!.data as Float32Array;
    action.forEach((a, j) => {
      actionDifference = Math.max(actionDifference, Math.abs(a - graphAction[j]!));
      actionRange = Math.max(actionRange, Math.abs(a));
    });
    for (const name of Object.keys(state)) state[name] = results[`new_${name}`]!;
  }
  let weightDifference = 0;
  let weightChange = 0;
  network.layers.forEach((layer, k) => {
    const graphWeights = state[`weights_${k}`]!.data as Float32Array;
    for (let i = 0; i < layer.pre; i++) {
      for (let j = 0; j < layer.post; j++) {
        const w = layer.weights[weightIndex(layer, i, j)]!;
        weightDifference = Math.max(weightDifference, Math.abs(w - graphWeights[i * layer.post + j]!));
        weightChange = Math.max(weightChange, Math.abs(w - weights[k]![i * layer.post + j]!));
      }
    }
  });
  return { session, actionDifference, actionRange, weightDifference, weightChange };
}

describe('the exported graph of a whole plastic step', () => {
  it.each([
    ['exact', 'ABCD_lr', 0.02],
    // So large that every difference in rounding grows: here only the same bits stay the same.
    ['exact', 'ABCD_lr', 0.3],
    ['fast', 'ABCD_lr', 0.02],
    ['fast', 'ABCD', 0.005],
  ] as const)(
    'gives the 200 actions of the kernel within 1e-5, for the paper-sized network: %s, %s, coefficients %f x N(0, 1)',
    async (arithmetic, rule, scale) => {
      const { actionDifference, weightDifference, actionRange, weightChange } = await compare(
        { ...PAPER, rule },
        200,
        scale,
        arithmetic,
      );
      expect(actionDifference).toBeLessThan(1e-5);
      expect(weightDifference).toBeLessThan(1e-5);
      // Actions near zero, or weights that hardly change, would agree for no good reason.
      expect(actionRange).toBeGreaterThan(0.1);
      expect(weightChange).toBeGreaterThan(0.1);
    },
  );

  it.each(
    RULE_NAMES.flatMap((rule) => BOUNDINGS.map((bounding) => [rule, bounding.kind, bounding] as const)),
  )('does so for rule %s, bounding %s', async (rule, _kind, bounding) => {
    const description: NetworkDescription = {
      layerSizes: [5, 7, 6, 3],
      rule,
      bounding,
      initialWeights: { kind: 'normal', sd: 0.5 },
    };
    const { actionDifference, weightDifference, actionRange, weightChange } = await compare(
      description,
      200,
      0.01,
    );
    expect(actionDifference).toBeLessThan(1e-5);
    expect(weightDifference).toBeLessThan(1e-5);
    expect(actionRange).toBeGreaterThan(0.1);
    expect(weightChange).toBeGreaterThan(0.02);
  });

  it('smoothes its actions as the network does, to the bit, and plasticity sees what was not smoothed', async () => {
    const { actionDifference, weightDifference, actionRange } = await compare(
      { ...PAPER, actionSmoothing: 0.7 },
      200,
      0.3,
    );
    expect(actionDifference).toBe(0);
    expect(weightDifference).toBe(0);
    expect(actionRange).toBeGreaterThan(0.1);
  });

  it('tells its inputs and outputs by name and shape', async () => {
    const { session } = await compare({ ...PAPER, layerSizes: [28, 9, 8] }, 0, SCALE);
    const shapes = (values: readonly ort.InferenceSession.ValueMetadata[]) =>
      Object.fromEntries(values.map((value) => [value.name, value.isTensor && [value.type, ...value.shape]]));
    expect(shapes(session.inputMetadata)).toEqual({
      observation: ['float32', 1, 28],
      weights_0: ['float32', 28, 9],
      weights_1: ['float32', 9, 8],
    });
    expect(shapes(session.outputMetadata)).toEqual({
      action: ['float32', 1, 8],
      new_weights_0: ['float32', 28, 9],
      new_weights_1: ['float32', 9, 8],
    });
  });

  it('leaves a layer of zeros at zero where layers are divided by their largest weight', async () => {
    const description: NetworkDescription = {
      ...PAPER,
      layerSizes: [2, 2],
      rule: 'A',
      bounding: { kind: 'largest', gain: 1 },
    };
    const graph = exportOnnx(description, new Float32Array(4), { contract: ANT_CONTRACT });
    const session = await ort.InferenceSession.create(graph);
    const results = await session.run({
      observation: new ort.Tensor('float32', Float32Array.of(1, 1), [1, 2]),
      weights_0: new ort.Tensor('float32', new Float32Array(4), [2, 2]),
    });
    expect([...(results['new_weights_0']!.data as Float32Array)]).toEqual([0, 0, 0, 0]);
  });

  it('says in its metadata what it is and for which robot', () => {
    const graph = exportOnnx(PAPER, randomCoefficients(PAPER, SCALE), {
      contract: ANT_CONTRACT,
      metadata: { source: 'rules/ant.safetensors' },
    });
    const metadata = readOnnxMetadata(graph);
    const json = (key: string) => JSON.parse(metadata.get(key)!) as unknown;
    expect(metadata.get('rule')).toBe('ABCD_lr');
    expect(metadata.get('activation')).toBe('tanh');
    expect(metadata.get('source')).toBe('rules/ant.safetensors');
    expect(json('layer_sizes')).toEqual(DEFAULT_LAYER_SIZES);
    expect(json('bounding')).toEqual(PAPER.bounding);
    expect(json('initial_weights')).toEqual(PAPER.initialWeights);
    expect(json('control_period')).toBe(0.0165);
    expect(json('joint_names')).toEqual(ANT_CONTRACT.joints.map((joint) => joint.name));
    expect(json('contract')).toEqual(ANT_CONTRACT);
  });

  it('is the same bytes every time', () => {
    const [one, other] = [1, 2].map(() =>
      exportOnnx(PAPER, randomCoefficients(PAPER, SCALE), { contract: ANT_CONTRACT }),
    );
    expect(one).toEqual(other);
  });

  it.each([
    [
      'coefficients',
      () => exportOnnx(PAPER, new Float32Array(7), { contract: ANT_CONTRACT }),
      '7 coefficients',
    ],
    [
      'carried weights',
      () =>
        exportOnnx({ ...PAPER, rule: 'static', initialWeights: { kind: 'carried' } }, new Float32Array(0), {
          contract: ANT_CONTRACT,
        }),
      'no carried weights',
    ],
  ])('is refused with the wrong number of %s', (_, write, message) => {
    expect(write).toThrow(expect.objectContaining({ code: 'ERR_SETTING' }));
    expect(write).toThrow(`${message}, but the network needs`);
  });
});
