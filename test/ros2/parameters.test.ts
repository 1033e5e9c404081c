import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { startProgram } from './program.js';
import { describeWithRos } from './ros-environment.js';
import { parameters, useStage } from './stage.js';

const BOOL = 1;
const INTEGER = 2;
const DOUBLE = 3;
const STRING = 4;
const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-'));
afterAll(() => rmSync(folder, { recursive: true }));

describeWithRos('the parameters of the control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('come from files and -p, the later ones winning, and are told by ROS 2', async () => {
    const file = path.join(folder, 'ant.yaml');
    writeFileSync(file, '/**:\n  ros__parameters:\n    seed: 7\n    limits:\n      tilt: 0.5\n');
    stage.control(['--params-file', file, ...parameters({ seed: 9 })]);
    expect(await stage.onlooker.getParameter('seed')).toMatchObject({ type: 2, integer_value: 9n });
    expect(await stage.onlooker.getParameter('limits.tilt')).toMatchObject({ type: 3, double_value: 0.5 });
    expect(await stage.onlooker.getParameter('fade_in_time')).toMatchObject({ type: 3, double_value: 1 });
    expect(await stage.onlooker.getParameter('joints.left_front_hip.name')).toMatchObject({
      string_value: 'left_front_hip',
    });
  });

  it('are refused when they are out of range, with key, value and range', async () => {
    const { onlooker } = stage;
    stage.control();
    const reason = await onlooker.setParameter('limits.tilt', { type: DOUBLE, double_value: 9 });
    expect(reason).toMatch(/limits\.tilt: 9 is not .*0 to 3\.1416/);
    expect(await onlooker.getParameter('limits.tilt')).toMatchObject({ double_value: 1.05 });
    expect(await onlooker.setParameter('limits.tilt', { type: DOUBLE, double_value: 0.9 })).toBe('');
    expect(await onlooker.getParameter('limits.tilt')).toMatchObject({ double_value: 0.9 });
  });

  it('take a whole number where any number may be, and the other way round', async () => {
    const { onlooker } = stage;
    stage.control();
    expect(await onlooker.setParameter('limits.tilt', { type: INTEGER, integer_value: 1n })).toBe('');
    expect(await onlooker.getParameter('limits.tilt')).toMatchObject({ type: DOUBLE, double_value: 1 });
    expect(await onlooker.setParameter('seed', { type: DOUBLE, double_value: 7 })).toBe('');
    expect(await onlooker.getParameter('seed')).toMatchObject({ type: INTEGER, integer_value: 7n });
  });

  it('are refused when they have another type, with key, value and range', async () => {
    const { onlooker } = stage;
    stage.control();
    const reasonOf = (name: string, value: object) => onlooker.setParameter(name, value);
    expect(await reasonOf('limits.tilt', { type: STRING, string_value: 'steep' })).toMatch(
      /limits\.tilt: 'steep' is not a number from 0 to 3\.1416 rad/,
    );
    expect(await reasonOf('limits.tilt', { type: INTEGER, integer_value: 9n })).toMatch(
      /limits\.tilt: 9 is not a number from 0 to 3\.1416 rad/,
    );
    expect(await reasonOf('seed', { type: DOUBLE, double_value: 0.5 })).toMatch(
      /seed: 0\.5 is not a whole number/,
    );
    expect(await reasonOf('bundle', { type: BOOL, bool_value: true })).toMatch(/bundle: true is not text/);
    expect(await onlooker.getParameter('limits.tilt')).toMatchObject({ double_value: 1.05 });
    // What was refused before does not stay.
    expect(await reasonOf('limits.tilt', { type: DOUBLE, double_value: 0.9 })).toBe('');
  });

  it('that rclnodejs cannot read end neither the node nor a walk', async () => {
    const { onlooker } = stage;
    await stage.walk();
    const malformed = [
      { name: '', value: { type: DOUBLE, double_value: 1 } },
      { name: 'limits.tilt', value: { type: 200 } },
    ];
    for (const parameter of malformed) {
      await onlooker.request('hebbridge/set_parameters', { parameters: [parameter] });
    }
    await onlooker.request('hebbridge/get_parameters', { names: ['no_such_parameter', ''] });
    expect(await onlooker.setParameter('limits.tilt', { type: 0 })).toMatch(/limits\.tilt: nothing is not/);
    const before = onlooker.commands.length;
    await onlooker.until('commands go on', () => onlooker.commands.length > before + 20);
    expect(onlooker.status!.state).toBe('running');
    expect(await onlooker.lifeCycleState()).toBe('active');
  });

  it('are refused when they come too late to be followed', async () => {
    stage.control();
    const reason = await stage.onlooker.setParameter('command.type', {
      type: STRING,
      string_value: 'trajectory',
    });
    expect(reason).toMatch(/command\.type: trajectory comes too late.* -p command\.type:=trajectory/);
  });

  it('turn the robot at once, where that is the goal heading, by parameter and by topic', async () => {
    const { onlooker } = stage;
    await stage.walk();
    const heading = { type: DOUBLE, double_value: 0.5 };
    expect(await onlooker.setParameter('goal_heading', heading)).toBe('');
    expect(await onlooker.setParameter('goal_heading', { ...heading, double_value: 4 })).toMatch(
      /goal_heading: 4 is not .*-3\.1416 to 3\.1416/,
    );
    await onlooker.say('hebbridge/goal_heading', -0.5);
    await onlooker.until('that is answered', () =>
      onlooker.answers.some(({ id, accepted }) => id === 'goal_heading' && accepted),
    );
    await onlooker.say('hebbridge/goal_heading', 4);
    await onlooker.until('nonsense is refused', () =>
      onlooker.answers.some(
        ({ id, accepted, reason }) => id === 'goal_heading' && !accepted && reason.includes('4'),
      ),
    );
  });

  it('make it publish joint trajectories, within the limits of the joints', async () => {
    const { onlooker } = stage;
    stage.control(
      parameters({
        autostart: true,
        'command.type': 'trajectory',
        fade_in_time: 0.3,
        'input.stale_periods': 20,
      }),
    );
    stage.simulate();
    await onlooker.untilState('running');
    await onlooker.until('it moves', () => onlooker.trajectories.length > 100);
    expect(onlooker.commands).toEqual([]);
    for (const { names, positions } of onlooker.trajectories) {
      expect(names).toEqual(ANT_CONTRACT.joints.map(({ name }) => name));
      ANT_CONTRACT.joints.forEach(({ lower, upper }, j) => {
        expect(positions[j]).toBeGreaterThanOrEqual(lower - 1e-9);
        expect(positions[j]).toBeLessThanOrEqual(upper + 1e-9);
      });
    }
  });
});

describeWithRos('diagnostics of the control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('tell once a second what it does', async () => {
    const { onlooker } = stage;
    await stage.walk();
    await onlooker.until('rates are known', () =>
      onlooker.diagnoses.some(
        ({ message, values }) =>
          message === 'running: in control' &&
          values.some(({ key, value }) => key === 'rate in (Hz)' && value !== '-'),
      ),
    );
    const { level, name, values } = onlooker.diagnoses.at(-1)!;
    expect({ level, name }).toEqual({ level: 0, name: '/hebbridge: controller' });
    const told = new Map(values.map(({ key, value }) => [key, value]));
    expect(Number(told.get('rate in (Hz)'))).toBeGreaterThan(30);
    expect(Number(told.get('age of joint_states (s)'))).toBeLessThan(1);
    expect(told.get('plasticity')).toBe('on');
    expect(told.get('bundle')).toMatch(/ant\.safetensors$/);
  });
});

describeWithRos('others that speak where only one should', (rclnodejs) => {
  const stage = useStage(rclnodejs);
  const warned = (text: RegExp) => () =>
    stage.onlooker.diagnoses.some(({ level, message }) => level >= 1 && text.test(message));

  it('are told in the diagnostics: who else tells joints, and who else commands', async () => {
    const { onlooker, domain } = stage;
    stage.control();
    stage.simulate();
    const guard = startProgram(domain, ['guard']);
    await onlooker.until('the guard is there', () => onlooker.nodeSpeaks('hebbridge_guard'));
    const before = onlooker.diagnoses.length;
    await onlooker.until('two diagnoses more', () => onlooker.diagnoses.length > before + 3);
    // With a guard and a robot, all is as it should be.
    expect(warned(/publishers|commanded by others/)()).toBe(false);
    stage.simulate(['--ros-args', '-r', '__node:=another']);
    await onlooker.until('the other robot is told', warned(/\/joint_states has 2 publishers: .*\/another/));
    stage.control(['-p', 'command.topic:=/effort_controller/commands']);
    await onlooker.until(
      'the other controller is told',
      warned(/\/effort_controller\/commands is commanded by others too: \/hebbridge/),
    );
    guard.kill('SIGTERM');
  });
});

describeWithRos('a control node in a namespace, with other names', (rclnodejs) => {
  const stage = useStage(rclnodejs, '/robot1');

  it('hears and says everything there, and what is remapped elsewhere', async () => {
    const { onlooker } = stage;
    const names = ['-r', '__ns:=/robot1', '-r', 'joint_states:=sensors/joints'];
    stage.control([
      ...names,
      ...parameters({ autostart: true, fade_in_time: 0.3, 'input.stale_periods': 20 }),
    ]);
    const simulator = stage.simulate(['--ros-args', ...names]);
    await onlooker
      .until('it runs', () => onlooker.status?.state === 'running')
      .catch((error: unknown) => {
        throw new Error(`${String(error)}\n${simulator.output()}`);
      });
    await onlooker.until('the robot walks', () => onlooker.x > 0.3);
    expect(onlooker.commands.length).toBeGreaterThan(10);
    await onlooker.until('it is diagnosed', () =>
      onlooker.diagnoses.some(({ name }) => name === '/robot1/hebbridge: controller'),
    );
  });
});
