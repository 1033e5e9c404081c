import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock, MonotonicClock } from '../../../bridge/clock.js';
import {
  WebSocketClientTransport,
  type WebSocketClientOptions,
} from '../../../bridge/websocket/websocket-client-transport.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { until } from '../../until.js';
import { OPERATOR, PEER, serve, TOKENS } from './rig.js';

async function join(url: string, options: Partial<WebSocketClientOptions> = {}) {
  const problems: string[] = [];
  const client = await WebSocketClientTransport.connect({
    url,
    clock: new MonotonicClock(),
    random: () => 0.5,
    reconnect: { first: 0.01, longest: 0.05 },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, problems };
}

const noConnection = (text: string | RegExp): unknown =>
  expect.objectContaining({ code: 'ERR_WEBSOCKET', message: expect.stringMatching(text) as string });

describe('the client of a WebSocket', () => {
  it('asks as an operator, and is told what an operator may not say', async () => {
    const { server, address } = await serve({ tokens: TOKENS });
    const asked = vi.fn();
    server.subscribe('operatorRequest', asked);
    const heard = vi.fn();
    server.subscribe('jointCommand', heard);
    const { client, problems } = await join(address, { token: OPERATOR });
    client.publish('jointCommand', exampleMessages().jointCommand);
    client.publish('operatorRequest', { operation: 'freeze', id: 'f', frozen: true });
    await until(() => expect(asked).toHaveBeenCalledOnce());
    expect(heard).not.toHaveBeenCalled();
    expect(problems.join()).toContain('may not publish /joint_command');
  });

  it('hears its own messages once', async () => {
    const { server, address } = await serve();
    const { client } = await join(address, { publishes: ['operatorRequest'] });
    const heard = vi.fn();
    client.subscribe('operatorRequest', heard);
    client.publish('operatorRequest', { operation: 'emergency-stop', id: 's' });
    const later = new Promise((resolve) => client.subscribe('status', resolve));
    server.publish('status', exampleMessages().status);
    await later;
    expect(heard).toHaveBeenCalledOnce();
  });

  it('is refused with a wrong token', async () => {
    const { address } = await serve({ tokens: TOKENS });
    await expect(join(address, { token: 'no-token-of-theirs' })).rejects.toThrow(noConnection('401'));
  });

  it('gives up where nobody is, or nobody who speaks the protocol', async () => {
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as { port: number };
    const silent = join(`ws://127.0.0.1:${port}`, { timeout: 0.2 });
    await expect(silent).rejects.toThrow(noConnection("no robot's server within 0.2 s"));
    mute.close();
    await expect(join('ws://127.0.0.1:1')).rejects.toThrow(noConnection('ECONNREFUSED'));
    await expect(join('nonsense')).rejects.toThrow(noConnection('nonsense'));
  });
});

describe('the client of a WebSocket whose server went away', () => {
  const freeze = { operation: 'freeze', id: 'f', frozen: true } as const;

  /** A server that was there, and a way to bring it back at the same address. */
  async function leftAlone(options: Partial<WebSocketClientOptions> = {}) {
    const { server, address } = await serve();
    const changes: [boolean, string][] = [];
    const { client, problems } = await join(address, {
      onConnectionChange: (...change) => changes.push(change),
      ...options,
    });
    await server.close();
    await until(() => expect(client.isConnected).toBe(false));
    return { client, problems, changes, comeBack: () => serve({ port: server.port }) };
  }

  it('says so, once for each reason, and says when it is there again', async () => {
    const { client, changes, comeBack } = await leftAlone();
    await until(() => expect(changes).toHaveLength(3));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await comeBack();
    await until(() => expect(client.isConnected).toBe(true));
    expect(changes).toEqual([
      [true, ''],
      [false, 'closed with 1001 the server ends'],
      [false, expect.stringContaining('ECONNREFUSED') as string],
      [true, ''],
    ]);
  });

  it('hears and says what comes after its return, and nothing of what was said meanwhile', async () => {
    const { client, problems, comeBack } = await leftAlone();
    const heard: string[] = [];
    client.subscribe('acknowledgement', ({ id }) => heard.push(id));
    for (let k = 0; k < 1000; k++) client.publish('operatorRequest', { ...freeze, id: `${k}` });
    for (let k = 0; k < 1000; k++) client.publish('robotState', exampleMessages().robotState);
    const { server } = await comeBack();
    const asked: string[] = [];
    server.subscribe('operatorRequest', ({ id }) => asked.push(id));
    await until(() => expect(client.isConnected).toBe(true));
    client.publish('operatorRequest', { ...freeze, id: 'after' });
    await until(() => expect(asked).toEqual(['after']));
    server.publish('acknowledgement', { id: 'after', from: 'controller', accepted: true, reason: '' });
    await until(() => expect(heard).toEqual(['after']));
    // States are not missed by anybody; requests are.
    const unsent = problems.filter((problem) => problem.includes('not sent'));
    expect(unsent).toHaveLength(1000);
    expect(unsent[0]).toContain('/operator_request: ');
  });

  it('can still be used by its own listeners', async () => {
    const { client } = await leftAlone();
    const heard = vi.fn();
    client.subscribe('status', heard);
    client.publish('status', exampleMessages().status);
    expect(heard).toHaveBeenCalledOnce();
  });

  it('comes back no more when it is closed', async () => {
    const { client, comeBack } = await leftAlone();
    await client.close();
    const { server } = await comeBack();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.clients).toEqual([]);
  });

  it('waits twice as long after each failure, up to the longest', async () => {
    const clock = new ManualClock();
    // Once for each failure.
    const random = vi.fn(() => 1);
    await leftAlone({ clock, random, reconnect: { first: 1, longest: 4 } });
    let failures = 1;
    for (const delay of [1, 2, 4, 4]) {
      clock.advance(delay - 0.01);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(random).toHaveBeenCalledTimes(failures);
      clock.advance(0.01);
      failures++;
      await until(() => expect(random).toHaveBeenCalledTimes(failures));
    }
  });
});

describe('the client of a WebSocket whose server says nothing any more', () => {
  /** A way to a server that swallows everything from some moment on, as a radio out of reach does. */
  async function radio(port: number) {
    const sockets: Socket[] = [];
    const relaying = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) sockets.push(socket.on('error', () => undefined));
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => relaying.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      relaying.close();
    });
    const silence = (): void => {
      for (const socket of sockets) socket.unpipe().pause();
    };
    return { address: `ws://127.0.0.1:${(relaying.address() as AddressInfo).port}`, silence };
  }

  it('gives the connection up and makes another one', async () => {
    const { server } = await serve();
    const { address, silence } = await radio(server.port);
    const changes: string[] = [];
    const { client } = await join(address, {
      keepAlive: 0.5,
      onConnectionChange: (connected, reason) => changes.push(connected ? 'there' : reason),
    });
    silence();
    await until(() => expect(changes).toEqual(['there', 'the server shows no sign of life', 'there']));
    expect(client.isConnected).toBe(true);
  });

  it('keeps no states for it while they do not leave', async () => {
    const { server } = await serve({ tokens: TOKENS });
    const { address, silence } = await radio(server.port);
    const { client, problems } = await join(address, { token: PEER, subscribes: [], keepAlive: 1000 });
    silence();
    const { weights, robotState } = exampleMessages();
    const large = { ...weights, layers: [{ pre: 128, post: 128, values: new Float32Array(128 * 128) }] };
    const before = process.memoryUsage().arrayBuffers;
    for (let k = 0; k < 2000; k++) {
      client.publish('weights', large);
      client.publish('robotState', robotState);
      if (k % 100 === 0) await new Promise(setImmediate);
    }
    // 170 MB were said; what waits, and what the system's buffers took.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32e6);
    expect(problems).toEqual([]);
  });
});

describe('the server of a WebSocket', () => {
  it('says what is wrong with an address that is taken', async () => {
    const { server } = await serve();
    const second = serve({ port: server.port });
    await expect(second).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_LISTEN',
        message: expect.stringContaining(String(server.port)) as string,
      }),
    );
  });

  it('refuses to be reached by others without a token', async () => {
    await expect(serve({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'ERR_SETTING' });
  });

  it('keeps to the pace of its clients, and ends with the newest state', async () => {
    const { server, address } = await serve({ limits: { hotPeriod: 0.1 } });
    const { client } = await join(address);
    const stamps: number[] = [];
    client.subscribe('robotState', ({ stamp }) => stamps.push(stamp));
    const { robotState } = exampleMessages();
    for (let k = 1; k <= 500; k++) {
      robotState.stamp = k;
      server.publish('robotState', robotState);
    }
    await until(() => expect(stamps.at(-1)).toBe(500));
    expect(stamps.length).toBeLessThan(10);
  });
});
