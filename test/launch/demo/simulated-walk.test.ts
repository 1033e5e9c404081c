import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import type { Acknowledgement } from '../../../bridge/index.js';
import { DemoKeys } from '../../../launch/demo/demo-keys.js';
import { reportOn, reportText, statusLine } from '../../../launch/demo/demo-report.js';
import { SimulatedWalk } from '../../../launch/demo/simulated-walk.js';
import { mixSeed } from '../../../policy/random.js';
import { ANT_CONTRACT, ANT_LEGS } from '../../../policy/robot-contract.js';
import { loadRapier } from '../../../sim/rapier.js';
import { AntRobot } from '../../../sim/robot/ant-robot.js';
import { offered, randomAntRules } from './ant-rules.js';

beforeAll(loadRapier);

const PERIOD = ANT_CONTRACT.controlPeriod;

describe('a simulated walk', () => {
  let clock: ManualClock;
  let robot: AntRobot;
  let walk: SimulatedWalk;
  let keys: DemoKeys;
  let quits: number;
  beforeEach(() => {
    clock = new ManualClock();
    robot = new AntRobot();
    walk = new SimulatedWalk({
      robot,
      morphology: 'intact',
      bundles: [offered('random', randomAntRules()), offered('wider', randomAntRules([28, 32, 8]))],
      clock,
      seed: 4,
      statusPeriod: 1,
    });
    quits = 0;
    keys = new DemoKeys(walk, () => quits++);
    walk.start();
    clock.advance(60.75 * PERIOD);
  });
  afterEach(() => walk.stop());
  const active = () => {
    clock.advance(2 * PERIOD);
    return walk.status.activePerturbations.map(({ id }) => id);
  };

  it('acts upon every state within its period', () => {
    expect(walk.controller.status()).toMatchObject({
      state: 'running',
      steps: 61,
      safeSteps: 0,
      overruns: 0,
    });
    expect(walk.controller.status().stateAge).toBeCloseTo(0.75 * PERIOD, 9);
  });

  it('adds up the way along +x, over restarts', () => {
    const reference = new AntRobot();
    reference.reset(4);
    const begin = reference.position[0]!;
    reference.dispose();
    const first = robot.position[0]! - begin;
    expect(walk.travelled.distance).toBeCloseTo(first, 12);
    expect(walk.travelled.periods).toBe(60);
    keys.press('n');
    clock.advance(PERIOD);
    const again = robot.position[0]!;
    clock.advance(20 * PERIOD);
    expect(walk.travelled.distance).toBeCloseTo(first + robot.position[0]! - again, 12);
    expect(walk.travelled.periods).toBe(80);
  });

  it('tells in its report what the paper would, and what a person can read', () => {
    const report = reportOn(walk, 4, PERIOD);
    expect(report).toMatchObject({
      bundle: 'random.safetensors',
      morphology: 'intact',
      seed: 4,
      steps: 61,
      overruns: 0,
      frozen: false,
      fallen: false,
    });
    expect(report.distanceUnits).toBeCloseTo(report.distance / PERIOD, 9);
    expect(report.meanSpeed).toBeCloseTo(report.distance / (60 * PERIOD), 9);
    expect(report.duration).toBeCloseTo(60.75 * PERIOD, 9);
    expect(reportText(report)).toMatch(
      /^walked -?\d+\.\d m \(-?\d+ units\) in 1\.0 s, -?\d\.\d\d m\/s on average\n61 control steps/,
    );
  });

  it('tells in a line how it is going', () => {
    expect(statusLine(walk, 1.25)).toMatch(
      /^ {3}1\.0 s +-?\d+\.\d m {3}1\.25 m\/s {2}weights [\d.]+ {2}step 0\.00 ms {2}plastic {2}intact$/,
    );
    keys.press('1');
    keys.press('f');
    clock.advance(PERIOD);
    expect(statusLine(walk, 0)).toMatch(/frozen {2}leg:left_front:shorten=0\.1$/);
    walk.operator.publish('simulationRequest', { operation: 'restart', id: 'r', morphology: 'right_back' });
    clock.advance(60 * PERIOD);
    keys.press('1');
    clock.advance(PERIOD);
    expect(statusLine(walk, 0)).toMatch(/right_back {2}leg:left_front:shorten=0\.1$/);
  });

  it('has a key for each leg that shortens it and gives it back', () => {
    ANT_LEGS.forEach((leg, n) => {
      expect(keys.press(`${n + 1}`)).toBe(`${leg} short`);
      expect(active()).toEqual([`key-${leg}`]);
      expect(keys.press(`${n + 1}`)).toBe(`${leg} whole`);
      expect(active()).toEqual([]);
    });
  });

  it('has keys that freeze, saturate for 2 s, zero and reset', () => {
    expect(keys.press('f')).toBe('weights frozen');
    expect(keys.press('s')).toBe('outputs saturated');
    expect(active()).toEqual(['key-freeze', 'key-saturate']);
    expect([...robot.appliedEffort]).toEqual(Array(8).fill(250));
    const frozen = walk.status.weightRms!;
    expect(keys.press('z')).toBe('a third of the weights zeroed');
    clock.advance(2.1);
    expect(active()).toEqual(['key-freeze']);
    const zeroed = walk.controller.status().weightRms!;
    expect(zeroed).toBeLessThan(0.95 * frozen);
    expect(keys.press('r')).toBe('weights reset');
    clock.advance(PERIOD);
    expect(walk.controller.status().weightRms).toBeCloseTo(0.1 / Math.sqrt(3), 2);
    expect(keys.press('f')).toBe('plastic again');
    expect(active()).toEqual([]);
  });

  it('says why a key was refused', () => {
    walk.ask({
      operation: 'begin',
      perturbation: { id: 'other', component: 'leg', type: 'shorten', target: 'left_front', value: 0.2 },
    });
    expect(keys.press('1')).toBe(
      "refused: the length of left_front is held by 'other' at that time; end 'other' first",
    );
  });

  describe('restarted with other rules', () => {
    let answers: Acknowledgement[];
    beforeEach(() => {
      answers = [];
      walk.operator.subscribe('acknowledgement', (answer) => answers.push(answer));
    });
    const restart = (choice: { bundle?: string; morphology?: string }): void => {
      walk.operator.publish('simulationRequest', { operation: 'restart', id: 'r', ...choice });
      clock.advance(PERIOD);
    };

    it('goes on under them, from random weights, after a safe command and through a fade-in', () => {
      const commands: number[][] = [];
      walk.operator.subscribe('jointCommand', ({ values }) => commands.push([...values]));
      const phases: string[] = [];
      walk.operator.subscribe('status', ({ state }) => phases.push(state));
      restart({ bundle: 'wider' });
      expect(answers).toMatchObject([{ id: 'r', from: 'robot', accepted: true }]);
      expect(commands[0]).toEqual(Array(8).fill(0));
      clock.advance(1);
      expect(phases.slice(0, 4)).toEqual(['finalized', 'waiting', 'fading', 'running']);
      expect(Math.max(...commands[1]!.map(Math.abs))).toBeLessThan(0.1 * 250);
      expect(walk.controller.status().plasticity?.layerRms).toHaveLength(2);
      expect(walk.bundle.name).toBe('wider');
      expect(walk.status.steps).toBeLessThan(70);
    });

    it('counts on in its report', () => {
      restart({ bundle: 'wider', morphology: 'left_back' });
      clock.advance(1);
      const { time } = walk.controller.status();
      expect(reportOn(walk, 4, PERIOD)).toMatchObject({
        bundle: 'wider.safetensors',
        morphology: 'left_back',
        steps: 61 + walk.controller.status().steps,
        safeSteps: 1 + walk.controller.status().safeSteps,
      });
      expect(walk.work.time - time).toBeGreaterThan(60 * PERIOD);
    });

    it('stays stopped where it was stopped, and keeps its goal', () => {
      walk.operator.publish('operatorRequest', { operation: 'goal-heading', id: 'g', heading: 1 });
      keys.press(' ');
      restart({ bundle: 'wider' });
      const commands: number[] = [];
      walk.operator.subscribe('jointCommand', ({ values }) => commands.push(...values));
      clock.advance(1);
      expect(walk.status).toMatchObject({ state: 'stopped', latched: 'emergency stop' });
      expect(commands.every((value) => value === 0)).toBe(true);
      keys.press('c');
      clock.advance(1);
      expect(walk.status.state).toBe('running');
      expect(walk.controller.goalHeading).toBe(1);
    });

    it('ends what was done to the robot before', () => {
      keys.press('1');
      keys.press('f');
      restart({ bundle: 'wider' });
      expect(active()).toEqual([]);
      expect(walk.status.frozen).toBe(false);
    });

    it('is only restarted where they are those that it has', () => {
      const { controller } = walk;
      restart({ bundle: 'random' });
      expect(walk.controller).toBe(controller);
      expect(answers).toMatchObject([{ id: 'r', accepted: true }]);
    });

    it.each(['', 'unheard-of', '/etc/passwd', 'random.safetensors', '../random'])(
      'goes on as before where %j is none that it offers',
      (bundle) => {
        const { controller } = walk;
        restart({ bundle, morphology: 'left_back' });
        expect(answers).toEqual([
          {
            id: 'r',
            from: 'robot',
            accepted: false,
            code: 'ERR_OPERATOR_REQUEST',
            reason: `there is no bundle '${bundle}'; there are random, wider`,
          },
        ]);
        expect(walk.controller).toBe(controller);
        expect(walk.morphology).toBe('intact');
        keys.press('n');
        clock.advance(PERIOD);
        const whole = new AntRobot();
        whole.reset(mixSeed(4, 1));
        expect(robot.observation).toEqual(whole.observation);
        whole.dispose();
      },
    );
  });

  it('leaves at q and Ctrl-C, and does nothing at other keys', () => {
    expect(keys.press('x')).toBeUndefined();
    expect(keys.press('0')).toBeUndefined();
    expect(quits).toBe(0);
    keys.press('q');
    keys.press('\x03');
    expect(quits).toBe(2);
  });

  it('stops with the safe command and gives everything back', async () => {
    const commands: number[][] = [];
    walk.operator.subscribe('jointCommand', ({ values }) => commands.push([...values]));
    await walk.stop();
    expect(commands).toEqual([Array(8).fill(0)]);
    clock.advance(1);
    expect(commands).toHaveLength(1);
  });
});
