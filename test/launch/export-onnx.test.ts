import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import exportCommand from '../../launch/commands/export.js';
import { readBundle } from '../../launch/bundle-file.js';
import { loadModelPolicy } from '../../launch/model-file.js';
import { encodeBundle, networkFromBundle } from '../../policy/bundle/rule-bundle.js';
import { AntEnvironment } from '../../sim/ant/ant-environment.js';
import { loadRapier } from '../../sim/rapier.js';
import { fillObservation } from '../policy/random-network.js';
import { plasticBundle, staticBundle } from '../policy/bundle/small-bundles.js';
import { runLine } from './command-line.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hebbridge-export-'))));
afterEach(() => rm(folder, { recursive: true }));

const SHIPPED = fileURLToPath(new URL('../../rules/ant.safetensors', import.meta.url));

async function exportTo(rules: string, out: string): Promise<void> {
  const { exitCode } = await runLine(['export', rules, '--format', 'onnx', '--out', out], {
    commands: [exportCommand],
  });
  expect(exitCode).toBe(0);
}

describe('hebbridge export --format onnx', () => {
  it('gives the first 200 actions of the shipped rules as they walk, within 1e-5', async () => {
    const out = join(folder, 'ant.onnx');
    await exportTo(SHIPPED, out);
    await loadRapier();
    const environment = new AntEnvironment();
    const network = networkFromBundle(readBundle(SHIPPED));
    const policy = await loadModelPolicy(out, network);
    const [action, expected] = [new Float32Array(8), new Float32Array(8)];
    environment.reset(4);
    network.reset(4);
    policy.reset(4);
    let distance = 0;
    for (let t = 0; t < 200; t++) {
      network.act(environment.observation, expected);
      await policy.act(environment.observation, action);
      action.forEach((a, j) => expect(Math.abs(a - expected[j]!)).toBeLessThan(1e-5));
      distance += environment.step(expected).reward;
    }
    environment.dispose();
    expect(distance).toBeGreaterThan(20);
  });

  it.each([
    ['plastic', plasticBundle()],
    ['static', staticBundle()],
  ])('writes a model that gives the 200 actions of the %s bundle within 1e-5', async (_, bundle) => {
    const [rules, out] = [join(folder, 'rules.safetensors'), join(folder, 'rules.onnx')];
    await writeFile(rules, encodeBundle(bundle));
    await exportTo(rules, out);

    const network = networkFromBundle(bundle);
    const { observationSize, actionSize } = network;
    const policy = await loadModelPolicy(out, { observationSize, actionSize });
    const observation = new Float32Array(observationSize);
    const [action, expected] = [new Float32Array(actionSize), new Float32Array(actionSize)];
    network.reset(4);
    policy.reset(4);
    for (let t = 0; t < 200; t++) {
      fillObservation(observation, t);
      network.act(observation, expected);
      await policy.act(observation, action);
      action.forEach((a, j) => expect(Math.abs(a - expected[j]!)).toBeLessThan(1e-5));
    }
  });
});
