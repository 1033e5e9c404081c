import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../launch/commands/index.js';
import { wishesOf } from '../../launch/operator-wishes.js';
import { runLine } from './command-line.js';

/** Runs hebbridge where no ROS 2 is sourced. */
const run = (...typed: string[]) => runLine(typed, { commands: COMMANDS });

describe('hebbridge perturb, before anything is sent,', () => {
  it.each([
    ['legs:left_front:off', 'ERR_PERTURBATION_SYNTAX', 'TEXT: component: '],
    ['leg:left_front:of', 'ERR_PERTURBATION_SYNTAX', 'TEXT: type: '],
    ['leg:left_front:zero', 'ERR_PERTURBATION_KIND', 'leg takes off, weak, locked, shorten'],
    ['leg:off', 'ERR_PERTURBATION_TARGET', 'leg:off needs a target: the name of a leg'],
    ['leg:left_front:weak=2', 'ERR_PERTURBATION_VALUE', 'leg:weak takes a number from 0 to 1'],
    ['left_front', 'ERR_PERTURBATION_SYNTAX', 'is not of the form component[:target]:type'],
    [`sensor:${'roll'.repeat(20)}:drop`, 'ERR_USAGE', 'is longer than 64 characters'],
  ])('refuses %s with what would be right', async (text, code, reason) => {
    const { exitCode, stderr } = await run('perturb', 'plasticity:freeze', text);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`hebbridge: ${code}: TEXT: `);
    expect(stderr).toContain(reason);
  });

  it.each([
    [[], 'nothing to do: give perturbations, --end, --list'],
    [['--list', 'outputs:off'], '--list: stands alone'],
    [['--freeze', '--thaw'], '--freeze and --thaw contradict each other'],
  ])('refuses %j', async (words, reason) => {
    const { exitCode, stderr } = await run('perturb', ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`hebbridge: ERR_USAGE: ${reason}`);
  });

  it('leaves names that only the robot knows to the controller', async () => {
    const { exitCode, stderr } = await run('perturb', 'leg:sixth:off');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERR_ROS_MISSING');
  });
});

describe('what an operator wants', () => {
  const nothing = { texts: [], end: [], estop: false, freeze: false, thaw: false, resetWeights: false };
  const joint = {
    text: 'joint:a:off',
    perturbation: { id: 'joint:a:off', component: 'joint', type: 'off', target: 'a', start: 0 },
  } as const;

  it('is asked with what stops first and what perturbs last', () => {
    const wishes = wishesOf({ ...nothing, texts: [joint], end: ['b'], estop: true, resetWeights: true });
    expect(wishes.map(({ text }) => text)).toEqual(['estop', 'reset-weights', 'end b', 'joint:a:off']);
  });

  it('is asked again and again only where it is an emergency stop', () => {
    const wishes = wishesOf({ ...nothing, estop: true, freeze: true, resetWeights: true, texts: [joint] });
    expect(wishes.filter(({ urgent }) => urgent).map(({ text }) => text)).toEqual(['estop']);
  });

  it('has to be granted by the robot too where it is about its body, and now', () => {
    const leg = { id: 'x', component: 'leg', type: 'locked', target: 'a', start: 0 } as const;
    const wishes = wishesOf({
      ...nothing,
      texts: [
        joint,
        { text: 'now', perturbation: leg },
        { text: 'later', perturbation: { ...leg, start: 10 } },
      ],
    });
    expect(wishes.filter(({ ofRobot }) => ofRobot).map(({ text }) => text)).toEqual(['now']);
  });
});

describe('hebbridge guard', () => {
  it.each([
    ['command.type:=trajectory', "command.type: 'trajectory' cannot be guarded"],
    ['use_sim_time:=true', 'use_sim_time: true cannot be guarded'],
  ])('refuses a controller with %s, and says why', async (setting, reason) => {
    const { exitCode, stderr } = await run('guard', '--ros-args', '-p', setting);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`hebbridge: ERR_SETTING: ${reason}`);
  });

  it("reads the controller's parameters, whatever it is called itself", async () => {
    const ofOther = ['--ros-args', '-r', '__node:=watchdog', '-p', 'spot:command.type:=trajectory'];
    expect((await run('guard', '--controller', 'spot', ...ofOther)).stderr).toContain('ERR_SETTING');
    expect((await run('guard', ...ofOther)).stderr).toContain('ERR_ROS_MISSING');
  });

  it('needs ROS 2', async () => {
    const { exitCode, stderr } = await run('guard');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERR_ROS_MISSING');
  });
});

describe('hebbridge doctor', () => {
  it('finds this machine fit for npm start, without ROS 2', async () => {
    const { exitCode, stdout } = await run('doctor', '--json');
    const { good, checks } = JSON.parse(stdout) as { good: boolean; checks: Record<string, unknown>[] };
    expect(good).toBe(true);
    expect(exitCode).toBe(0);
    const needed = checks.filter((check) => check['needed']);
    expect(needed.map(({ subject, result }) => [subject, result])).toEqual([
      ['Node', 'ok'],
      ['SIMD kernel', 'ok'],
      ['rules', 'ok'],
      ['Rapier', 'ok'],
    ]);
    expect(checks.find(({ subject }) => subject === 'ROS 2')).toMatchObject({ result: 'missing' });
  });

  it('ends with exit code 1 where a broker that was asked for is not there', async () => {
    const { exitCode, stdout } = await run('doctor', '--broker', 'mqtt://127.0.0.1:1');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('mqtt://127.0.0.1:1: ECONNREFUSED');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('Not ready: broker.');
  });
});
