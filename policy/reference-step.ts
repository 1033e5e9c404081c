import { tanhF32 } from './math.js';
import { byteLength, layOut, weightIndex, type Layer } from './network-buffers.js';
import type { StepEngine } from './step-engine.js';
import type { WeightBounding } from './weight-bounding.js';

const f32 = Math.fround;

/**
 * The plastic step in plain TypeScript: what the SIMD kernel is checked against, bit for bit, and what runs
 * where WebAssembly SIMD is missing. Every operation is rounded to single precision, as the kernel's are.
 */
export function createReferenceEngine(layerSizes: readonly number[], bounding: WeightBounding): StepEngine {
  const layers = layOut(new ArrayBuffer(byteLength(layerSizes)), 0, layerSizes);
  return {
    layers,
    step(plastic) {
      for (const layer of layers) {
        forward(layer);
        if (plastic) {
          update(layer, bounding);
          bound(layer, bounding);
        }
      }
    },
  };
}

/** output_j = tanh(sum over i of input_i w_ij) */
function forward(layer: Layer): void {
  for (let j = 0; j < layer.post; j++) {
    let sum = 0;
    for (let i = 0; i < layer.pre; i++) {
      sum = f32(sum + f32(layer.input[i]! * layer.weights[weightIndex(layer, i, j)]!));
    }
    layer.output[j] = tanhF32(sum);
  }
}

/** w_ij += A x_i y_j + B x_i + C y_j + D with eta multiplied in, then the leak, if the bound is one. */
function update(layer: Layer, bounding: WeightBounding): void {
  for (let j = 0; j < layer.post; j++) {
    const y = layer.output[j]!;
    const keep = kept(bounding, y);
    for (let i = 0; i < layer.pre; i++) {
      const x = layer.input[i]!;
      const at = weightIndex(layer, i, j);
      const c = (at - (j & 3)) * 4 + (j & 3);
      const A = layer.coefficients[c]!;
      const B = layer.coefficients[c + 4]!;
      const C = layer.coefficients[c + 8]!;
      const D = layer.coefficients[c + 12]!;
      const change = f32(f32(y * f32(f32(A * x) + C)) + f32(f32(B * x) + D));
      layer.weights[at] = f32(keep * f32(layer.weights[at]! + change));
    }
  }
}

function kept(bounding: WeightBounding, y: number): number {
  if (bounding.kind === 'decay') return f32(1 - f32(bounding.rate));
  if (bounding.kind === 'oja') return f32(1 - f32(f32(bounding.rate) * f32(y * y)));
  return 1;
}

function bound(layer: Layer, bounding: WeightBounding): void {
  if (bounding.kind === 'largest') {
    let largest = 0;
    for (const w of layer.weights) largest = Math.max(largest, Math.abs(w));
    if (largest > 0) {
      const factor = f32(f32(bounding.gain) / largest);
      for (let k = 0; k < layer.weights.length; k++) layer.weights[k] = f32(layer.weights[k]! * factor);
    }
  } else if (bounding.kind === 'norm') {
    const limit = f32(bounding.limit);
    for (let j = 0; j < layer.post; j++) {
      let squares = 0;
      for (let i = 0; i < layer.pre; i++) {
        const w = layer.weights[weightIndex(layer, i, j)]!;
        squares = f32(squares + f32(w * w));
      }
      const factor = f32(limit / Math.max(f32(Math.sqrt(squares)), limit));
      for (let i = 0; i < layer.pre; i++) {
        const at = weightIndex(layer, i, j);
        layer.weights[at] = f32(layer.weights[at]! * factor);
      }
    }
  }
}
