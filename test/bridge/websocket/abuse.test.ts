import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import type { OperatorRequest } from '../../../bridge/message-map.js';
import { relay } from '../../../bridge/transport/relay.js';
import { AuditLog } from '../../../bridge/websocket/audit-log.js';
import { channelId } from '../../../bridge/websocket/channels.js';
import { clientMessageFrame, serviceRequestFrame } from '../../../bridge/websocket/protocol.js';
import { STOP_SERVICE_ID } from '../../../bridge/websocket/services.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { nested } from '../awkward-json.js';
import { controllerRig } from '../controller-rig.js';
import { until } from '../../until.js';
import { closed, enter, foxglove, open, OPERATOR, serve, TOKENS, VIEWER } from './rig.js';

const subscribeTo = (topic: Parameters<typeof channelId>[0]): string =>
  JSON.stringify({ op: 'subscribe', subscriptions: [{ id: 0, channelId: channelId(topic) }] });
const stopCall = serviceRequestFrame(STOP_SERVICE_ID, 1, Buffer.alloc(0));

describe('who is not let in', () => {
  it('is told why by a status, and stands in the audit log without the token', async () => {
    const { address, audited } = await serve({ tokens: TOKENS });
    expect(await open(address)).toBe(401);
    expect(await open(address, { token: 'a-token-that-is-wrong' })).toBe(401);
    expect(await open(address, { token: OPERATOR, headers: { origin: 'http://evil.example' } })).toBe(403);
    expect(await open(address, { token: OPERATOR, headers: { host: 'evil.example' } })).toBe(403);
    expect(await open(`${address}other`, { token: OPERATOR })).toBe(404);
    const refused = audited.filter(({ event }) => event === 'refused');
    expect(refused).toHaveLength(5);
    expect(JSON.stringify(audited)).not.toContain('token-');
  });

  it('is whoever comes when there are too many, of whom viewers are three quarters at most', async () => {
    const { address } = await serve({ tokens: TOKENS, limits: { sessions: 4 } });
    for (let k = 0; k < 3; k++) await enter(address, VIEWER);
    expect(await open(address, { token: VIEWER })).toBe(503);
    const last = await enter(address, OPERATOR);
    expect(await open(address, { token: OPERATOR })).toBe(503);
    last.close();
    await closed(last);
    await until(() => enter(address, OPERATOR));
  });

  it('is one address that opens too many connections', async () => {
    const { server, address } = await serve({ limits: { connectionsPerAddress: 3 } });
    const sockets = Array.from({ length: 6 }, () => connect(server.port, '127.0.0.1'));
    const gone = new Set<unknown>();
    for (const socket of sockets) {
      socket.on('error', () => undefined).on('close', () => gone.add(socket));
      socket.resume();
    }
    await until(() => expect(gone.size).toBe(3));
    for (const socket of sockets) socket.destroy();
    await until(() => enter(address));
  });

  it('is who sends its headers too slowly, or nothing at all', async () => {
    const { server } = await serve({ limits: { handshakeTimeout: 0.3 } });
    const slow = connect(server.port, '127.0.0.1');
    const silent = connect(server.port, '127.0.0.1');
    const dripping = setInterval(() => slow.write('X-Header: a\r\n'), 50);
    onTestFinished(() => clearInterval(dripping));
    slow.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const ends = [slow, silent].map(
      (socket) =>
        new Promise((resolve) =>
          socket
            .on('error', () => undefined)
            .on('close', resolve)
            .resume(),
        ),
    );
    await Promise.all(ends);
  });
});

describe('who sends too much', () => {
  it('is disconnected for a message that is too large', async () => {
    const { address } = await serve();
    const socket = await enter(address);
    socket.send(Buffer.alloc(65 * 1024));
    expect(await closed(socket)).toBe(1009);
  });

  it('is warned, then disconnected, and its other frames do nothing', async () => {
    const { server, address } = await serve({
      limits: { frameBurst: 5, frameRate: 0.001, excessFrames: 50 },
    });
    const heard = vi.fn();
    server.subscribe('operatorRequest', heard);
    const client = await foxglove(address);
    const socket = await enter(address);
    for (let k = 0; k < 60; k++) socket.send('{}');
    expect(await closed(socket)).toBe(1008);
    for (let k = 0; k < 10; k++) void client.call('freeze');
    await until(() => expect(client.notices.join()).toContain('frames a second'));
    expect(heard.mock.calls.length).toBeLessThanOrEqual(5);
  });

  it('can still stop the robot', async () => {
    const clock = new ManualClock();
    const { server, address } = await serve({ clock, limits: { frameBurst: 1, frameRate: 0.001 } });
    const requests: OperatorRequest[] = [];
    server.subscribe('operatorRequest', (request) => requests.push(request));
    const socket = await enter(address);
    for (let k = 0; k < 100; k++) socket.send('{}');
    for (let k = 0; k < 100; k++) socket.send(stopCall);
    await until(() => expect(requests).toMatchObject([{ operation: 'emergency-stop' }]));
    clock.advance(1);
    socket.send(stopCall);
    await until(() => expect(requests).toHaveLength(2));
  });

  it('can still stop the robot with a message, though others only mention it', async () => {
    const { server, address } = await serve({
      clock: new ManualClock(),
      limits: { frameBurst: 1, frameRate: 0.001 },
    });
    const requests: OperatorRequest[] = [];
    server.subscribe('operatorRequest', (request) => requests.push(request));
    const socket = await enter(address);
    const say = (request: object): void =>
      socket.send(clientMessageFrame(7, Buffer.from(JSON.stringify(request))));
    const channels = [{ id: 7, topic: '/operator_request', encoding: 'json' }];
    socket.send(JSON.stringify({ op: 'advertise', channels }));
    for (let k = 0; k < 100; k++) say({ operation: 'freeze', id: 'emergency-stop', frozen: true });
    for (let k = 0; k < 100; k++) say({ operation: 'emergency-stop', id: 'mine' });
    await until(() => expect(requests).toEqual([{ operation: 'emergency-stop', id: 'mine' }]));
  });

  it('has a limited number of requests without an answer', async () => {
    const { server, address } = await serve({ limits: { pendingRequests: 3, answerTimeout: 0.2 } });
    let asked = 0;
    server.subscribe('operatorRequest', () => asked++);
    const client = await foxglove(address);
    const answers = (await Promise.all(Array.from({ length: 5 }, () => client.call('freeze')))) as {
      code: string;
    }[];
    expect(answers.map(({ code }) => code).sort()).toEqual([
      ...Array<string>(2).fill('ERR_NOT_PERMITTED'),
      ...Array<string>(3).fill('ERR_NO_ANSWER'),
    ]);
    expect(asked).toBe(3);
  });
});

describe('who reads too slowly', () => {
  it('misses what a newer message replaces, then is disconnected, while others get everything', async () => {
    const clock = new ManualClock();
    const { server, address } = await serve({
      clock,
      limits: { hotBacklog: 64 * 1024, slowTime: 5 },
    });
    const [slow, quick] = [await enter(address), await foxglove(address)];
    const received = quick.listenTo('/weights');
    slow.send(subscribeTo('weights'));
    await quick.settled();
    slow.pause();
    const large = { stamp: 1, layers: [{ pre: 20, post: 50, values: new Float32Array(1000) }] };
    const laggard = () => server.clients.find(({ skippedMessages }) => skippedMessages > 0);
    let sent = 0;
    while (laggard() === undefined) {
      for (let k = 0; k < 50; k++, sent++) server.publish('weights', large);
      await new Promise(setImmediate);
    }
    await until(() => expect(received).toHaveLength(sent));
    clock.advance(6);
    server.publish('weights', large);
    await until(() => expect(server.clients).toHaveLength(1));
    slow.resume();
    await closed(slow);
  });

  it('is given up when it shows no sign of life', async () => {
    const clock = new ManualClock();
    const { server, address } = await serve({ clock, limits: { pingPeriod: 10 } });
    const [dead, living] = [await enter(address), await enter(address)];
    dead.pause();
    const pinged = new Promise((resolve) => living.once('ping', resolve));
    clock.advance(10);
    await pinged;
    // Its answer is at the server when the server's, to what was sent after it, is here.
    living.ping();
    await new Promise((resolve) => living.once('pong', resolve));
    clock.advance(10);
    await until(() => expect(server.clients).toHaveLength(1));
    living.ping();
    await new Promise((resolve) => living.once('pong', resolve));
  });
});

describe('a viewer', () => {
  it('looks on, is offered the emergency stop alone, and may use it', async () => {
    const { server, address, audited } = await serve({ tokens: TOKENS });
    const requests: OperatorRequest[] = [];
    server.subscribe('operatorRequest', (request) => {
      requests.push(request);
      server.publish('acknowledgement', { id: request.id, from: 'controller', accepted: true, reason: '' });
    });
    const viewer = await foxglove(address, VIEWER);
    expect(viewer.services.map(({ name }) => name)).toEqual(['estop']);
    const statuses = viewer.listenTo('/status');
    await viewer.settled();
    server.publish('status', exampleMessages().status);
    await until(() => expect(statuses).toHaveLength(1));
    expect(await viewer.call('estop')).toMatchObject({ accepted: true });
    expect(requests).toMatchObject([{ operation: 'emergency-stop' }]);
    expect(audited.map(({ event, role }) => `${event} ${role ?? ''}`.trim())).toEqual([
      'listening',
      'connected viewer',
      'asked viewer',
      'answered viewer',
    ]);
  });

  it('is refused everything else, by whichever way', async () => {
    const { server, address } = await serve({ tokens: TOKENS });
    const heard = vi.fn();
    for (const topic of ['operatorRequest', 'perturbationRequest', 'simulationRequest'] as const) {
      server.subscribe(topic, heard);
    }
    const [viewer, operator] = [await foxglove(address, VIEWER), await foxglove(address, OPERATOR)];
    for (const { id } of operator.services) {
      if (id === STOP_SERVICE_ID) continue;
      const data = new TextEncoder().encode(JSON.stringify({ id: 'x', paused: true, component: 'leg' }));
      viewer.client.sendServiceCallRequest({ serviceId: id, callId: id, encoding: 'json', data });
    }
    const channel = viewer.client.advertise({ topic: '/operator_request', encoding: 'json', schemaName: '' });
    viewer.client.advertise({ topic: '/simulation_request', encoding: 'json', schemaName: '' });
    const freeze = JSON.stringify({ operation: 'freeze', id: 'f', frozen: true });
    viewer.client.sendMessage(channel, new TextEncoder().encode(freeze));
    viewer.client.setParameters([{ name: 'goal_heading', value: 1 }]);
    await viewer.settled();
    expect(viewer.notices.join()).toContain('viewers look on');
    expect(viewer.notices.join()).toContain('may not publish /simulation_request');
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('what is nested thousands of levels deep', () => {
  const x: unknown = JSON.parse(nested(2000));
  const deep = (request: object): Uint8Array =>
    new TextEncoder().encode(`${JSON.stringify(request).slice(0, -1)},"x":${nested(30_000)}}`);

  it('is refused, in words, by every service but the emergency stop, which is heard', async () => {
    const robot = controllerRig({ simulated: true });
    const faults: unknown[] = [];
    const { server, address } = await serve({ onFault: (error) => faults.push(error) });
    onTestFinished(relay(robot.transport, server));
    const client = await foxglove(address);
    for (const { name } of client.services) {
      const stop = name === 'estop';
      expect(await client.call(name, { id: 'a', x })).toMatchObject(
        stop
          ? { id: 'a', accepted: true }
          : { accepted: false, reason: expect.stringContaining('16 levels') as string },
      );
    }
    expect(faults).toEqual([]);
    expect(robot.controller.state.latched).toBe('emergency-stop');
  });

  it('is answered on the topic of answers where it came as a message, and a stop is heard', async () => {
    const robot = controllerRig({ simulated: true });
    const faults: unknown[] = [];
    const log = new AuditLog({ file: '/dev/null', wallClock: () => 0, onTrouble: (why) => faults.push(why) });
    const { server, address } = await serve({
      tokens: TOKENS,
      onFault: (error) => faults.push(error),
      audit: (entry) => log.write(entry),
    });
    onTestFinished(relay(robot.transport, server));
    const [operator, viewer] = [await foxglove(address, OPERATOR), await foxglove(address, VIEWER)];
    const send = ({ client }: typeof operator, topic: string, request: object): void =>
      client.sendMessage(client.advertise({ topic, encoding: 'json', schemaName: '' }), deep(request));
    send(operator, '/operator_request', { operation: 'freeze', id: 'f', frozen: true });
    send(operator, '/perturbation_request', { operation: 'end', id: 'p' });
    send(viewer, '/operator_request', { operation: 'freeze', id: 'v', frozen: true });
    await Promise.all([operator.settled(), viewer.settled()]);
    expect(robot.answers).toMatchObject([
      { id: 'f', accepted: false },
      { id: 'p', accepted: false },
    ]);
    expect(viewer.notices.join()).toContain('viewers look on');
    send(viewer, '/operator_request', { operation: 'emergency-stop', id: 'e' });
    await until(() => expect(robot.answers.at(-1)).toMatchObject({ id: 'e', accepted: true }));
    expect(faults).toEqual([]);
  });

  it('is told to be wrong where it is a frame of the protocol', async () => {
    const { address } = await serve();
    const client = await foxglove(address);
    client.client.setParameters([{ name: 'goal_heading', value: x as never }]);
    await client.settled();
    expect(client.notices).toEqual(['a text frame that is nested deeper than 16 levels']);
  });
});

describe('where the server has a fault', () => {
  it('every call of a service is answered all the same, and the fault is told', async () => {
    const faults: unknown[] = [];
    const { server, address, audited } = await serve({
      onFault: (error) => faults.push(error),
      onListenerError: (_topic, error) => {
        throw error;
      },
    });
    server.subscribe('operatorRequest', () => {
      throw new Error('a fault of the test');
    });
    const client = await foxglove(address);
    expect(await client.call('freeze')).toMatchObject({ accepted: false, code: 'ERR_INTERNAL' });
    expect(faults).toEqual([new Error('a fault of the test')]);
    expect(audited.at(-1)).toMatchObject({ event: 'answered', what: 'freeze', code: 'ERR_INTERNAL' });
  });

  it('an audit that fails keeps no emergency stop from being heard', async () => {
    const faults: unknown[] = [];
    const { server, address } = await serve({
      onFault: (error) => faults.push(error),
      audit: ({ event }) => {
        if (event !== 'listening') throw new Error('no audit');
      },
    });
    const robot = controllerRig();
    onTestFinished(relay(robot.transport, server));
    const client = await foxglove(address);
    expect(await client.call('estop')).toMatchObject({ accepted: true });
    expect(robot.controller.state.latched).toBe('emergency-stop');
    // Connected, asked, answered.
    expect(faults).toHaveLength(3);
  });
});

describe("the dead-man's switch", () => {
  it('asks for an emergency stop when an operator falls silent, and not before one was there', async () => {
    const clock = new ManualClock();
    const { server, address, audited } = await serve({ clock, deadMan: 2, tokens: TOKENS });
    const requests: string[] = [];
    server.subscribe('operatorRequest', ({ operation }) => requests.push(operation));
    const beat = async (token: string) => {
      const connected = await foxglove(address, token);
      const channel = connected.client.advertise({ topic: '/heartbeat', encoding: 'json', schemaName: '' });
      return async () => {
        connected.client.sendMessage(channel, new TextEncoder().encode('{}'));
        await connected.settled();
      };
    };
    const [operator, viewer] = [await beat(OPERATOR), await beat(VIEWER)];
    await viewer();
    clock.advance(10);
    expect(requests).toEqual([]);
    for (let k = 0; k < 5; k++) {
      await operator();
      clock.advance(1.9);
    }
    expect(requests).toEqual([]);
    await viewer();
    clock.advance(0.1);
    expect(requests).toEqual(['emergency-stop']);
    expect(audited.at(-1)).toMatchObject({ event: 'dead-man' });
    clock.advance(100);
    expect(requests).toHaveLength(1);
  });
});
