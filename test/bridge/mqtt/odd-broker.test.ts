import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import { MqttTransport } from '../../../bridge/mqtt/index.js';
import { until } from '../../until.js';
import { random } from './broker.js';

const [CONNECT, SUBSCRIBE] = [0x10, 0x82];
const CONNACK = Buffer.of(0x20, 3, 0, 0, 0);
const suback = (idHigh: number, idLow: number, granted: readonly number[]): Buffer =>
  Buffer.of(0x90, 3 + granted.length, idHigh, idLow, 0, ...granted);

/** Takes connections and subscriptions, confirms nothing else, and then does what `misbehave` does. */
async function connectTo(misbehave: (socket: Socket) => void, announces: boolean) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (bytes[0] === CONNECT) socket.write(CONNACK);
      // All its packets that we send are shorter than 128 bytes.
      if (bytes[0] !== SUBSCRIBE) return;
      socket.write(suback(bytes[2]!, bytes[3]!, announces ? [1, 1] : [1]));
      misbehave(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reasons: string[] = [];
  const transport = await MqttTransport.connect({
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    robot: 'ant',
    publishes: [],
    subscribes: ['operatorRequest'],
    announces,
    farewell: 0.1,
    clock: new MonotonicClock(),
    random,
    reconnect: { first: 0.05, longest: 0.2 },
    onBadMessage: () => undefined,
    onConnectionChange: (_connected, reason) => reasons.push(reason),
  });
  onTestFinished(async () => {
    await transport.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { transport, reasons: () => reasons.filter((reason) => reason !== '') };
}

describe('an MQTT broker that keeps to no agreement', () => {
  it('is left, each time, when it announces a packet that is too large, and it is told what it did', async () => {
    const fed: Socket[] = [];
    const { reasons } = await connectTo((socket) => {
      fed.push(socket);
      socket.write(Buffer.of(0x30, 0xff, 0xff, 0xff, 0x7f));
      const feed = (): void => {
        if (!socket.destroyed) socket.write(Buffer.alloc(1 << 20), feed);
      };
      feed();
    }, false);
    await until(() => expect(reasons().length).toBeGreaterThanOrEqual(2));
    for (const reason of reasons().slice(0, 2)) {
      expect(reason).toContain('a packet of 268435460 bytes, and was told 17408 at most');
      expect(reason).not.toContain('password');
    }
    // What was in buffers of the system when it was left.
    expect(fed[0]!.bytesWritten).toBeLessThan(64 << 20);
  });

  it('is contradicted no more than once at a time when it says that we are gone, and confirms nothing', async () => {
    const name = Buffer.from('hebbridge/ant/online');
    const body = Buffer.concat([Buffer.of(0, name.length), name, Buffer.of(0), Buffer.from('offline')]);
    const denials = Buffer.concat(
      Array.from({ length: 2000 }, () => Buffer.concat([Buffer.of(0x30, body.length), body])),
    );
    let said = 0;
    const { transport } = await connectTo((socket) => {
      const say = (): void => {
        said += 2000;
        if (!socket.destroyed && said < 1_000_000) socket.write(denials, say);
      };
      say();
    }, true);
    await until(() => expect(said).toBeGreaterThanOrEqual(1_000_000));
    await until(() => expect(transport.statistics().droppedIncoming).toBeGreaterThan(900_000));
    expect(transport.statistics().waiting).toBeLessThan(70);
    expect(transport.isConnected).toBe(true);
  });
});
