import { copyFile, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModelPolicy } from '../../launch/model-file.js';
import { fillObservation } from '../policy/random-network.js';
import {
  expectedAction,
  graphModel,
  layersModel,
  writeTensorflowModel,
} from '../policy/model/tensorflow-models.js';

const SIZES = { observationSize: 28, actionSize: 8 };

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hebbridge-model-'))));
afterEach(() => rm(folder, { recursive: true }));

async function expectToWalk(path: string): Promise<void> {
  const policy = await loadModelPolicy(path, SIZES);
  const observation = new Float32Array(28);
  const action = new Float32Array(8);
  fillObservation(observation, 1);
  await policy.act(observation, action);
  expectedAction(observation, 6, 8).forEach((a, j) => expect(action[j]).toBeCloseTo(a, 5));
}

describe('a model on disk', () => {
  it('is an .onnx file', async () => {
    const path = join(folder, 'walk.onnx');
    await copyFile(fileURLToPath(new URL('../fixtures/static-policy.onnx', import.meta.url)), path);
    await expectToWalk(path);
  });

  it.each([
    ['LayersModel', () => layersModel()],
    ['GraphModel', () => Promise.resolve(graphModel())],
  ])('is the folder of a TensorFlow.js %s, or its model.json', async (_, create) => {
    await writeTensorflowModel(folder, await create());
    await expectToWalk(folder);
    await expectToWalk(join(folder, 'model.json'));
  });
});

describe('a model that cannot be read', () => {
  const edit = async (change: (json: Record<string, unknown>) => void): Promise<void> => {
    const path = join(folder, 'model.json');
    const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    change(json);
    await writeFile(path, JSON.stringify(json));
  };

  it.each<[string, string, string, () => Promise<void>]>([
    [
      'no model.json',
      'ERR_FILE_READ',
      'model.json: cannot be read',
      () => unlink(join(folder, 'model.json')),
    ],
    [
      'a weight file that is missing',
      'ERR_FILE_READ',
      'shard2of2.bin: cannot be read',
      () => unlink(join(folder, 'more/group1-shard2of2.bin')),
    ],
    [
      'a weight file that is cut short',
      'ERR_MODEL_FORMAT',
      'not a model that TensorFlow.js can load',
      () => truncate(join(folder, 'more/group1-shard2of2.bin'), 100),
    ],
    [
      'a model.json that is no JSON',
      'ERR_MODEL_FORMAT',
      'not JSON',
      () => writeFile(join(folder, 'model.json'), '{"format": '),
    ],
    [
      'a model.json of something else',
      'ERR_MODEL_FORMAT',
      'weightsManifest',
      () => edit((json) => delete json['weightsManifest']),
    ],
    [
      'a format that TensorFlow.js does not have',
      'ERR_MODEL_FORMAT',
      'format',
      () => edit((json) => (json['format'] = 'keras')),
    ],
    [
      'a weight file elsewhere on the machine',
      'ERR_MODEL_FORMAT',
      'weight file "../secret.bin" should lie beside model.json or below',
      () => edit((json) => (json['weightsManifest'] = [{ paths: ['../secret.bin'], weights: [] }])),
    ],
  ])('has an error that names it: %s', async (_, code, message, spoil) => {
    await writeTensorflowModel(folder, graphModel());
    await spoil();
    const loading = loadModelPolicy(folder, SIZES);
    await expect(loading).rejects.toMatchObject({ code });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(folder);
  });

  it('is neither ONNX nor TensorFlow.js', async () => {
    const loading = loadModelPolicy(join(folder, 'walk.pt'), SIZES);
    await expect(loading).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    await expect(loading).rejects.toThrow('a model is an .onnx file, or the model.json of TensorFlow.js');
  });
});
