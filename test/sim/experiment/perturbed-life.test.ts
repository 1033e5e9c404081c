import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { ControlLoop } from '../../../bridge/control-loop.js';
import { Controller } from '../../../bridge/controller.js';
import type { SafetySettings } from '../../../bridge/supervisor/safety-settings.js';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { shippedRules } from '../../../launch/shipped-rules.js';
import { decodeBundle, networkFromBundle } from '../../../policy/bundle/rule-bundle.js';
import { parsePerturbation, type Perturbation } from '../../../policy/perturbation/index.js';
import { mixSeed } from '../../../policy/random.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { AntEnvironment } from '../../../sim/ant/ant-environment.js';
import { parseMorphologySource } from '../../../sim/ant/morphology.js';
import { BLOWN_UP } from '../../../sim/evaluation/blown-up.js';
import { Rollout } from '../../../sim/evaluation/rollout.js';
import { PerturbedLife, snapshotOf, type LifePlan } from '../../../sim/experiment/perturbed-life.js';
import { loadRapier } from '../../../sim/rapier.js';
import { AntRobot } from '../../../sim/robot/ant-robot.js';
import { RobotNode } from '../../../sim/robot/robot-node.js';

beforeAll(loadRapier);

const PERIOD = ANT_CONTRACT.controlPeriod;
const bundle = decodeBundle(readFileSync(shippedRules()), 'the shipped rules');
const SUBJECT = { contract: ANT_CONTRACT, layers: 3, simulated: true };

/** Nothing between the policy and the joints: a supervisor that never finds anything. */
const NO_LIMITS: Partial<SafetySettings> = {
  fadeInTime: 0,
  largestActionRate: Infinity,
  largestTilt: Infinity,
  positionMargin: Infinity,
  largestJointVelocity: Infinity,
  largestJointEffort: Infinity,
  leastInputRate: 0,
  weightRms: { freeze: Infinity, damp: Infinity, stop: Infinity },
};

const EVERYTHING = [
  [20, 'leg:left_front:shorten=0.1', 100],
  [30, 'sensor:roll:noise=0.3', 60],
  [40, 'sensor:velocity_x:delay=7', 20],
  [60, 'weights:zero=0.33'],
  [90, 'outputs:saturated=1', 15],
  [120, 'joint:right_back_hip:locked', 40],
  [125, 'plasticity:freeze', 30],
  [130, 'leg:left_back:weak=0.4', 35],
  [140, 'sensor:pitch:drop=0.5', 20],
  [170, 'weights:reset'],
  [180, 'weights:layer_2:zero=0.5'],
  [190, 'joint:left_front_ankle:off'],
] as const;

function perturbationsOf(texts: readonly (readonly [number, string, number?])[]): Perturbation[] {
  return texts.map(([step, text, duration], n) => {
    const lasting = duration === undefined ? '' : `+${duration * PERIOD}`;
    const verdict = parsePerturbation(`${text}@${step * PERIOD}${lasting}`, `${n}`, SUBJECT);
    if (!verdict.accepted) throw new Error(`${text}: ${verdict.reason}`);
    return verdict.perturbation;
  });
}

/** The distance that an observer of the robot's messages sees, in lock-step over the in-memory transport. */
function distanceOverTransport(seed: number, steps: number, perturbations: readonly Perturbation[]): number {
  const clock = new ManualClock();
  const network = new InMemoryNetwork();
  const robotEnd = new InMemoryTransport(network);
  const robot = new AntRobot();
  const node = new RobotNode({ robot, transport: robotEnd, clock, seed });
  const controller = new Controller({
    transport: new InMemoryTransport(network),
    clock,
    policy: networkFromBundle(bundle),
    contract: ANT_CONTRACT,
    // Of the weights; what a life headless derives from the seed of the robot.
    seed: mixSeed(seed, 1),
    simulated: true,
    safety: NO_LIMITS,
  });
  const positions: number[] = [];
  robotEnd.subscribe('robotState', ({ torso }) => positions.push(torso.position[0]!));
  for (const perturbation of perturbations) {
    robotEnd.publish('perturbationRequest', { operation: 'begin', perturbation });
  }
  node.start();
  new ControlLoop(clock, PERIOD, node.step).start(0);
  controller.activate(PERIOD / 2);
  clock.advance((steps + 0.25) * PERIOD);
  expect(controller.status()).toMatchObject({ state: 'running', safeSteps: 0, steps });
  robot.dispose();
  let distance = 0;
  for (let k = 1; k <= steps; k++) distance += (positions[k]! - positions[k - 1]!) / PERIOD;
  return distance;
}

function live(plan: Partial<LifePlan>, morphology = 'intact') {
  const network = networkFromBundle(bundle);
  const robot = new AntRobot({ morphology: parseMorphologySource(morphology)!, horizon: plan.steps ?? 200 });
  const life = new PerturbedLife(network, robot).run({ seed: 5, steps: 200, perturbations: [], ...plan });
  robot.dispose();
  return { life, network };
}

describe('a life with perturbations', () => {
  it.each([1, 2])('is the one that controller and robot lead in lock-step, to the bit (seed %i)', (seed) => {
    const perturbations = perturbationsOf(EVERYTHING);
    const { life } = live({ seed, perturbations });
    expect(life.steps).toBe(200);
    expect(life.distance).toBe(distanceOverTransport(seed, 200, perturbations));
    expect(life.distance).not.toBe(live({ seed }).life.distance);
  });

  it.each(['intact', 'left_back:0.2', 'random'])(
    'is that of `hebbridge evaluate`, to the bit, where nothing is perturbed (%s)',
    (morphology) => {
      const network = networkFromBundle(bundle);
      const environment = new AntEnvironment({
        morphology: parseMorphologySource(morphology)!,
        horizon: 200,
      });
      const whole = { ...new Rollout(network, environment).run(5, { horizon: 200 }) };
      const frozen = { ...new Rollout(network, environment).run(5, { horizon: 200, freezeAt: 30 }) };
      environment.dispose();
      const { life } = live({}, morphology);
      expect(life).toMatchObject({ distance: whole.distance, steps: whole.steps });
      expect(life.actionChange).toBe(whole.actionChange);
      expect(life.saturated.reduce((a, b) => a + b) / 8).toBeCloseTo(whole.saturated, 12);
      expect(live({ freezeStep: 30 }, morphology).life.distance).toBe(frozen.distance);
    },
  );

  it('is the same with its plasticity frozen by the plan and by a perturbation', () => {
    const { life } = live({ perturbations: perturbationsOf([[40, 'plasticity:freeze']]) });
    expect(live({ freezeStep: 40 }).life).toEqual(life);
  });

  it('keeps speeds that add up to its distance', () => {
    const { speed, distance } = live({ keepSpeed: true }).life;
    expect(speed).toHaveLength(200);
    expect(speed!.reduce((a, b) => a + b)).toBeCloseTo(distance, 3);
  });

  it('shows the weights that a step begins with: zeroed ones are zero, and not yet changed', () => {
    const network = networkFromBundle(bundle);
    const robot = new AntRobot({ horizon: 60 });
    const zeros: number[] = [];
    new PerturbedLife(network, robot).run({
      seed: 1,
      steps: 60,
      perturbations: perturbationsOf([[50, 'weights:zero=0.25']]),
      onStep: (step) => {
        const weights = snapshotOf(network, step).layers.flatMap(({ values }) => [...values]);
        zeros.push(weights.filter((value) => value === 0).length);
      },
    });
    robot.dispose();
    expect(zeros).toHaveLength(61);
    expect(zeros[49]).toBe(0);
    expect(zeros[50]).toBe(12_288 / 4);
    expect(zeros[51]).toBeLessThan(10);
  });

  it('ends when the robot has fallen', () => {
    const legs = ['left_front', 'right_front', 'left_back', 'right_back'];
    const stumps = legs.map((leg) => [10, `leg:${leg}:shorten=0.02`] as const);
    const { life } = live({ perturbations: perturbationsOf(stumps), steps: 400, keepSpeed: true });
    expect(life.fell).toBe(true);
    expect(life.steps).toBeLessThan(400);
    expect(life.speed).toHaveLength(400);
  });

  it('ends as a fall, and as the worst there is, when its weights outgrow all numbers', () => {
    const { network: rules, coefficients } = bundle;
    const diverging = {
      ...bundle,
      network: { ...rules, bounding: { kind: 'none' } as const },
      coefficients: coefficients!.map((value) => 1e30 * value),
    };
    const robot = new AntRobot({ horizon: 200 });
    const network = networkFromBundle(diverging);
    const life = new PerturbedLife(network, robot).run({
      seed: 5,
      steps: 200,
      perturbations: [],
      keepSpeed: true,
    });
    robot.dispose();
    expect(life).toMatchObject({ fell: true, distance: BLOWN_UP });
    expect(life.steps).toBeLessThan(200);
    expect([life.actionChange, ...life.saturated, ...life.speed!].every(Number.isFinite)).toBe(true);
  });
});
