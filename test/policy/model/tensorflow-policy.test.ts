import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { importEngine } from '../../../policy/model/optional-engine.js';
import { TensorflowPolicy, type TensorflowModel } from '../../../policy/model/tensorflow-policy.js';
import { fillObservation } from '../random-network.js';
import { expectedAction, graphModel, layersModel } from './tensorflow-models.js';

const SIZES = { observationSize: 28, actionSize: 8, source: 'walk/model.json' };
const MODELS: readonly (readonly [string, () => TensorflowModel | Promise<TensorflowModel>])[] = [
  ['a LayersModel', () => layersModel()],
  ['a GraphModel', () => graphModel()],
];

describe.each(MODELS)('%s', (_, create) => {
  it('acts as its formula says, clipped to [-1, 1]', async () => {
    const policy = await TensorflowPolicy.load(await create(), SIZES);
    const observation = new Float32Array(28);
    const action = new Float32Array(8);
    let clipped = 0;
    for (let t = 0; t < 50; t++) {
      fillObservation(observation, t);
      policy.act(observation, action);
      expectedAction(observation, 6, 8).forEach((a, j) => {
        expect(action[j]).toBeCloseTo(a, 5);
        if (Math.abs(a) === 1) clipped++;
      });
    }
    expect(clipped).toBeGreaterThan(0);
  });

  it('leaves no tensor behind after a step, and none at all after dispose', async () => {
    const artifacts = await create();
    const before = tf.memory().numTensors;
    const policy = await TensorflowPolicy.load(artifacts, SIZES);
    const loaded = tf.memory().numTensors;
    for (let t = 0; t < 20; t++) policy.act(new Float32Array(28), new Float32Array(8));
    expect(tf.memory().numTensors).toBe(loaded);
    policy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is refused for a robot of another size', async () => {
    const artifacts = await create();
    const wide = TensorflowPolicy.load(artifacts, { ...SIZES, observationSize: 30 });
    await expect(wide).rejects.toMatchObject({ code: 'ERR_MODEL_SHAPE' });
    await expect(wide).rejects.toThrow(
      /walk\/model.json: input .* has shape \[\?|-1, 28\], should be \[1, 30\]/,
    );
    const many = TensorflowPolicy.load(artifacts, { ...SIZES, actionSize: 12 });
    await expect(many).rejects.toMatchObject({ code: 'ERR_MODEL_SHAPE' });
  });

  it('is refused if its weights are cut short', async () => {
    const artifacts = await create();
    const cut = TensorflowPolicy.load({ ...artifacts, weightData: artifacts.weightData.slice(0, 64) }, SIZES);
    await expect(cut).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });

  it('is refused if it is no model', async () => {
    const artifacts = await create();
    const empty = TensorflowPolicy.load({ ...artifacts, modelTopology: { a: 1 } }, SIZES);
    await expect(empty).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    await expect(empty).rejects.toThrow('walk/model.json: not a model that TensorFlow.js can load');
  });
});

describe('an engine', () => {
  it('is the WebAssembly one where tfjs-node is not installed', async () => {
    await expect(importEngine('@tensorflow/tfjs-node')).rejects.toMatchObject({ code: 'ERR_ENGINE_MISSING' });
    const policy = await TensorflowPolicy.load(graphModel(), SIZES);
    expect(policy.engineName).toBe('tfjs-wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  it('that is not installed is an error that says how to install it', async () => {
    await expect(importEngine('@tensorflow/tfjs-node')).rejects.toThrow(
      'this model needs @tensorflow/tfjs-node: npm install @tensorflow/tfjs-node (it does not load:',
    );
  });
});
