/** Moves the center along an estimated gradient of fitness. Its memory is part of a checkpoint. */
export interface Optimizer {
  /** Vectors to keep in a checkpoint, [parameters] each. */
  readonly memory: Readonly<Record<string, Float32Array>>;
  /** Add the update for `gradient` to `center`. `step` counts from 1. */
  ascend(center: Float32Array, gradient: Float32Array, learningRate: number, step: number): void;
}

export type OptimizerName = 'sgd' | 'adam';

/** Plain gradient ascent, the paper's. */
function sgd(): Optimizer {
  return {
    memory: {},
    ascend(center, gradient, learningRate) {
      for (let k = 0; k < center.length; k++) center[k]! += learningRate * gradient[k]!;
    },
  };
}

/** Adam (Kingma and Ba 2015), ascending. */
function adam(parameters: number): Optimizer {
  const beta1 = 0.9;
  const beta2 = 0.999;
  const epsilon = 1e-8;
  const first = new Float32Array(parameters);
  const second = new Float32Array(parameters);
  return {
    memory: { first, second },
    ascend(center, gradient, learningRate, step) {
      const rate = (learningRate * Math.sqrt(1 - intPower(beta2, step))) / (1 - intPower(beta1, step));
      for (let k = 0; k < center.length; k++) {
        const g = gradient[k]!;
        first[k] = beta1 * first[k]! + (1 - beta1) * g;
        second[k] = beta2 * second[k]! + (1 - beta2) * g * g;
        center[k]! += (rate * first[k]!) / (Math.sqrt(second[k]!) + epsilon);
      }
    },
  };
}

export function createOptimizer(name: OptimizerName, parameters: number): Optimizer {
  return name === 'sgd' ? sgd() : adam(parameters);
}

/** base^exponent by repeated multiplication: the same bits in every engine, unlike Math.pow. */
export function intPower(base: number, exponent: number): number {
  let power = 1;
  for (let k = 0; k < exponent; k++) power *= base;
  return power;
}
