import { FoxgloveClient, type Channel, type Service } from '@foxglove/ws-protocol';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { MonotonicClock } from '../../../bridge/clock.js';
import type { AuditEntry } from '../../../bridge/websocket/audit-log.js';
import { tokenSubprotocol } from '../../../bridge/websocket/access.js';
import { SUBPROTOCOL } from '../../../bridge/websocket/protocol.js';
import {
  WebSocketServerTransport,
  type WebSocketServerOptions,
} from '../../../bridge/websocket/websocket-server-transport.js';

export const OPERATOR = 'the-token-of-an-operator';
export const VIEWER = 'the-token-of-a-viewer';
export const PEER = 'the-token-of-a-peer';
export const TOKENS = { operator: OPERATOR, viewer: VIEWER, peer: PEER };

/** A server on a free port of the loopback address, and what its audit log would hold. */
export async function serve(
  options: Partial<WebSocketServerOptions> = {},
): Promise<{ server: WebSocketServerTransport; audited: AuditEntry[]; address: string }> {
  const audited: AuditEntry[] = [];
  let ids = 0;
  const server = await WebSocketServerTransport.listen({
    host: '127.0.0.1',
    port: 0,
    clock: new MonotonicClock(),
    wallClock: () => 1e12,
    newId: () => `id-${++ids}`,
    audit: (entry) => audited.push(entry),
    ...options,
  });
  onTestFinished(() => server.close());
  return { server, audited, address: server.url.replace(/^http/, 'ws') };
}

/** What becomes of an attempt to open a WebSocket: the socket, or the HTTP status of the refusal. */
export function open(
  address: string,
  {
    token,
    headers = {},
    protocols = [SUBPROTOCOL],
  }: { token?: string; headers?: object; protocols?: string[] } = {},
): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const offered = [...protocols, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
    const socket = new WebSocket(address, offered, { headers: { ...headers } });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', (error) => reject(error));
    onTestFinished(() => socket.terminate());
  });
}

/** A socket that is let in. */
export async function enter(address: string, token?: string): Promise<WebSocket> {
  const socket = await open(address, token === undefined ? {} : { token });
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

/** Resolves to the close code. */
export function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** The reference client of the protocol, when it knows what the server offers. */
export interface Foxglove {
  readonly client: FoxgloveClient;
  readonly channels: readonly Channel[];
  readonly services: readonly Service[];
  readonly notices: string[];
  /** Messages of a topic, from when it is subscribed to. */
  listenTo(topic: string): unknown[];
  call(service: string, payload?: object): Promise<unknown>;
  /** Resolves when the server has dealt with what was sent before. */
  settled(): Promise<void>;
}

export async function foxglove(address: string, token?: string): Promise<Foxglove> {
  const protocols = [SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
  const socket = new WebSocket(address, protocols);
  onTestFinished(() => socket.terminate());
  // Its `send` takes typed arrays of any memory; the types of ws differ in that.
  const client = new FoxgloveClient({
    ws: socket as unknown as ConstructorParameters<typeof FoxgloveClient>[0]['ws'],
  });
  const notices: string[] = [];
  client.on('status', ({ message }) => notices.push(message));
  const [channels, services] = await Promise.all([
    new Promise<Channel[]>((resolve, reject) => {
      client.on('advertise', resolve);
      client.on('error', reject);
    }),
    new Promise<Service[]>((resolve) => client.on('advertiseServices', resolve)),
  ]);
  let calls = 0;
  const textOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('utf8');
  return {
    client,
    channels,
    services,
    notices,
    listenTo(topic) {
      const messages: unknown[] = [];
      const channel = channels.find((candidate) => candidate.topic === topic);
      if (!channel) throw new Error(`there is no channel ${topic}`);
      const subscription = client.subscribe(channel.id);
      client.on('message', ({ subscriptionId, data }) => {
        if (subscriptionId === subscription) messages.push(JSON.parse(textOf(data)));
      });
      return messages;
    },
    call(name, payload) {
      const service = services.find((candidate) => candidate.name === name);
      if (!service) return Promise.reject(new Error(`there is no service ${name}`));
      const callId = ++calls;
      const data = new TextEncoder().encode(payload === undefined ? '' : JSON.stringify(payload));
      client.sendServiceCallRequest({ serviceId: service.id, callId, encoding: 'json', data });
      return new Promise((resolve, reject) => {
        client.on('serviceCallResponse', (response) => {
          if (response.callId === callId) resolve(JSON.parse(textOf(response.data)));
        });
        client.on('serviceCallFailure', (failure) => {
          if (failure.callId === callId) reject(new Error(failure.message));
        });
      });
    },
    settled() {
      const id = `settled-${++calls}`;
      client.getParameters([], id);
      return new Promise((resolve) => {
        client.on('parameterValues', (values) => {
          if (values.id === id) resolve();
        });
      });
    },
  };
}
