import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MessageMap } from '../../bridge/message-map.js';
import { Broker, describeWithBroker, endpoint } from '../bridge/mqtt/broker.js';
import mqtt, { type MqttClient } from 'mqtt';
import { SAFE } from './onlooker.js';
import { describeWithRos } from './ros-environment.js';
import { useStage } from './stage.js';
import { until } from '../until.js';

describeWithRos('a control node at an MQTT broker', (rclnodejs) => {
  describeWithBroker('with a real one', () => {
    const stage = useStage(rclnodejs);
    let broker: Broker;
    let onlooker: MqttClient;
    let presence: string[];
    const walk = () => stage.walk({}, [], ['--mqtt', broker.url, '--mqtt-robot', 'ant']);
    beforeEach(async () => {
      broker = await Broker.start();
      presence = [];
      onlooker = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
      onlooker.on('message', (_topic, payload) => presence.push(payload.toString()));
      await onlooker.subscribeAsync('hebbridge/ant/online');
    });
    afterEach(async () => {
      onlooker.end(true);
      await broker.dispose();
    });

    it('is seen and operated there as over ROS', async () => {
      const { node } = await walk();
      const operator = await endpoint(broker, { publishes: ['operatorRequest'] });
      const states: number[] = [];
      const commands: MessageMap['jointCommand'][] = [];
      const answers: MessageMap['acknowledgement'][] = [];
      operator.subscribe('robotState', ({ stamp }) => states.push(stamp));
      operator.subscribe('jointCommand', (command) => commands.push(command));
      operator.subscribe('acknowledgement', (answer) => answers.push(answer));
      await until(() => expect(Math.min(states.length, commands.length)).toBeGreaterThan(10));
      expect(new Set(states).size).toBe(states.length);
      expect(commands.some(({ values }) => values.some((value) => value !== 0))).toBe(true);
      operator.publish('operatorRequest', { operation: 'freeze', id: 'f', frozen: true });
      operator.publish('operatorRequest', { operation: 'emergency-stop', id: 's' });
      await stage.onlooker.untilState('stopped');
      expect(stage.onlooker.status!.frozen).toBe(true);
      await until(() => expect(answers.map(({ id }) => id)).toEqual(['f', 's']));
      await operator.close();
      node.kill('SIGINT');
      expect(await node.ended).toBe(0);
      await until(() => expect(presence).toEqual(['online', 'offline']));
    });

    it('sends the safe command before it says there that it is gone', async () => {
      const { node } = await walk();
      await stage.onlooker.until('it acts', () => stage.onlooker.lastCommand!.some((value) => value !== 0));
      const order: string[] = [];
      const seen = stage.onlooker.commands.length;
      onlooker.on('message', (_topic, payload) => {
        const safe = stage.onlooker.commands
          .slice(seen)
          .at(-1)
          ?.values.every((value) => value === 0);
        order.push(`${payload.toString()}, ${safe === true ? 'safe' : 'moving'}`);
      });
      node.kill('SIGTERM');
      expect(await node.ended).toBe(0);
      await until(() => expect(order).toEqual(['offline, safe']));
    });

    it('ends soon at Ctrl-C, with the safe command at once, though the broker hangs', async () => {
      const { node } = await walk();
      await stage.onlooker.until('it acts', () => stage.onlooker.lastCommand!.some((value) => value !== 0));
      broker.signal('SIGSTOP');
      const killedAt = performance.now();
      node.kill('SIGINT');
      expect(await node.ended).toBe(0);
      const took = performance.now() - killedAt;
      broker.signal('SIGCONT');
      expect(stage.onlooker.lastCommand).toEqual(SAFE);
      // A bound: what it waits for ends after a second, and a busy machine takes its time with the rest.
      expect(took).toBeLessThan(4000);
    });

    it('walks on while the broker is away', async () => {
      await walk();
      await broker.stop();
      const { onlooker: ros } = stage;
      const [x, overruns] = [ros.x, ros.status!.overruns];
      await ros.until('it is half a metre further', () => ros.x > x + 0.5);
      expect(ros.status!.state).toBe('running');
      expect(ros.status!.overruns - overruns).toBeLessThan(60);
      await broker.restart();
    });

    it('does not begin without one that is asked for', async () => {
      await broker.stop();
      const node = stage.control([], [], ['--mqtt', broker.url]);
      expect(await node.ended).toBe(1);
      expect(node.output()).toMatch(/ERR_MQTT_CONNECT/);
    });
  });
});
