import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import type { Acknowledgement, JointCommand, RobotState } from '../../../bridge/message-map.js';
import { InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import type { Perturbation } from '../../../policy/perturbation/index.js';
import { mixSeed } from '../../../policy/random.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { loadRapier } from '../../../sim/rapier.js';
import { AntRobot } from '../../../sim/robot/ant-robot.js';
import { RobotNode } from '../../../sim/robot/robot-node.js';
import { perturbation } from '../../policy/perturbation/examples.js';

const PERIOD = ANT_CONTRACT.controlPeriod;
const NAMES = ANT_CONTRACT.joints.map(({ name }) => name);

beforeAll(loadRapier);

/** A simulated Ant on a transport, stepped by the test. */
function robotRig(commandTimeoutPeriods?: number) {
  const clock = new ManualClock(50);
  const transport = new InMemoryTransport();
  const robot = new AntRobot();
  const node = new RobotNode({
    robot,
    transport,
    clock,
    seed: 3,
    ...(commandTimeoutPeriods === undefined ? {} : { commandTimeoutPeriods }),
  });
  const states: RobotState[] = [];
  const answers: Acknowledgement[] = [];
  transport.subscribe('robotState', (state) => states.push(structuredClone(state)));
  transport.subscribe('acknowledgement', (answer) => answers.push(answer));
  return {
    clock,
    transport,
    robot,
    node,
    states,
    answers,
    command(effort: readonly number[], names: readonly string[] = NAMES) {
      const command: JointCommand = {
        stamp: clock.now(),
        names,
        interface: 'effort',
        values: Float64Array.from(effort),
      };
      transport.publish('jointCommand', command);
    },
    steps(count: number) {
      for (let k = 0; k < count; k++) {
        node.step();
        clock.advance(PERIOD);
      }
    },
    perturb(operation: 'begin' | 'end', one: Perturbation) {
      transport.publish('bodyPerturbation', { operation, perturbation: one });
    },
  };
}

describe('the robot node', () => {
  let rig: ReturnType<typeof robotRig>;
  let reference: AntRobot;
  beforeEach(() => {
    rig = robotRig();
    rig.node.start();
    reference = new AntRobot();
    reference.reset(3);
  });
  afterEach(() => {
    rig.node.stop();
    rig.robot.dispose();
    reference.dispose();
  });

  it('publishes the state in which the episode begins, before it moves', () => {
    rig.steps(1);
    const { stamp, episode, joints, torso, feet } = rig.states[0]!;
    expect({ stamp, episode }).toEqual({ stamp: 50, episode: 0 });
    expect(joints.names).toEqual(NAMES);
    expect(joints.position).toEqual(reference.state.jointPosition);
    expect(torso.position[2]).toBe(reference.state.height);
    expect(torso.orientation).toEqual(reference.state.orientation);
    expect(feet).toEqual({ names: ANT_CONTRACT.feet, contact: reference.state.footContact });
  });

  it('does in a period what the newest command says, joints by name, within their limits', () => {
    const efforts = [100, -50, 25, 75, -100, 0, 999, -999];
    rig.steps(1);
    rig.command(Array<number>(8).fill(10));
    rig.command([...efforts].reverse(), [...NAMES].reverse());
    rig.steps(1);
    reference.step(Float32Array.from(efforts, (effort) => Math.max(-1, Math.min(1, effort / 250))));
    const { joints, torso } = rig.states.at(-1)!;
    expect([...joints.effort]).toEqual(
      [100, -50, 25, 75, -100, 0, 250, -250].map((e) => expect.closeTo(e, 4) as number),
    );
    expect(joints.position).toEqual(reference.state.jointPosition);
    expect(joints.velocity).toEqual(reference.state.jointVelocity);
    expect(torso.linearVelocity).toEqual(reference.state.linearVelocity);
    expect([...torso.position]).toEqual([...reference.position]);
  });

  it('goes limp when no command has come for 3 periods', () => {
    rig.steps(1);
    rig.command(Array<number>(8).fill(100));
    rig.steps(5);
    expect(rig.states.map(({ joints }) => joints.effort[0]!.toFixed(0))).toEqual([
      '0',
      '100',
      '100',
      '100',
      '0',
      '0',
    ]);
  });

  it('holds the last effort where it is told to never go limp', () => {
    const holding = robotRig(Infinity);
    holding.node.start();
    holding.steps(1);
    holding.command(Array<number>(8).fill(100));
    holding.steps(50);
    expect(holding.states.at(-1)!.joints.effort[0]).toBeCloseTo(100, 4);
    holding.transport.publish('simulationRequest', { operation: 'restart', id: 'r' });
    holding.steps(2);
    expect(holding.states.at(-1)!.joints.effort[0]).toBe(0);
    holding.robot.dispose();
  });

  it('takes no command for other joints, nor one that is not finite', () => {
    rig.steps(1);
    rig.command(Array<number>(8).fill(100), [...NAMES.slice(1), 'tail']);
    rig.command(Array<number>(7).fill(100));
    rig.command([NaN, 0, 0, 0, 0, 0, 0, 0]);
    rig.command(Array<number>(9).fill(100), [...NAMES, 'tail']);
    rig.steps(1);
    expect(rig.node.refusedCommands).toBe(4);
    expect([...rig.states.at(-1)!.joints.effort]).toEqual(Array(8).fill(0));
    rig.command(Array<number>(8).fill(100));
    rig.steps(1);
    expect(rig.states.at(-1)!.joints.effort[0]).toBeCloseTo(100, 4);
  });

  it('begins another episode when asked to, with the seed that is given or its own next one', () => {
    rig.steps(20);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'first', seed: 77 });
    expect(rig.states.at(-1)!.episode).toBe(0);
    rig.steps(1);
    expect(rig.answers).toEqual([{ id: 'first', from: 'robot', accepted: true, reason: '' }]);
    reference.reset(77);
    expect(rig.states.at(-1)!.episode).toBe(1);
    expect(rig.states.at(-1)!.joints.position).toEqual(reference.state.jointPosition);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'second' });
    rig.steps(1);
    reference.reset(mixSeed(3, 2));
    expect(rig.states.at(-1)!.joints.position).toEqual(reference.state.jointPosition);
  });

  it('tells a restart that another one replaced in the same control period, by which', () => {
    rig.steps(20);
    const morphology = 'left_back';
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'first', morphology, seed: 1 });
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'second', seed: 77 });
    expect(rig.answers).toEqual([
      {
        id: 'first',
        from: 'robot',
        accepted: false,
        code: 'ERR_OPERATOR_REQUEST',
        reason: "another restart, 'second', came in the same control period",
      },
    ]);
    rig.steps(1);
    expect(rig.answers.slice(1)).toEqual([{ id: 'second', from: 'robot', accepted: true, reason: '' }]);
    // Of the one that was replaced nothing stays, neither its body.
    reference.reset(77);
    expect(rig.states.at(-1)!.episode).toBe(1);
    for (let k = 0; k < 30; k++) reference.step(new Float32Array(8));
    rig.steps(30);
    expect(rig.states.at(-1)!.joints.position).toEqual(reference.state.jointPosition);
    rig.steps(1);
    expect(rig.answers).toHaveLength(2);
  });

  it('takes a restart that comes twice for one', () => {
    rig.steps(1);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'twice' });
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'twice' });
    rig.steps(1);
    expect(rig.answers).toEqual([{ id: 'twice', from: 'robot', accepted: true, reason: '' }]);
  });

  it('refuses a body that there is none of at once, and keeps the restart that was asked for before', () => {
    rig.steps(1);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'good' });
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'bad', morphology: 'octopus' });
    expect(rig.answers.map(({ id, accepted }) => [id, accepted])).toEqual([['bad', false]]);
    rig.steps(1);
    expect(rig.answers.map(({ id, accepted }) => [id, accepted])).toEqual([
      ['bad', false],
      ['good', true],
    ]);
  });

  it('begins the episode that was asked for before a pause, and stands still at its beginning', () => {
    rig.steps(5);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'again', seed: 77 });
    rig.transport.publish('simulationRequest', { operation: 'pause', id: 'pause', paused: true });
    rig.steps(5);
    expect(rig.answers.map(({ id, accepted }) => [id, accepted])).toEqual([
      ['pause', true],
      ['again', true],
    ]);
    expect(rig.states.filter(({ episode }) => episode === 1)).toHaveLength(1);
    rig.transport.publish('simulationRequest', { operation: 'pause', id: 'on', paused: false });
    rig.steps(2);
    expect(rig.states.filter(({ episode }) => episode === 1)).toHaveLength(3);
  });

  it('refuses a restart with other rules: its controller is not its own', () => {
    rig.steps(1);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'rules', bundle: 'ant' });
    rig.steps(1);
    expect(rig.answers).toEqual([
      {
        id: 'rules',
        from: 'robot',
        accepted: false,
        code: 'ERR_OPERATOR_REQUEST',
        reason: "the rules 'ant' are its controller's, which is a program of its own",
      },
    ]);
    expect(rig.states.at(-1)!.episode).toBe(0);
  });

  it('goes on after a fall', () => {
    rig.steps(1);
    for (const target of ['left_front', 'right_front', 'left_back', 'right_back']) {
      rig.perturb('begin', perturbation({ component: 'leg', type: 'shorten', target, value: 0.02 }));
    }
    rig.steps(100);
    expect(rig.node.fallen).toBe(true);
    const { length } = rig.states;
    rig.steps(10);
    expect(rig.states).toHaveLength(length + 10);
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'up' });
    rig.steps(2);
    expect(rig.node.fallen).toBe(false);
  });

  it('says nothing after its stop', () => {
    rig.steps(1);
    rig.node.stop();
    rig.transport.publish('simulationRequest', { operation: 'restart', id: 'late' });
    rig.perturb(
      'begin',
      perturbation({ component: 'leg', type: 'shorten', target: 'left_front', value: 0.1 }),
    );
    expect(rig.answers).toEqual([]);
  });

  describe('damaged', () => {
    const short = perturbation({ component: 'leg', type: 'shorten', target: 'left_front', value: 0.1 });
    const locked = perturbation({ component: 'joint', type: 'locked', target: 'left_front_hip' });

    it('shortens a foot and gives it back', () => {
      rig.steps(1);
      rig.perturb('begin', short);
      expect(rig.answers.at(-1)).toEqual({ id: short.id, from: 'robot', accepted: true, reason: '' });
      reference.body.setFootLength('left_front', 0.1);
      rig.steps(30);
      for (let k = 0; k < 30; k++) reference.step(new Float32Array(8));
      expect(rig.states.at(-1)!.joints.position).toEqual(reference.state.jointPosition);
      rig.perturb('end', short);
      reference.body.setFootLength('left_front', 0.4);
      rig.steps(30);
      for (let k = 0; k < 30; k++) reference.step(new Float32Array(8));
      expect(rig.states.at(-1)!.joints.position).toEqual(reference.state.jointPosition);
    });

    it('holds a locked joint where it is against full effort, and lets it go', () => {
      rig.steps(1);
      rig.perturb('begin', locked);
      const at = rig.states.at(-1)!.joints.position[0]!;
      for (let k = 0; k < 20; k++) {
        rig.command([250, 0, 0, 0, 0, 0, 0, 0]);
        rig.steps(1);
        expect(Math.abs(rig.states.at(-1)!.joints.position[0]! - at)).toBeLessThan(0.03);
      }
      rig.perturb('end', locked);
      for (let k = 0; k < 20; k++) {
        rig.command([250, 0, 0, 0, 0, 0, 0, 0]);
        rig.steps(1);
      }
      expect(rig.states.at(-1)!.joints.position[0]! - at).toBeGreaterThan(0.2);
    });

    it('locks both joints of a leg', () => {
      rig.steps(1);
      rig.perturb('begin', perturbation({ component: 'leg', type: 'locked', target: 'right_back' }));
      const at = rig.states.at(-1)!.joints.position.slice(6);
      for (let k = 0; k < 20; k++) {
        rig.command([0, 0, 0, 0, 0, 0, 250, 250]);
        rig.steps(1);
      }
      for (const j of [0, 1]) {
        expect(Math.abs(rig.states.at(-1)!.joints.position[6 + j]! - at[j]!)).toBeLessThan(0.05);
      }
    });

    it('is whole again in the next episode', () => {
      rig.steps(1);
      rig.perturb('begin', short);
      rig.perturb('begin', locked);
      rig.transport.publish('simulationRequest', { operation: 'restart', id: 'again', seed: 5 });
      rig.steps(1);
      // What the controller says afterwards, when it hears of the new episode, changes nothing any more.
      rig.perturb('end', short);
      rig.perturb('end', locked);
      reference.reset(5);
      for (let k = 0; k < 30; k++) {
        rig.command([200, 100, 0, 0, 0, 0, 0, 0]);
        rig.steps(1);
        reference.step(Float32Array.of(0.8, 0.4, 0, 0, 0, 0, 0, 0));
      }
      expect(rig.states.at(-1)!.joints.position).toEqual(reference.state.jointPosition);
    });

    it('refuses what its body does not have', () => {
      rig.perturb('begin', { ...short, target: 'middle' });
      expect(rig.answers.at(-1)).toEqual({
        id: short.id,
        from: 'robot',
        accepted: false,
        code: 'ERR_PERTURBATION_UNSUPPORTED',
        reason: "the Ant has no leg 'middle'; it has left_front, right_front, left_back, right_back",
      });
    });
  });
});
