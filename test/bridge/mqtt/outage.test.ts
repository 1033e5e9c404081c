import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { Controller } from '../../../bridge/controller.js';
import type { Acknowledgement } from '../../../bridge/message-map.js';
import type { MqttTransport } from '../../../bridge/mqtt/index.js';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { PERIOD, plasticNetwork } from '../controller-rig.js';
import { standingAnt } from '../robot-messages.js';
import { until } from '../../until.js';
import { Broker, describeWithBroker, endpoint } from './broker.js';

const answer = (id: string): Acknowledgement => ({ id, from: 'robot', accepted: true, reason: '' });

/** A way to the broker that can be cut, as a radio's can, without either end being told of more than its own side. */
async function breakableWay(
  broker: Broker,
): Promise<{ url: string; cut: () => void; mend: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(broker.port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    async mend() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

describeWithBroker('when the MQTT broker goes away', () => {
  let broker: Broker;
  const open: MqttTransport[] = [];
  const join = async (...options: Parameters<typeof endpoint>): Promise<MqttTransport> => {
    const transport = await endpoint(...options);
    open.push(transport);
    return transport;
  };
  const connected = (transport: MqttTransport): Promise<unknown> =>
    until(() => expect(transport.isConnected).toBe(true));
  const disconnected = (transport: MqttTransport): Promise<unknown> =>
    until(() => expect(transport.isConnected).toBe(false));

  beforeEach(async () => {
    broker = await Broker.start(['allow_anonymous true', 'persistence true', 'persistence_location FOLDER/']);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((transport) => transport.close()));
    await broker.dispose();
  });

  describe('in the middle of a walk', () => {
    it('the control loop does not notice, and those who watch see it again afterwards', async () => {
      const errors: unknown[] = [];
      const network = new InMemoryNetwork((_topic, error) => errors.push(error));
      const transport = new InMemoryTransport(network);
      const clock = new ManualClock(100);
      const controller = new Controller({
        transport,
        clock,
        policy: plasticNetwork(),
        contract: ANT_CONTRACT,
        seed: 1,
      });
      const near = await join(broker);
      const watcher = await join(broker);
      transport.subscribe('jointCommand', (command) => near.publish('jointCommand', command));
      transport.subscribe('status', (status) => near.publish('status', status));
      let seen = 0;
      watcher.subscribe('jointCommand', () => seen++);

      let commands = 0;
      transport.subscribe('jointCommand', () => commands++);
      const state = standingAnt();
      controller.activate(clock.now() + PERIOD / 2);
      const walk = async (periods: number): Promise<void> => {
        const before = commands;
        for (let k = 0; k < periods; k++) {
          state.stamp = clock.now();
          transport.publish('robotState', state);
          clock.advance(PERIOD);
          if (k % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(commands - before).toBe(periods);
      };
      await walk(200);
      await until(() => expect(seen).toBe(200));
      await broker.stop('SIGKILL');
      await walk(200);
      await disconnected(near);
      await walk(200);
      await broker.restart();
      await connected(near);
      await connected(watcher);
      const seenBefore = seen;
      await walk(200);
      await until(() => expect(seen).toBe(seenBefore + 200));
      expect(controller.state.phase).toBe('running');
      expect(errors).toEqual([]);
    });
  });

  it('subscriptions hold after it comes back, even if it remembers nothing', async () => {
    const near = await join(broker);
    const far = await join(broker);
    const ids: string[] = [];
    near.subscribe('acknowledgement', ({ id }) => ids.push(`near ${id}`));
    far.subscribe('acknowledgement', ({ id }) => ids.push(`far ${id}`));
    // Killed, it has no time to write down who had subscribed.
    await broker.stop('SIGKILL');
    await disconnected(near);
    await disconnected(far);
    await broker.restart();
    await connected(near);
    await connected(far);
    near.publish('acknowledgement', answer('again'));
    await until(() => expect([...ids].sort()).toEqual(['far again', 'near again']));
  });

  it('10,000 acknowledgements arrive, in order, though it is restarted among them', async () => {
    const near = await join(broker);
    const far = await join(broker);
    const arrived: number[] = [];
    far.subscribe('acknowledgement', ({ id }) => arrived.push(Number(id)));
    const sent = Array.from({ length: 10_000 }, (_, n) => n);
    for (const n of sent) {
      near.publish('acknowledgement', answer(String(n)));
      if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      if (n === 4000) await broker.stop();
      if (n === 7000) await broker.restart();
    }
    await until(() => expect(arrived.at(-1)).toBe(9999));
    // At least once: what was on its way at that moment may come again, and is in order again.
    const firsts = [...new Set(arrived)];
    expect(firsts).toEqual(sent);
    expect(arrived.length - firsts.length).toBeLessThanOrEqual(2 * 64);
    // The broker's last answers are on their way.
    const nothing = { droppedPeriodic: 0, droppedQueued: 0, droppedIncoming: 0, waiting: 0 };
    await until(() => expect(near.statistics()).toEqual(nothing));
  });

  it('publishing drops what is periodic, keeps the newest status, and what the others said, in order', async () => {
    const near = await join(broker);
    const far = await join(broker);
    const heard: string[] = [];
    far.subscribe('acknowledgement', ({ id }) => heard.push(id));
    far.subscribe('status', ({ steps }) => heard.push(`status ${steps}`));
    far.subscribe('jointCommand', () => heard.push('a command'));
    await broker.stop();
    await disconnected(near);
    await disconnected(far);
    const { status, jointCommand } = exampleMessages();
    for (let steps = 0; steps < 1000; steps++) {
      near.publish('jointCommand', jointCommand);
      near.publish('status', { ...status, steps });
    }
    near.publish('acknowledgement', answer('one'));
    near.publish('acknowledgement', answer('two'));
    expect(near.statistics()).toEqual({
      droppedPeriodic: 1000,
      droppedQueued: 999,
      droppedIncoming: 0,
      waiting: 3,
    });
    await broker.restart();
    await until(() => expect(heard).toEqual(['status 999', 'one', 'two']));
  });

  it('and stays away, it is not waited for at the end', async () => {
    const near = await join(broker);
    await broker.stop();
    await disconnected(near);
    near.publish('acknowledgement', answer('nobody hears'));
    await near.close();
    expect(near.statistics().waiting).toBe(1);
  });

  it('requests grow too old to be carried out, an emergency stop does not', async () => {
    const clock = new ManualClock();
    const near = await join(broker, { clock });
    const far = await join(broker);
    const heard: unknown[] = [];
    far.subscribe('operatorRequest', ({ id }) => heard.push(id));
    far.subscribe('perturbationRequest', () => heard.push('a perturbation'));
    await broker.stop();
    await disconnected(near);
    near.publish('perturbationRequest', exampleMessages().perturbationRequest);
    near.publish('operatorRequest', { operation: 'reset-weights', id: 'long ago' });
    near.publish('operatorRequest', { operation: 'emergency-stop', id: 'stop' });
    clock.advance(6);
    near.publish('operatorRequest', { operation: 'freeze', id: 'just now', frozen: true });
    await broker.restart();
    await until(() => expect(heard).toEqual(['stop', 'just now']));
    expect(near.statistics().droppedQueued).toBe(2);
    clock.advance(10);
  });

  it('only for one endpoint, that one misses no emergency stop, and carries out no request that grew too old', async () => {
    const way = await breakableWay(broker);
    const robot = await join(broker, { url: way.url });
    const ids: string[] = [];
    robot.subscribe('operatorRequest', ({ id }) => ids.push(id));
    way.cut();
    await disconnected(robot);
    const operator = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    const ask = (request: object, lifetime?: number): Promise<unknown> =>
      operator.publishAsync('hebbridge/ant/operator-request', JSON.stringify(request), {
        qos: 1,
        ...(lifetime === undefined ? {} : { properties: { messageExpiryInterval: lifetime } }),
      });
    await ask({ operation: 'reset-weights', id: 'too old' }, 1);
    await ask({ operation: 'emergency-stop', id: 'stop' });
    // The broker counts in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await way.mend();
    await connected(robot);
    await ask({ operation: 'freeze', id: 'just now', frozen: true }, 1);
    await until(() => expect(ids).toEqual(['stop', 'just now']));
    await operator.endAsync();
    way.cut();
  });

  it('whoever asks is told, once for each reason, and told that it is back', async () => {
    const told: [boolean, string][] = [];
    const near = await join(broker, {
      onConnectionChange: (isThere, reason) => told.push([isThere, reason]),
    });
    expect(told).toEqual([[true, '']]);
    await broker.stop('SIGKILL');
    await until(() => expect(told.at(-1)![1]).toContain('ECONNREFUSED'));
    // Some attempts more.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await broker.restart();
    await connected(near);
    const reasons = told.slice(1, -1).map(([isThere, reason]) => `${isThere} ${reason}`);
    expect(new Set(reasons).size).toBe(reasons.length);
    expect(told.at(-1)).toEqual([true, '']);
  });

  it('one that hangs is fed no more than fits into a socket, and costs no memory', async () => {
    const near = await join(broker);
    const weights = {
      stamp: 0,
      layers: [{ pre: 128, post: 96, values: new Float32Array(12_288).fill(0.1) }],
    };
    broker.signal('SIGSTOP');
    try {
      const before = process.memoryUsage().rss;
      for (let n = 0; n < 2000; n++) near.publish('weights', weights);
      for (let n = 0; n < 30_000; n++) near.publish('acknowledgement', answer(String(n)));
      expect(near.statistics().droppedPeriodic).toBeGreaterThan(1000);
      expect(near.statistics().waiting).toBeLessThan(17_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    } finally {
      broker.signal('SIGCONT');
    }
    await until(() => expect(near.statistics().waiting).toBe(0));
  });

  it('one that is not there yet can be waited for without waiting', async () => {
    await broker.stop();
    const near = await join(broker, { patient: true });
    expect(near.isConnected).toBe(false);
    const ids: string[] = [];
    near.subscribe('acknowledgement', ({ id }) => ids.push(id));
    near.publish('acknowledgement', answer('early'));
    await broker.restart();
    await until(() => expect(ids).toEqual(['early']));
  });
});
