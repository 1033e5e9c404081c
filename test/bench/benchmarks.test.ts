import { beforeAll, describe, expect, it } from 'vitest';
import { ActionSequence } from '../../bench/action-sequence.js';
import { benchAllocation } from '../../bench/allocation.js';
import { benchControlLoop } from '../../bench/control-loop.js';
import { measureJointErrors } from '../../bench/joint-errors.js';
import { loadMujocoModule, MujocoAnt } from '../../bench/mujoco-ant.js';
import { PlainNetwork } from '../../bench/plain-network.js';
import { benchPlasticStep } from '../../bench/plastic-step.js';
import { randomBundle } from '../../bench/random-bundle.js';
import { RapierAnt } from '../../bench/rapier-ant.js';
import { markdownTable, type BenchmarkReport } from '../../bench/report.js';
import { benchRollouts } from '../../bench/rollouts.js';
import { benchRosMessages } from '../../bench/ros-messages.js';
import type { SimulatedAnt } from '../../bench/simulated-ant.js';
import { benchSimulator } from '../../bench/simulator.js';
import { benchSolver } from '../../bench/solver.js';
import { benchWebSocketClients } from '../../bench/websocket-clients.js';
import { quantile, timeInterleaved, type Clocks, type Timing } from '../../bench/timing.js';
import { HebbianNetwork } from '../../policy/hebbian-network.js';
import { synapseIndex, weightIndex } from '../../policy/network-buffers.js';
import { DEFAULT_SOLVER } from '../../sim/ant/solver-settings.js';
import { loadRapier } from '../../sim/rapier.js';
import { fillObservation, randomCoefficients } from '../policy/random-network.js';

const DEGREE = Math.PI / 180;
const clocks: Clocks = {
  cpu: () => Number(process.hrtime.bigint()) / 1e9,
  wall: () => Number(process.hrtime.bigint()) / 1e9,
};

/** Every number in the figures of a report, with the path to it. */
function numbersOf(value: unknown, path = ''): [path: string, value: number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, `${path}.${key}`));
}

function expectSoundReport(report: BenchmarkReport): void {
  const numbers = numbersOf(report.figures);
  expect(numbers.length).toBeGreaterThan(5);
  for (const [path, value] of numbers) {
    expect(value, path).toSatisfy(Number.isFinite);
    expect(value, path).toBeGreaterThanOrEqual(0);
    if (/\.(median|wall|perSecond|ratio|livesPerSecond|stepsPerSecond)$/.test(path)) {
      expect(value, path).toBeGreaterThan(0);
    }
  }
  const [heading, ...rows] = report.table;
  for (const row of rows) expect(row).toHaveLength(heading!.length);
  expect(markdownTable(report.table).split('\n')).toHaveLength(report.table.length + 1);
}

describe('the benchmarks, at a tiny size', () => {
  it('time a plastic step by everything that can do it', async () => {
    const report = await benchPlasticStep({ rounds: 2, warmUpRounds: 1, steps: 20, clocks });
    expectSoundReport(report);
    const { timings } = report.figures as { timings: readonly Timing[] };
    expect(timings.map(({ name }) => name)).toEqual([
      'SIMD kernel',
      'plain TypeScript, reference',
      'plain TypeScript, Float32Array loops',
      'onnxruntime-node, 1 thread',
    ]);
  });

  it('time the Ant in Rapier and in MuJoCo', async () => {
    expectSoundReport(await benchSimulator({ rounds: 2, warmUpRounds: 0, episodes: 1, steps: 10, clocks }));
  });

  it('time settings of the solver', async () => {
    expectSoundReport(await benchSolver({ rounds: 2, warmUpRounds: 0, episodes: 1, steps: 10, clocks }));
  });

  it('time ROS 2 messages by our codec and by another', async () => {
    const report = await benchRosMessages({ rounds: 2, warmUpRounds: 1, messages: 20, clocks });
    expectSoundReport(report);
    const { timings } = report.figures as { timings: readonly Timing[] };
    expect(timings.map(({ name }) => name)).toEqual([
      'read, JointStateReader',
      'read, rosmsg2-serialization',
      'write, JointStateWriter',
      'write, rosmsg2-serialization',
    ]);
  });

  it('time control loops and the way from a state to its command', async () => {
    const report = await benchControlLoop({
      rates: [500],
      turns: 1,
      turnTime: 0.5,
      clocks,
      bundle: randomBundle(),
      bundleName: 'random rules',
    });
    expectSoundReport(report);
    const { loops } = report.figures as { loops: readonly { contender: string; steps: number }[] };
    expect(loops.map(({ contender }) => contender)).toEqual([
      ...['bare loop, plain timers', 'bare loop, precise clock', 'controller, precise clock'],
      ...['bare loop, plain timers', 'bare loop, precise clock', 'controller, precise clock'],
    ]);
    for (const { steps } of loops) expect(steps).toBeGreaterThan(0);
  });

  it('time a control loop that clients listen to over WebSockets', async () => {
    const report = await benchWebSocketClients({
      rate: 60.6,
      clients: 5,
      turns: 1,
      turnTime: 0.5,
      clocks,
      bundle: randomBundle(),
      bundleName: 'random rules',
    });
    expectSoundReport(report);
    const { perSecond } = report.figures as { perSecond: number };
    expect(perSecond).toBeGreaterThan(10);
  });

  it('count what control steps allocate', async () => {
    const report = await benchAllocation({
      steps: 500,
      countedSteps: 500,
      warmUpSteps: 100,
      bundle: randomBundle(),
      bundleName: 'random rules',
    });
    expectSoundReport(report);
  });

  it('time whole lives in worker threads', async () => {
    expectSoundReport(
      await benchRollouts({
        rounds: 1,
        lives: 1,
        horizon: 20,
        clocks,
        bundle: randomBundle(),
        bundleName: 'random rules',
      }),
    );
  });
});

describe('timing side by side', () => {
  it('divides the cost of each round by its operations, and compares with the first contender', async () => {
    let now = 0;
    const takes = (seconds: number, operations: number) => () => {
      now += seconds;
      return operations;
    };
    const [first, second] = await timeInterleaved(
      [
        { name: 'a', run: takes(2, 4) },
        { name: 'b', run: takes(3, 2) },
      ],
      { rounds: 3, warmUpRounds: 2, clocks: { cpu: () => now, wall: () => 2 * now } },
    );
    expect(first).toMatchObject({ median: 500_000, wall: 1_000_000, perSecond: 2, ratio: 1 });
    expect(second).toMatchObject({ median: 1_500_000, ratio: 3 });
  });

  it('takes quantiles between the nearest values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([5], 0.25)).toBe(5);
    expect(quantile([1, 2, 3], 0)).toBe(1);
  });
});

describe('the plain network', () => {
  it('computes what the reference computes, to the rounding of single precision', () => {
    const layerSizes = [6, 5, 3];
    const description = {
      layerSizes,
      rule: 'ABCD_lr',
      bounding: { kind: 'decay', rate: 0.02 },
      initialWeights: { kind: 'uniform', bound: 0.5 },
    } as const;
    const coefficients = randomCoefficients(description, 0.1);
    const reference = new HebbianNetwork(description, 'reference');
    reference.setCoefficients(coefficients);
    reference.reset(1);
    const weights = new Float32Array(reference.synapses);
    for (const layer of reference.layers) {
      for (let i = 0; i < layer.pre; i++) {
        for (let j = 0; j < layer.post; j++) {
          weights[synapseIndex(layer, i, j)] = layer.weights[weightIndex(layer, i, j)]!;
        }
      }
    }
    const plain = new PlainNetwork(layerSizes, coefficients, weights, 0.02);
    const observation = new Float32Array(6);
    const action = new Float32Array(3);
    for (let step = 0; step < 50; step++) {
      fillObservation(observation, step);
      reference.act(observation, action);
      plain.step(observation);
      action.forEach((value, j) => expect(plain.action[j]).toBeCloseTo(value, 4));
    }
  });
});

describe('the two Ants', () => {
  const ants: SimulatedAnt[] = [];
  beforeAll(async () => {
    await loadRapier();
    const mujoco = await loadMujocoModule();
    ants.push(
      new RapierAnt(DEFAULT_SOLVER),
      new MujocoAnt(mujoco, { substeps: 4, motor: 'limited', limits: 'stiff' }),
    );
    return () => ants.forEach((ant) => ant.dispose());
  });

  it('stand in the same pose at reset', () => {
    const [rapier, mujoco] = ants.map((ant) => {
      ant.reset(7);
      return ant.state;
    });
    expect(mujoco!.height).toBeCloseTo(rapier!.height, 5);
    mujoco!.jointPosition.forEach((position, j) => {
      expect(position).toBeCloseTo(rapier!.jointPosition[j]!, 5);
    });
    expect([...mujoco!.footContact]).toEqual([...rapier!.footContact]);
  });

  it('answer an effort alike: same masses, same motors, same signs', () => {
    const effort = Float32Array.of(0.6, 0.4, -0.6, 0.8, 0.4, 0.6, -0.4, 0.2);
    const [rapier, mujoco] = ants.map((ant) => {
      ant.reset(3);
      for (let k = 0; k < 4; k++) ant.step(effort);
      return ant.observation;
    });
    mujoco!.forEach((value, k) => {
      expect(Math.abs(value - rapier![k]!), `observation ${k}`).toBeLessThan(0.05);
    });
    // They do move.
    expect(rapier![11]).toBeGreaterThan(0.1);
    expect(rapier![3]).toBeGreaterThan(0.1);
  });

  it('keep their joints together, and within a few degrees of their limits', () => {
    for (const ant of ants) {
      const errors = measureJointErrors(ant, { episodes: 2, steps: 100 });
      expect(errors.worstExcess).toBeLessThan(15);
      expect(errors.worstDrift).toBeLessThan(10);
      expect(errors.fastestJoint).toBeGreaterThan(5);
    }
  });

  it('hold a joint at its limit against full effort', () => {
    for (const ant of ants) {
      ant.reset(1);
      const push = new Float32Array(8);
      push[0] = 1;
      for (let k = 0; k < 60; k++) ant.step(push);
      expect(Math.abs(ant.state.jointPosition[0]! - 40 * DEGREE), ant.name).toBeLessThan(3 * DEGREE);
    }
  });
});

describe('the action sequence', () => {
  it('is the same for the same seed and holds each action for ten control steps', () => {
    const record = (seed: number): number[][] => {
      const sequence = new ActionSequence();
      const action = new Float32Array(8);
      sequence.begin(seed);
      return Array.from({ length: 30 }, () => {
        sequence.next(action);
        return [...action];
      });
    };
    const [fullEffort, anyEffort] = [record(4), record(5)];
    expect(record(4)).toEqual(fullEffort);
    expect(fullEffort[9]).toEqual(fullEffort[0]);
    expect(fullEffort[10]).not.toEqual(fullEffort[0]);
    expect(fullEffort.flat().every((value) => Math.abs(value) === 1)).toBe(true);
    expect(anyEffort.flat().some((value) => Math.abs(value) < 0.5)).toBe(true);
  });
});
