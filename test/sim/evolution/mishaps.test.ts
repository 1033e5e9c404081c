import { describe, expect, it } from 'vitest';
import { HebbianNetwork } from '../../../policy/hebbian-network.js';
import { mishaps } from '../../../sim/evolution/mishaps.js';

const HORIZON = 1000;
const intact = { name: 'intact', rollouts: 1 };
const seeds = Array.from({ length: 200 }, (_, k) => 1000 + k);

function network(): HebbianNetwork {
  const made = new HebbianNetwork({
    layerSizes: [28, 8],
    rule: 'ABCD_lr',
    bounding: { kind: 'none' },
    initialWeights: { kind: 'uniform', bound: 0.1 },
    actionSmoothing: 0,
  });
  made.reset(1);
  return made;
}

/** [steps]: what arrives of an action of 0.5 everywhere, in each step of a life. */
function arriving(trained: Parameters<typeof mishaps>[0], seed: number): Float32Array[] {
  const { actuatorFaults, onStep } = mishaps(trained, seed, HORIZON, network());
  return Array.from({ length: HORIZON }, (_, step) => {
    onStep?.(step);
    const out = new Float32Array(8);
    actuatorFaults!.apply(new Float32Array(8).fill(0.5), out);
    return out;
  });
}

function zeros(layers: HebbianNetwork['layers']): number {
  return layers[0]!.weights.filter((weight) => weight === 0).length;
}

describe('what befalls a life in evolution', () => {
  it('is nothing where nothing is to', () => {
    expect(mishaps(intact, 1, HORIZON, network())).toEqual({});
  });

  it('follows from its seed', () => {
    const trained = { ...intact, shocks: ['outputs:saturated' as const] };
    expect(arriving(trained, 7)).toEqual(arriving(trained, 7));
    expect(arriving(trained, 7)).not.toEqual(arriving(trained, 8));
  });

  it('weakens one of the weak legs, to at most as much effort as was said, all its life', () => {
    const trained = { ...intact, weakLegs: ['left_back' as const, 'right_back' as const], mostEffort: 0.4 };
    const shares = seeds.map((seed) => {
      const [first, ...rest] = arriving(trained, seed);
      expect(rest.every((later) => later.every((value, j) => value === first![j]))).toBe(true);
      const weak = [...first!].map((value) => value / 0.5);
      expect(weak.slice(0, 4)).toEqual([1, 1, 1, 1]);
      const [left, right] = [weak.slice(4, 6), weak.slice(6, 8)];
      expect(Math.max(...left) === 1 || Math.max(...right) === 1).toBe(true);
      return Math.min(...weak);
    });
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.4);
    expect(Math.max(...shares)).toBeGreaterThan(0.35);
    expect(Math.min(...shares)).toBeLessThan(0.05);
  });

  it('has all outputs stuck at one limit for 20 to 100 steps, once, in the middle of life', () => {
    const lasted = seeds.map((seed) => {
      const actions = arriving({ ...intact, shocks: ['outputs:saturated'] }, seed);
      const stuck = actions.flatMap((action, step) => (Math.abs(action[0]!) === 1 ? [step] : []));
      expect(stuck.at(-1)! - stuck[0]! + 1).toBe(stuck.length);
      expect(stuck[0]).toBeGreaterThanOrEqual(200);
      expect(stuck[0]).toBeLessThanOrEqual(600);
      expect(actions[stuck[0]!]!.every((value) => value === actions[stuck[0]!]![0])).toBe(true);
      return stuck.length;
    });
    expect(Math.min(...lasted)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...lasted)).toBeLessThanOrEqual(100);
    expect(Math.max(...lasted) - Math.min(...lasted)).toBeGreaterThan(60);
  });

  it('takes a third of the weights, once', () => {
    const lesioned = network();
    const { onStep } = mishaps({ ...intact, shocks: ['weights:zero'] }, 3, HORIZON, lesioned);
    const lost = Array.from({ length: HORIZON }, (_, step) => {
      onStep!(step);
      return zeros(lesioned.layers);
    });
    expect([...new Set(lost)]).toEqual([0, Math.floor((28 * 8) / 3)]);
  });
});
