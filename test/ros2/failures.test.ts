import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { Broker, describeWithBroker } from '../bridge/mqtt/broker.js';
import { foxglove, type Foxglove } from '../bridge/websocket/rig.js';
import { SAFE, pause, type Onlooker } from './onlooker.js';
import { describeWithRos } from './ros-environment.js';
import { useStage } from './stage.js';
import { until } from '../until.js';

const THROW_IN_CALLBACKS = fileURLToPath(new URL('throw-in-callbacks.mjs', import.meta.url));
const THROW_ON_SIGNAL = fileURLToPath(new URL('throw-on-signal.mjs', import.meta.url));

describeWithRos('when things go wrong around the control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('a robot that is killed in the middle of a step is held, and its successor faded in', async () => {
    const { onlooker } = stage;
    const { robot } = await stage.walk({ 'input.stale_periods': 3 });
    robot.kill('SIGKILL');
    await onlooker.untilState('holding');
    expect(onlooker.status!.reason).toBe('the newest robot state is too old');
    const heldFrom = onlooker.commands.length;
    await onlooker.until('commands go on', () => onlooker.commands.length > heldFrom + 20);
    const held = onlooker.commands.slice(heldFrom).map(({ values }) => values);
    expect(held).toEqual(held.map(() => SAFE));

    const before = onlooker.statuses.length;
    stage.simulate();
    await onlooker.untilState('running');
    const since = onlooker.statuses.slice(before).map(({ state }) => state);
    expect(since.indexOf('fading')).toBeGreaterThanOrEqual(0);
    expect(since.indexOf('running')).toBeGreaterThan(since.indexOf('fading'));
    await onlooker.until('it walks again', () => onlooker.x > 0.5);
  });

  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['SIGUSR2', 1],
  ] as const)(
    'the last command of a node that %s ends is the safe one (SIGUSR2: an error that nobody catches)',
    async (signal, exitCode) => {
      const { onlooker } = stage;
      const { node } = await stage.walk({}, ['--import', THROW_ON_SIGNAL]);
      await onlooker.until('it acts', () => onlooker.lastCommand!.some((value) => value !== 0));
      node.kill(signal);
      expect(await node.ended).toBe(exitCode);
      await pause(200);
      expect(onlooker.lastCommand).toEqual(SAFE);
      if (signal === 'SIGUSR2') expect(node.output()).toContain('a fault that a test provoked');
    },
  );

  it.each([
    ['a service', (onlooker: Onlooker) => onlooker.request('hebbridge/set_frozen', { data: true })],
    ['a subscription', (onlooker: Onlooker) => onlooker.say('hebbridge/freeze', true)],
    [
      'a parameter',
      (onlooker: Onlooker) =>
        onlooker.request('hebbridge/set_parameters', {
          parameters: [{ name: 'goal_heading', value: { type: 3, double_value: 0.5 } }],
        }),
    ],
    [
      'a transition',
      (onlooker: Onlooker) =>
        onlooker.request('hebbridge/change_state', { transition: { id: 4, label: '' } }),
    ],
  ] as const)(
    'the last command of a node whose callback of %s throws is the safe one',
    async (_, provoke) => {
      const { onlooker } = stage;
      const { node } = await stage.walk({}, ['--import', THROW_IN_CALLBACKS]);
      await onlooker.until('it acts', () => onlooker.lastCommand!.some((value) => value !== 0));
      await provoke(onlooker);
      expect(await node.ended).toBe(1);
      await pause(200);
      expect(onlooker.lastCommand).toEqual(SAFE);
      expect(node.output()).toContain('ERR_INTERNAL: Error: a fault that a test provoked');
    },
  );

  describeWithBroker('that is watched over a WebSocket and MQTT', () => {
    // Neither is answered: what should answer has failed.
    it.each([
      ['a service', (page: Foxglove) => void page.call('freeze').catch(() => undefined)],
      ['a parameter', (page: Foxglove) => page.client.setParameters([{ name: 'goal_heading', value: 0.5 }])],
    ])('a fault of %s ends the process soon, the safe command last', async (_, provoke) => {
      const { onlooker } = stage;
      const broker = await Broker.start();
      onTestFinished(() => broker.dispose());
      const watched = ['--console', '--port', '0', '--mqtt', broker.url, '--mqtt-robot', 'ant'];
      const { node } = await stage.walk({}, ['--import', THROW_IN_CALLBACKS], watched);
      const address = await until(() => {
        const printed = /operator console: http(\S+)/.exec(node.output())?.[1];
        expect(printed).toBeDefined();
        return `ws${printed!}`;
      });
      const page = await foxglove(address);
      for (const topic of ['/status', '/robot_state', '/joint_command', '/weights']) page.listenTo(topic);
      await onlooker.until('it acts', () => onlooker.lastCommand!.some((value) => value !== 0));
      provoke(page);
      // A bound: a crash ends the process within 5 s in any case.
      expect(await Promise.race([node.ended, pause(10_000)])).toBe(1);
      await pause(200);
      expect(onlooker.lastCommand).toEqual(SAFE);
      expect(node.output()).toContain('ERR_INTERNAL: Error: a fault that a test provoked');
    });
  });
});
