import { beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { ControlLoop } from '../../bridge/control-loop.js';
import { Controller } from '../../bridge/controller.js';
import type { Acknowledgement, ControllerStatus } from '../../bridge/message-map.js';
import { InMemoryNetwork, InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import { parsePerturbation } from '../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { loadRapier } from '../../sim/rapier.js';
import { AntRobot } from '../../sim/robot/ant-robot.js';
import { RobotNode } from '../../sim/robot/robot-node.js';
import { PERIOD, plasticNetwork, SAFE, UNLIMITED } from './controller-rig.js';

beforeAll(loadRapier);

const SUBJECT = { contract: ANT_CONTRACT, layers: 2, simulated: true };

/** A controller and a simulated Ant, each with its endpoint and loop, on one clock that the test moves. */
function walkingAnt(seed: number, perturbations: readonly string[] = []) {
  const clock = new ManualClock();
  const network = new InMemoryNetwork();
  const robotEnd = new InMemoryTransport(network);
  const controllerEnd = new InMemoryTransport(network);
  const robot = new AntRobot();
  const policy = plasticNetwork();
  const node = new RobotNode({ robot, transport: robotEnd, clock, seed });
  const controller = new Controller({
    transport: controllerEnd,
    clock,
    policy,
    contract: ANT_CONTRACT,
    seed,
    simulated: true,
    safety: UNLIMITED,
  });
  const robotLoop = new ControlLoop(clock, robot.controlPeriod, node.step);
  const commands: number[][] = [];
  const observations: Float32Array[] = [];
  const answers: Acknowledgement[] = [];
  const statuses: ControllerStatus[] = [];
  controllerEnd.subscribe('jointCommand', ({ values }) => {
    commands.push([...values]);
    observations.push(controller.observation.slice());
  });
  robotEnd.subscribe('acknowledgement', (answer) => answers.push(answer));
  robotEnd.subscribe('status', (status) => statuses.push(status));
  node.start();
  robotLoop.start(0);
  controller.activate(PERIOD / 2);
  perturbations.forEach((text, n) => {
    const verdict = parsePerturbation(text, `${n}`, SUBJECT);
    if (!verdict.accepted) throw new Error(verdict.reason);
    robotEnd.publish('perturbationRequest', { operation: 'begin', perturbation: verdict.perturbation });
  });
  return { clock, robot, robotEnd, robotLoop, policy, controller, commands, observations, answers, statuses };
}

describe('controller and simulated robot in lock-step', () => {
  it('do what policy and environment do when they are called in turn, bit for bit', () => {
    const { clock, robot, commands, observations } = walkingAnt(11);
    clock.advance(300 * PERIOD);
    const policy = plasticNetwork();
    const environment = new AntRobot();
    policy.reset(11);
    environment.reset(11);
    const action = new Float32Array(8);
    for (let step = 0; step < 300; step++) {
      expect(observations[step]).toEqual(environment.observation);
      policy.act(environment.observation, action);
      expect(commands[step]).toEqual([...action].map((value) => value * 250));
      environment.step(action);
    }
    expect(commands).toHaveLength(300);
    robot.dispose();
    environment.dispose();
  });

  it('send the same commands for the same seed, and others for another', () => {
    const run = (seed: number) => {
      const { clock, robot, commands } = walkingAnt(seed, [
        'leg:left_front:shorten=0.1@1+1',
        'weights:zero=0.33@2',
      ]);
      clock.advance(200 * PERIOD);
      robot.dispose();
      return commands;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('go through a damage that ends by itself, and through one that is ended', () => {
    const { clock, robot, robotEnd, answers, controller } = walkingAnt(1, [
      'leg:left_front:shorten=0.1@1+1',
      'joint:right_back_hip:locked@1',
    ]);
    const active = () => controller.status().activePerturbations.map(({ id }) => id);
    expect(answers.map(({ from, accepted }) => ({ from, accepted }))).toEqual([
      { from: 'controller', accepted: true },
      { from: 'controller', accepted: true },
    ]);
    clock.advance(0.9);
    expect(active()).toEqual([]);
    clock.advance(0.2);
    expect(active()).toEqual(['0', '1']);
    expect(answers.slice(2)).toMatchObject([
      { from: 'robot', accepted: true },
      { from: 'robot', accepted: true },
    ]);
    const locked = robot.state.jointPosition[6]!;
    clock.advance(1);
    expect(active()).toEqual(['1']);
    expect(Math.abs(robot.state.jointPosition[6]! - locked)).toBeLessThan(0.05);
    robotEnd.publish('perturbationRequest', { operation: 'end', id: '1' });
    clock.advance(0.1);
    expect(active()).toEqual([]);
    robot.dispose();
  });

  it('come through a robot that falls silent: safe commands, and on with it when it is back', () => {
    const { clock, robot, robotLoop, controller, commands, statuses } = walkingAnt(1);
    clock.advance(50 * PERIOD);
    robotLoop.stop();
    clock.advance(10 * PERIOD);
    expect(controller.status()).toMatchObject({
      state: 'holding',
      reason: 'the newest robot state is too old',
    });
    expect(commands.slice(-6)).toEqual(Array(6).fill(SAFE));
    robotLoop.start();
    clock.advance(PERIOD);
    expect(controller.status().state).toBe('running');
    expect(statuses.map(({ state }) => state)).toEqual(['waiting', 'running', 'holding', 'running']);
    robot.dispose();
  });

  it('begin again together, with another life of the policy', () => {
    const { clock, robot, robotEnd, commands, controller } = walkingAnt(1);
    clock.advance(50 * PERIOD);
    robotEnd.publish('simulationRequest', { operation: 'restart', id: 'again', seed: 1 });
    clock.advance(3 * PERIOD);
    expect(controller.observation[0], 'height above that at reset').toBeCloseTo(0, 1);
    expect(commands.at(-1)).not.toEqual(commands[1]);
    expect(controller.status().state).toBe('running');
    robot.dispose();
  });
});
