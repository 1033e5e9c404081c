import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import {
  WebSocketClientTransport,
  type WebSocketClientOptions,
} from '../../../bridge/websocket/websocket-client-transport.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { OPERATOR, serve, TOKENS } from './rig.js';

async function join(url: string, options: Partial<WebSocketClientOptions> = {}) {
  const problems: string[] = [];
  const client = await WebSocketClientTransport.connect({
    url,
    clock: new MonotonicClock(),
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
    await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
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

  it('tells that the server went away, and can still be used by its own listeners', async () => {
    const { server, address } = await serve();
    const onDisconnect = vi.fn();
    const { client } = await join(address, { onDisconnect });
    await server.close();
    await vi.waitFor(() => expect(onDisconnect).toHaveBeenCalledWith('1001 the server ends'));
    const heard = vi.fn();
    client.subscribe('status', heard);
    client.publish('status', exampleMessages().status);
    expect(heard).toHaveBeenCalledOnce();
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
    await vi.waitFor(() => expect(stamps.at(-1)).toBe(500));
    expect(stamps.length).toBeLessThan(10);
  });
});
