import { deflateRawSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { CHANNELS } from '../../../bridge/websocket/channels.js';
import { until } from '../../until.js';
import { frame, upgraded } from './raw-connection.js';
import { closed, enter, foxglove, OPERATOR, serve, TOKENS } from './rig.js';

/** The code of the close frame that ends what came. */
const closeCode = (bytes: Buffer): number => bytes.readUInt16BE(bytes.lastIndexOf(0x88) + 2);

describe('a WebSocket frame', () => {
  it('is never inflated: no compression is agreed upon, and compressed frames end the connection', async () => {
    const { server } = await serve();
    const { socket, ended, bytes, text } = await upgraded(
      server.port,
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    );
    expect(text()).not.toContain('Sec-WebSocket-Extensions');
    // 40 KiB that would be 40 MiB.
    socket.write(frame(0xc1, deflateRawSync(Buffer.alloc(40 * 1024 * 1024)).subarray(0, 60_000)));
    await ended;
    expect(closeCode(bytes())).toBe(1002);
  });

  it.each([
    ['without a mask', Buffer.from([0x81, 2, 0x7b, 0x7d]), 1002],
    ['with an opcode that there is not', frame(0x83), 1002],
    ['that goes on with nothing', frame(0x80), 1002],
    ['whose ping is too long', frame(0x89, Buffer.alloc(200)), 1002],
    ['that is no UTF-8', frame(0x81, Buffer.of(0xff, 0xfe)), 1007],
    ['that says it has 2^62 bytes', Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])('%s ends its connection and no other', async (_what, bytes, code) => {
    const { server, address } = await serve();
    const other = await foxglove(address);
    const connection = await upgraded(server.port);
    connection.socket.write(bytes);
    await connection.ended;
    expect(closeCode(connection.bytes())).toBe(code);
    await other.settled();
  });

  it('may come in fragments, which are one message to the limits', async () => {
    const { server, address } = await serve();
    const socket = await enter(address);
    const text = Buffer.from(JSON.stringify({ op: 'getParameters', parameterNames: [], id: 'whole' }));
    const answered = new Promise<string>((resolve) =>
      socket.on('message', (data: Buffer) => {
        if (data.includes('whole')) resolve(data.toString());
      }),
    );
    for (const [k, byte] of text.entries()) {
      socket.send(Buffer.of(byte), { binary: false, fin: k === text.length - 1 });
      if (k === 50) break;
    }
    socket.send(text.subarray(51), { binary: false, fin: true });
    expect(await answered).toContain('goal_heading');
    for (let sent = 0; sent <= 64; sent++) socket.send(Buffer.alloc(1024), { fin: false });
    expect(await closed(socket)).toBe(1009);
    await until(() => expect(server.clients).toHaveLength(0));
  });

  it('has an end to its fragments, though they are empty', async () => {
    const { server } = await serve();
    const { socket, ended, bytes } = await upgraded(server.port);
    socket.write(Buffer.concat([frame(0x02), ...Array.from({ length: 100 }, () => frame(0x00))]));
    await ended;
    expect(closeCode(bytes())).toBe(1008);
  });

  it('counts against the rate as a ping or a pong, too', async () => {
    const { server } = await serve({ limits: { frameRate: 1, frameBurst: 10, excessFrames: 100 } });
    for (const opcode of [0x89, 0x8a]) {
      const { socket, ended } = await upgraded(server.port);
      socket.write(Buffer.concat(Array.from({ length: 200 }, () => frame(opcode))));
      await ended;
    }
    expect(server.clients).toHaveLength(0);
  });
});

describe('a frame of many entries', () => {
  it('is not answered entry by entry without an end', async () => {
    const { address } = await serve();
    const other = await foxglove(address);
    const socket = await enter(address);
    const statuses: string[] = [];
    socket.on('message', (data: Buffer) => statuses.push(data.toString('utf8', 0, 40)));
    const entries = Array.from({ length: 256 }, (_, id) => ({ id, channelId: 5000 + id }));
    for (let k = 0; k < 20; k++) socket.send(JSON.stringify({ op: 'subscribe', subscriptions: entries }));
    socket.send(JSON.stringify({ op: 'getParameters', parameterNames: [], id: 'after' }));
    await until(() => expect(statuses.at(-1)).toContain('parameterValues'));
    expect(statuses.filter((text) => text.includes('"status"')).length).toBeLessThan(300);
    await other.settled();
    expect(other.notices).toEqual([]);
  });

  it('subscribes once to each channel, whatever it says', async () => {
    const { server, address } = await serve();
    const socket = await enter(address);
    let messages = 0;
    socket.on('message', (_data, isBinary) => {
      if (isBinary) messages++;
    });
    const every = CHANNELS.map(({ id }) => id);
    for (let k = 0; k < 10; k++) {
      const subscriptions = every.map((channelId, at) => ({ id: 100 * k + at, channelId }));
      socket.send(JSON.stringify({ op: 'subscribe', subscriptions }));
    }
    socket.send(JSON.stringify({ op: 'getParameters', parameterNames: [], id: 'after' }));
    await new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        if (data.includes('"after"')) resolve();
      }),
    );
    for (const id of ['one', 'two']) {
      server.publish('acknowledgement', { id, from: 'robot', accepted: true, reason: '' });
    }
    const ponged = new Promise((resolve) => socket.once('pong', resolve));
    // Behind the first turns in which messages go out.
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.ping();
    await ponged;
    expect(messages).toBe(2);
  });

  it('advertises no more than its client may, under an id that it may use already either', async () => {
    const { server, address } = await serve({ tokens: TOKENS });
    const heard = vi.fn();
    for (const topic of ['jointCommand', 'robotState', 'status'] as const) server.subscribe(topic, heard);
    const asked: string[] = [];
    server.subscribe('operatorRequest', ({ operation }) => asked.push(operation));
    const socket = await enter(address, OPERATOR);
    const advertise = (topic: string) =>
      socket.send(
        JSON.stringify({ op: 'advertise', channels: [{ id: 1, topic, encoding: 'json', schemaName: '' }] }),
      );
    for (const topic of ['/operator_request', '/joint_command', '/robot_state', '/status']) advertise(topic);
    const command = JSON.stringify({ stamp: 1, names: ['x'], interface: 'effort', values: [9] });
    for (const text of [command, JSON.stringify({ operation: 'freeze', id: 'f', frozen: true })]) {
      socket.send(Buffer.concat([Buffer.of(1, 1, 0, 0, 0), Buffer.from(text)]));
    }
    await until(() => expect(asked).toContain('freeze'));
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('twenty clients that read nothing', () => {
  it('are sent no more than a bounded backlog each, then nothing, and others do not wait for them', async () => {
    const { server, address } = await serve({
      limits: { longestBacklog: 512 * 1024, hotBacklog: 128 * 1024 },
    });
    const quick = await foxglove(address);
    const received = quick.listenTo('/acknowledgement');
    await quick.settled();
    const deaf = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { socket } = await upgraded(server.port);
        const subscriptions = CHANNELS.map(({ id }) => ({ id, channelId: id }));
        socket.write(frame(0x81, Buffer.from(JSON.stringify({ op: 'subscribe', subscriptions }))));
        return socket;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const socket of deaf) socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    const reason = 'x'.repeat(10_000);
    let sent = 0;
    let most = 0;
    for (; server.clients.length > 1; sent++) {
      server.publish('acknowledgement', { id: `${sent}`, from: 'robot', accepted: true, reason });
      await new Promise(setImmediate);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      if (sent > 20_000) throw new Error('they are never given up');
    }
    await until(() => expect(received).toHaveLength(sent));
    // 20 backlogs of half a MiB, and what the receiving ends of this process hold.
    expect(most).toBeLessThan(40e6);
  });
});
