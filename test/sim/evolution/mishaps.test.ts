import { beforeAll, describe, expect, it } from 'vitest';
import { HebbianNetwork } from '../../../policy/hebbian-network.js';
import { AntEnvironment } from '../../../sim/ant/ant-environment.js';
import { Rollout } from '../../../sim/evaluation/rollout.js';
import { mishaps } from '../../../sim/evolution/mishaps.js';
import { loadRapier } from '../../../sim/rapier.js';

beforeAll(loadRapier);

const HORIZON = 1000;
const intact = { name: 'intact', rollouts: 1 };
const seeds = Array.from({ length: 200 }, (_, k) => 1000 + k);

function life(): Rollout {
  const made = new HebbianNetwork({
    layerSizes: [28, 8],
    rule: 'ABCD_lr',
    bounding: { kind: 'none' },
    initialWeights: { kind: 'uniform', bound: 0.1 },
    actionSmoothing: 0,
  });
  made.reset(1);
  const environment = new AntEnvironment();
  environment.reset(1);
  return new Rollout(made, environment);
}

/** [steps]: what arrives of an action of 0.5 everywhere, in each step of a life. */
function arriving(trained: Parameters<typeof mishaps>[0], seed: number): Float32Array[] {
  const { actuatorFaults, onStep } = mishaps(trained, seed, HORIZON, life());
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
    expect(mishaps(intact, 1, HORIZON, life())).toEqual({});
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

  it('weakens one of the weak joints, and nothing else of its leg', () => {
    const trained = { ...intact, weakJoints: ['left_back_hip', 'right_back_hip'], mostEffort: 0.2 };
    const weak = seeds.map((seed) =>
      [...arriving(trained, seed)[0]!].flatMap((value, j) => (value <= 0.2 * 0.5 ? [j] : [])),
    );
    expect(new Set(weak.map(String))).toEqual(new Set(['4', '6']));
  });

  it('locks one of the legs that are to lock, where it is within the first 100 steps', () => {
    const trained = { ...intact, lockedLegs: ['left_back' as const, 'right_back' as const] };
    const rollout = life();
    const { environment } = rollout;
    if (!(environment instanceof AntEnvironment)) throw new Error('the Ant is what lives here');
    const { onStep } = mishaps(trained, 5, HORIZON, rollout);
    const action = new Float32Array(8);
    const positions = (step: number): number[] => {
      onStep!(step);
      for (let j = 0; j < 8; j++) action[j] = Math.sin(step / 9 + j);
      environment.step(action);
      return [...environment.body.state.jointPosition];
    };
    const poses = Array.from({ length: 200 }, (_, step) => positions(step)).slice(100);
    const ranges = Array.from({ length: 8 }, (_, j) => {
      const own = poses.map((pose) => pose[j]!);
      return Math.max(...own) - Math.min(...own);
    });
    const still = ranges.flatMap((range, j) => (range < 0.1 ? [j] : []));
    expect([
      [4, 5],
      [6, 7],
    ]).toContainEqual(still);
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
    const lesioned = life();
    const { onStep } = mishaps({ ...intact, shocks: ['weights:zero'] }, 3, HORIZON, lesioned);
    const lost = Array.from({ length: HORIZON }, (_, step) => {
      onStep!(step);
      return zeros(lesioned.network.layers);
    });
    expect([...new Set(lost)]).toEqual([0, Math.floor((28 * 8) / 3)]);
  });
});
