import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleMessages } from '../../contract/transport-contract.js';
import { until } from '../../until.js';
import { Broker, describeWithBroker, endpoint } from './broker.js';

const ROBOT_PROCESS = fileURLToPath(new URL('robot-process.mjs', import.meta.url));
describeWithBroker('what other MQTT clients see of a robot', () => {
  let broker: Broker;
  let onlooker: MqttClient;
  let seen: { topic: string; text: string; packet: IPublishPacket }[];
  const look = async (): Promise<void> => {
    seen = [];
    onlooker = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    onlooker.on('message', (topic, payload, packet) =>
      seen.push({ topic, text: payload.toString(), packet }),
    );
    await onlooker.subscribeAsync('hebbridge/#', { qos: 1, rap: true });
  };
  const said = (topic: string): string[] =>
    seen.filter((message) => message.topic === topic).map(({ text }) => text);

  beforeEach(async () => {
    broker = await Broker.start();
    await look();
  });
  afterEach(async () => {
    await onlooker.endAsync();
    await broker.dispose();
  });

  it('is online from its first connection to its farewell', async () => {
    const robot = await endpoint(broker, { announces: true });
    await until(() => expect(said('hebbridge/ant/online')).toEqual(['online']));
    await robot.close();
    await until(() => expect(said('hebbridge/ant/online')).toEqual(['online', 'offline']));
  });

  it('is offline when its process is killed, also for those who come later', async () => {
    const robot = spawn(process.execPath, [ROBOT_PROCESS, broker.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(robot.stdout, 'data');
    await until(() => expect(said('hebbridge/ant/online')).toEqual(['online']));
    robot.kill('SIGKILL');
    await until(() => expect(said('hebbridge/ant/online')).toEqual(['online', 'offline']));
    await onlooker.endAsync();
    await look();
    await until(() => expect(said('hebbridge/ant/online')).toEqual(['offline']));
  });

  it('stays online though the end of its forerunner is noticed late', async () => {
    const robot = await endpoint(broker, { announces: true });
    await onlooker.publishAsync('hebbridge/ant/online', 'offline', { qos: 1, retain: true });
    await until(() => expect(said('hebbridge/ant/online')).toEqual(['online', 'offline', 'online']));
    await robot.close();
  });

  it('says nothing of its presence where it only takes part', async () => {
    const operator = await endpoint(broker);
    operator.publish('acknowledgement', exampleMessages().acknowledgement);
    await operator.close();
    await until(() => expect(seen.map(({ topic }) => topic)).toEqual(['hebbridge/ant/acknowledgement']));
  });

  it('says each message as JSON with its schema version, and keeps the status for those who come later', async () => {
    const robot = await endpoint(broker);
    const { status, jointCommand, simulationRequest } = exampleMessages();
    robot.publish('status', status);
    robot.publish('jointCommand', jointCommand);
    robot.publish('simulationRequest', simulationRequest);
    await until(() => expect(seen).toHaveLength(3));
    const [first, second, third] = ['status', 'joint-command', 'simulation-request'].map(
      (name) => seen.find(({ topic }) => topic === `hebbridge/ant/${name}`)!.packet,
    );
    expect([first, second, third].map((packet) => [packet!.qos, packet!.retain])).toEqual([
      [1, true],
      [0, false],
      [1, false],
    ]);
    for (const packet of [first, second, third]) {
      expect(packet!.properties).toMatchObject({
        contentType: 'application/json',
        payloadFormatIndicator: true,
        userProperties: { schema: '1' },
      });
    }
    // Nobody carries it out when it has waited for longer than that, wherever it waited.
    expect(third!.properties!.messageExpiryInterval).toBeLessThanOrEqual(5);
    expect(first!.properties!.messageExpiryInterval).toBeUndefined();
    await robot.close();
    await onlooker.endAsync();
    await look();
    await until(() => expect(said('hebbridge/ant/status')).toHaveLength(1));
    expect(seen).toHaveLength(1);
  });

  it('carries out no request that was said before it came, not even a retained one', async () => {
    const request = JSON.stringify({ operation: 'emergency-stop', id: 'for ever' });
    await onlooker.publishAsync('hebbridge/ant/operator-request', request, { qos: 1, retain: true });
    const robot = await endpoint(broker);
    const ids: string[] = [];
    robot.subscribe('operatorRequest', ({ id }) => ids.push(id));
    robot.publish('operatorRequest', { operation: 'freeze', id: 'now', frozen: true });
    await until(() => expect(ids).toEqual(['now']));
    await robot.close();
  });

  it('hears only what it is there to hear, and says only what it is there to say', async () => {
    const watcher = await endpoint(broker, { publishes: ['operatorRequest'], subscribes: ['status'] });
    const robot = await endpoint(broker);
    const heard: string[] = [];
    watcher.subscribe('acknowledgement', ({ id }) => heard.push(id));
    watcher.subscribe('status', () => heard.push('a status'));
    const { acknowledgement, status, jointCommand } = exampleMessages();
    watcher.publish('jointCommand', jointCommand);
    robot.publish('acknowledgement', acknowledgement);
    robot.publish('status', status);
    await until(() => expect(heard).toEqual(['a status']));
    await watcher.close();
    await robot.close();
    expect(said('hebbridge/ant/joint-command')).toEqual([]);
  });

  it('two robots at one broker do not hear each other', async () => {
    const first = await endpoint(broker, { robot: 'first' });
    const second = await endpoint(broker, { robot: 'second' });
    const heard: string[] = [];
    second.subscribe('acknowledgement', ({ id }) => heard.push(id));
    const { acknowledgement } = exampleMessages();
    first.publish('acknowledgement', { ...acknowledgement, id: 'of the first' });
    await until(() => expect(said('hebbridge/first/acknowledgement')).toHaveLength(1));
    second.publish('acknowledgement', { ...acknowledgement, id: 'of the second' });
    await until(() => expect(heard).toEqual(['of the second']));
    await first.close();
    await second.close();
  });
});
