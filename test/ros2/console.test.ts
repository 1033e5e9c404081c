import { expect, it } from 'vitest';
import type { MessageMap } from '../../bridge/message-map.js';
import { foxglove } from '../bridge/websocket/rig.js';
import { SAFE } from './onlooker.js';
import type { Program } from './program.js';
import { describeWithRos } from './ros-environment.js';
import { useStage } from './stage.js';
import { until } from '../until.js';

const DOUBLE = 3;
const CONSOLE = ['--console', '--port', '0'];

/** A Foxglove client of the console that `node` serves. */
async function client(node: Program) {
  const address = (): string | undefined => /operator console: http(\S+)/.exec(node.output())?.[1];
  await until(() => expect(address()).toBeDefined());
  return foxglove(`ws${address()!}`);
}

describeWithRos('the console of a control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('shows the robot, what it is commanded, how the controller is and its weights, each once', async () => {
    const { node } = await stage.walk({}, [], CONSOLE);
    const page = await client(node);
    const states = page.listenTo('/robot_state') as MessageMap['robotState'][];
    const commands = page.listenTo('/joint_command') as MessageMap['jointCommand'][];
    const statuses = page.listenTo('/status') as MessageMap['status'][];
    const weights = page.listenTo('/weights') as { stamp: number }[];
    const scenes = page.listenTo('/scene');
    await until(() => {
      for (const heard of [states, commands, weights, scenes]) expect(heard.length).toBeGreaterThan(3);
      expect(statuses.at(-1)?.state).toBe('running');
    });
    expect(states[0]!.joints.names).toHaveLength(8);
    expect(commands.some(({ values }) => Object.values(values).some((value) => value !== 0))).toBe(true);
    for (const stamps of [states, commands, statuses, weights].map((all) => all.map(({ stamp }) => stamp))) {
      expect(new Set(stamps).size).toBe(stamps.length);
    }
  });

  it('stops the robot, and is told so', async () => {
    const { onlooker } = stage;
    const { node } = await stage.walk({}, [], CONSOLE);
    const page = await client(node);
    const answers = page.listenTo('/acknowledgement');
    expect(await page.call('estop')).toMatchObject({ accepted: true });
    await onlooker.untilState('stopped');
    const from = onlooker.commands.length;
    await onlooker.until('commands go on', () => onlooker.commands.length > from + 10);
    const since = onlooker.commands.slice(from).map(({ values }) => values);
    expect(since).toEqual(since.map(() => SAFE));
    // Both worlds hear the answer, and each of them once.
    await until(() => expect(answers).toHaveLength(1));
    await onlooker.until('ROS hears the answer', () => onlooker.answers.length > 0);
    expect(onlooker.answers).toHaveLength(1);
    expect(answers).toEqual(onlooker.answers);
  });

  it('freezes the weights, which ROS hears', async () => {
    const { onlooker } = stage;
    const { node } = await stage.walk({}, [], CONSOLE);
    const page = await client(node);
    expect(await page.call('freeze')).toMatchObject({ accepted: true });
    await onlooker.until('it is frozen', () => onlooker.status!.frozen);
    expect(onlooker.status!.plasticity!.frozenBy).toEqual(['operator']);
    expect(await page.call('thaw')).toMatchObject({ accepted: true });
    await onlooker.until('it is not', () => !onlooker.status!.frozen);
  });

  it('perturbs the body, as ROS does, and hears of what ROS asked for', async () => {
    const { onlooker } = stage;
    const { node } = await stage.walk({ 'perturbation.enabled': true }, [], CONSOLE);
    const page = await client(node);
    const answers = page.listenTo('/acknowledgement') as MessageMap['acknowledgement'][];
    const short = { id: 'page', component: 'leg', target: 'left_front', type: 'shorten', value: 0.1 };
    // Answered by the controller, and by the robot beyond ROS.
    expect(await page.call('perturb', short)).toMatchObject({ accepted: true });
    await onlooker.until('it is active', () => onlooker.activePerturbations.at(-1) === 'page');
    expect(await onlooker.perturb({ ...short, id: 'ros', target: 'left_back' })).toMatchObject({
      accepted: true,
    });
    await until(() =>
      expect(answers.filter(({ id }) => id === 'ros').map(({ from }) => from)).toEqual([
        'controller',
        'robot',
      ]),
    );
    expect(answers.filter(({ id }) => id === 'page').map(({ from }) => from)).toEqual([
      'controller',
      'robot',
    ]);
    expect(await page.call('perturb', { component: 'leg', target: 'tail', type: 'off' })).toMatchObject({
      accepted: false,
      code: 'ERR_PERTURBATION_TARGET',
    });
  });

  it('pauses the simulator, and starts it again', async () => {
    const { node } = await stage.walk({}, [], CONSOLE);
    const page = await client(node);
    expect(await page.call('pause', { paused: true })).toMatchObject({ accepted: true });
    await stage.onlooker.untilState('holding');
    expect(await page.call('pause', { paused: false })).toMatchObject({ accepted: true });
    expect(await page.call('restart', { seed: 3 })).toMatchObject({ accepted: true });
    await stage.onlooker.untilState('running');
  });

  it('and ROS agree on where the goal is, whoever turned it', async () => {
    const { onlooker } = stage;
    const { node } = await stage.walk({ goal_heading: 0.25 }, [], CONSOLE);
    const page = await client(node);
    const seen: unknown[] = [];
    page.client.on('parameterValues', ({ parameters }) =>
      seen.push(...parameters.filter(({ name }) => name === 'goal_heading').map(({ value }) => value)),
    );
    page.client.getParameters(['goal_heading'], 'now');
    page.client.subscribeParameterUpdates(['goal_heading']);
    await until(() => expect(seen).toEqual([0.25]));
    const inRos = async () => (await onlooker.getParameter('goal_heading'))['double_value'];

    page.client.setParameters([{ name: 'goal_heading', value: 1.5 }]);
    await onlooker.until('ROS has it', async () => (await inRos()) === 1.5);
    expect(onlooker.status!.goalHeading).toBe(1.5);
    expect(await onlooker.setParameter('goal_heading', { type: DOUBLE, double_value: -1 })).toBe('');
    await until(() => expect(seen.at(-1)).toBe(-1));
    await onlooker.say('hebbridge/goal_heading', 0.75);
    await until(() => expect(seen.at(-1)).toBe(0.75));
    expect(await inRos()).toBe(0.75);

    // What was set stays for the next controller.
    await onlooker.change('deactivate');
    await onlooker.change('cleanup');
    await onlooker.change('configure');
    await onlooker.until('it is configured', () => onlooker.status!.state === 'inactive');
    expect(onlooker.status!.goalHeading).toBe(0.75);
  });

  it('is answered before the node is configured, and stops what comes then', async () => {
    const { onlooker } = stage;
    const node = stage.control([], [], CONSOLE);
    const page = await client(node);
    expect(await page.call('freeze')).toMatchObject({
      accepted: false,
      reason: 'the node is not configured',
    });
    expect(
      await page.call('perturb', { id: 'x', component: 'leg', target: 'left_front', type: 'off' }),
    ).toMatchObject({ id: 'x', accepted: false, reason: 'the node is not configured' });
    expect(await page.call('estop')).toMatchObject({ accepted: true });
    stage.simulate();
    await onlooker.change('configure');
    const statuses = page.listenTo('/status') as MessageMap['status'][];
    await until(() =>
      expect(statuses.at(-1)).toMatchObject({ state: 'inactive', latched: 'emergency stop' }),
    );
    await onlooker.change('activate');
    await onlooker.untilState('stopped');
  });

  it('is not there unless it is asked for', async () => {
    const { node } = await stage.walk();
    expect(node.output()).not.toContain('operator console');
  });

  it('that cannot be served is a reason not to begin', async () => {
    const node = stage.control([], [], ['--console', '--host', '0.0.0.0']);
    expect(await node.ended).toBe(2);
    expect(node.output()).toMatch(/ERR_SETTING: .*token/);
  });
});
