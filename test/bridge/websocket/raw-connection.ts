import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { SUBPROTOCOL } from '../../../bridge/websocket/protocol.js';
import { until } from '../../until.js';

/** A connection on which anything can be written, and what came back on it. */
export function raw(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (bytes) => received.push(bytes)).on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    ended,
    bytes: () => Buffer.concat(received),
    text: () => Buffer.concat(received).toString(),
  };
}

/** A request to become a WebSocket. */
export const upgrade = (target: string, ...more: string[]): string =>
  [
    `GET ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    ...(more.some((line) => line.startsWith('Upgrade:')) ? [] : ['Upgrade: websocket']),
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    ...more,
    '\r\n',
  ].join('\r\n');

/** A frame as a client writes it: first byte, and a payload under the mask 0. */
export function frame(first: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const { length } = payload;
  const head = length < 126 ? [first, 0x80 | length] : [first, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

/** A connection that has become a WebSocket, by hand. */
export async function upgraded(port: number, ...headers: string[]) {
  const connection = raw(port);
  connection.socket.write(upgrade('/', ...headers));
  await until(() => expect(connection.text()).toContain('serverInfo'));
  return connection;
}
