import { byteLength, layOut } from '../network-buffers.js';
import type { StepEngine } from '../step-engine.js';
import { boundingCode, boundingParameter, type WeightBounding } from '../weight-bounding.js';
import { PLASTIC_STEP_WASM } from './plastic-step.generated.js';

const PAGE = 65536;
const TABLE = 1024;
const RECORD = 32;

let compiled: WebAssembly.Module | undefined;

function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(PLASTIC_STEP_WASM), (c) => c.charCodeAt(0)));
  return compiled;
}

/** The plastic step as a WebAssembly SIMD kernel; each network has its own instance and memory. */
export function createKernelEngine(layerSizes: readonly number[], bounding: WeightBounding): StepEngine {
  const layerCount = layerSizes.length - 1;
  const start = Math.ceil((TABLE + layerCount * RECORD) / 64) * 64;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((start + byteLength(layerSizes)) / PAGE) });
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory } });
  const step = instance.exports['step'] as (table: number, layers: number, plastic: number) => void;

  const layers = layOut(memory.buffer, start, layerSizes);
  const words = new Uint32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  layers.forEach((layer, l) => {
    const record = (TABLE + l * RECORD) / 4;
    words[record] = layer.input.byteOffset;
    words[record + 1] = layer.pre;
    words[record + 2] = layer.output.byteOffset;
    words[record + 3] = layer.blocks;
    words[record + 4] = layer.weights.byteOffset;
    words[record + 5] = layer.coefficients.byteOffset;
    words[record + 6] = boundingCode(bounding);
    floats[record + 7] = boundingParameter(bounding);
  });
  return {
    layers,
    step(plastic) {
      step(TABLE, layerCount, plastic ? 1 : 0);
    },
  };
}

/** Whether this engine runs WebAssembly SIMD. */
export function kernelSupported(): boolean {
  try {
    kernelModule();
    return true;
  } catch {
    return false;
  }
}
