import type * as Tensorflow from '@tensorflow/tfjs';
import type * as WasmBackend from '@tensorflow/tfjs-backend-wasm';
import { HebbridgeError } from '../errors.js';
import { importEngine } from './optional-engine.js';

export interface TensorflowEngine {
  readonly name: 'tfjs-node' | 'tfjs-wasm';
  readonly tf: typeof Tensorflow;
}

let engine: Promise<TensorflowEngine> | undefined;

/**
 * TensorFlow.js: `@tensorflow/tfjs-node` where it is installed and loads, else `@tensorflow/tfjs` on its
 * WebAssembly backend, in one thread.
 *
 * @throws HebbridgeError ERR_ENGINE_MISSING if neither is there
 */
export function tensorflowEngine(): Promise<TensorflowEngine> {
  engine ??= loadEngine().catch((error: unknown) => {
    // Who installs it while we run may try again.
    engine = undefined;
    throw error;
  });
  return engine;
}

async function loadEngine(): Promise<TensorflowEngine> {
  try {
    const tf = (await importEngine('@tensorflow/tfjs-node')) as typeof Tensorflow;
    return { name: 'tfjs-node', tf };
  } catch {
    // Its native part is missing on many machines and in newer Node: the WebAssembly one runs anywhere.
    return loadWebAssembly();
  }
}

async function loadWebAssembly(): Promise<TensorflowEngine> {
  const install = '@tensorflow/tfjs @tensorflow/tfjs-backend-wasm';
  const tf = (await importEngine('@tensorflow/tfjs', install)) as typeof Tensorflow;
  const wasm = (await importEngine('@tensorflow/tfjs-backend-wasm', install)) as typeof WasmBackend;
  wasm.setThreadsCount(1);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // The backend finds its .wasm files beside its own script. Before any tensor is made: the plain JavaScript
  // backend, used first, prints an advertisement.
  if (!(await tf.setBackend('wasm'))) {
    throw new HebbridgeError(
      'ERR_ENGINE_MISSING',
      `the WebAssembly backend of TensorFlow.js does not start: npm install ${install}`,
    );
  }
  return { name: 'tfjs-wasm', tf };
}
