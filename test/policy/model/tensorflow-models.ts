import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { TensorflowModel } from '../../../policy/model/tensorflow-policy.js';
import { tensorflowEngine } from '../../../policy/model/tensorflow-engine.js';

/** kernel[i][o] = 0.9 sin(1.7 (i + inputs o) + layer), bias[o] = 0.1 cos(o + layer). */
function kernelOf(layer: number, inputs: number, outputs: number): Float32Array {
  return Float32Array.from(
    { length: inputs * outputs },
    (_, k) => 0.9 * Math.sin(1.7 * (Math.floor(k / outputs) + inputs * (k % outputs)) + layer),
  );
}

function biasOf(layer: number, outputs: number): Float32Array {
  return Float32Array.from({ length: outputs }, (_, o) => 0.1 * Math.cos(o + layer));
}

/** What the models of this file answer, in double precision: `hidden` tanh units, then a clipped linear layer. */
export function expectedAction(observation: Float32Array, hidden: number, actionSize: number): number[] {
  const dense = (x: readonly number[], layer: number, outputs: number) => {
    const [kernel, bias] = [kernelOf(layer, x.length, outputs), biasOf(layer, outputs)];
    return Array.from(
      { length: outputs },
      (_, o) => x.reduce((sum, v, i) => sum + v * kernel[i * outputs + o]!, 0) + bias[o]!,
    );
  };
  const units = dense([...observation], 0, hidden).map(Math.tanh);
  return dense(units, 1, actionSize).map((a) => Math.max(-1, Math.min(1, a)));
}

/** A LayersModel as TensorFlow.js itself saves it. */
export async function layersModel(inputs = 28, hidden = 6, outputs = 8): Promise<TensorflowModel> {
  await tensorflowEngine();
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: hidden, inputShape: [inputs], activation: 'tanh' }),
      tf.layers.dense({ units: outputs }),
    ],
  });
  model.setWeights([
    tf.tensor(kernelOf(0, inputs, hidden), [inputs, hidden]),
    tf.tensor(biasOf(0, hidden)),
    tf.tensor(kernelOf(1, hidden, outputs), [hidden, outputs]),
    tf.tensor(biasOf(1, outputs)),
  ]);
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  model.dispose();
  return {
    format: 'layers-model',
    modelTopology: saved!.modelTopology as Record<string, unknown>,
    weightSpecs: saved!.weightSpecs! as unknown as Record<string, unknown>[],
    weightData: saved!.weightData as ArrayBuffer,
  };
}

/** The same as a GraphModel, as the converter of SavedModels writes it. */
export function graphModel(inputs = 28, hidden = 6, outputs = 8): TensorflowModel {
  const tensors = [
    { name: 'kernel_0', shape: [inputs, hidden], values: kernelOf(0, inputs, hidden) },
    { name: 'bias_0', shape: [hidden], values: biasOf(0, hidden) },
    { name: 'kernel_1', shape: [hidden, outputs], values: kernelOf(1, hidden, outputs) },
    { name: 'bias_1', shape: [outputs], values: biasOf(1, outputs) },
  ];
  const float = { T: { type: 'DT_FLOAT' } };
  const shapeOf = (sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
  const product = { ...float, transpose_a: { b: false }, transpose_b: { b: false } };
  const info = (name: string, size: number) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: shapeOf([-1, size]),
  });
  const weightData = new Float32Array(tensors.flatMap(({ values }) => [...values])).buffer;
  return {
    format: 'graph-model',
    modelTopology: {
      versions: { producer: 1 },
      node: [
        {
          name: 'obs',
          op: 'Placeholder',
          attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: shapeOf([-1, inputs]) } },
        },
        ...tensors.map(({ name, shape }) => ({
          name,
          op: 'Const',
          attr: {
            dtype: { type: 'DT_FLOAT' },
            value: { tensor: { dtype: 'DT_FLOAT', tensorShape: shapeOf(shape) } },
          },
        })),
        { name: 'product_0', op: 'MatMul', input: ['obs', 'kernel_0'], attr: product },
        { name: 'sum_0', op: 'AddV2', input: ['product_0', 'bias_0'], attr: float },
        { name: 'hidden', op: 'Tanh', input: ['sum_0'], attr: float },
        { name: 'product_1', op: 'MatMul', input: ['hidden', 'kernel_1'], attr: product },
        { name: 'mean_action', op: 'AddV2', input: ['product_1', 'bias_1'], attr: float },
      ],
    },
    weightSpecs: tensors.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
    weightData,
    signature: {
      inputs: { obs: info('obs', inputs) },
      outputs: { mean_action: info('mean_action', outputs) },
    },
  };
}

/** Write a model as the files that users bring: model.json and two weight files, one of them in a folder. */
export async function writeTensorflowModel(folder: string, model: TensorflowModel): Promise<void> {
  const { weightData, weightSpecs, signature, ...rest } = model;
  const paths = ['group1-shard1of2.bin', 'more/group1-shard2of2.bin'];
  const middle = 40;
  const parts = [weightData.slice(0, middle), weightData.slice(middle)];
  for (const [k, path] of paths.entries()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), new Uint8Array(parts[k]!));
  }
  const json = {
    ...rest,
    generatedBy: 'test',
    convertedBy: null,
    ...(signature && { signature }),
    weightsManifest: [{ paths, weights: weightSpecs }],
  };
  await writeFile(join(folder, 'model.json'), JSON.stringify(json));
}
