import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import type { ControllerOptions } from '../../../bridge/controller-options.js';
import type { Controller } from '../../../bridge/controller.js';
import { Recorder } from '../../../bridge/recording/index.js';
import {
  decodeBundle,
  encodeBundle,
  networkFromBundle,
  type RuleBundle,
} from '../../../policy/bundle/rule-bundle.js';
import { unknownProvenance } from '../../../policy/bundle/bundle-metadata.js';
import { synapseCount } from '../../../policy/network-buffers.js';
import { Random } from '../../../policy/random.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import type { HebbianNetwork } from '../../../policy/hebbian-network.js';

const LAYER_SIZES = [28, 16, 8];
const random = new Random(5);

/** Random rules for the Ant, bounded by a leak. */
const bundle: RuleBundle = {
  network: {
    layerSizes: LAYER_SIZES,
    rule: 'ABCD_lr',
    bounding: { kind: 'decay', rate: 0.02 },
    initialWeights: { kind: 'uniform', bound: 0.1 },
  },
  coefficients: Float32Array.from({ length: synapseCount(LAYER_SIZES) * 5 }, () => 0.3 * random.normal()),
  contract: ANT_CONTRACT,
  provenance: unknownProvenance('0.1.0'),
};

export const BUNDLE = encodeBundle(bundle);

export function bundledNetwork(): HebbianNetwork {
  return networkFromBundle(decodeBundle(BUNDLE, 'the bundle of the tests'));
}

const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-recording-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file that is not there yet, and will be gone after the tests. */
export function newFile(): string {
  return path.join(folder, `${files++}.mcap`);
}

/** Where recordings are made, with what they had to complain about. */
export async function recorderRig(file = newFile()) {
  const troubles: string[] = [];
  const recorder = await Recorder.create({
    path: file,
    versions: { hebbridge: '0.1.0', node: process.version },
    clock: new MonotonicClock(),
    onTrouble: ({ message }) => troubles.push(message),
  });
  return {
    file,
    recorder,
    troubles,
    /** For {@link controllerRig}: a controller that is recorded. */
    create: (options: ControllerOptions): Controller => recorder.control(options, BUNDLE),
  };
}
