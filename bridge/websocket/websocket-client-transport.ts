import { WebSocket } from 'ws';
import { HebbridgeError } from '../../policy/errors.js';
import type { Cancel, Clock } from '../clock.js';
import type { MessageMap, Topic } from '../message-map.js';
import { decodeJson, encodeJson } from '../transport/json-messages.js';
import { TopicListeners } from '../transport/topic-listeners.js';
import type { Listener, ListenerErrorHandler, Transport, Unsubscribe } from '../transport.js';
import { tokenSubprotocol } from './access.js';
import { MESSAGE_TOPICS, topicName } from './channels.js';
import { clientMessageFrame, STATUS_LEVEL, SUBPROTOCOL } from './protocol.js';
import { parseServerFrame } from './server-frames.js';

export interface WebSocketClientOptions {
  /** `ws://` or `wss://` */
  readonly url: string;
  readonly token?: string;
  /** PEM: the certificate authority of the server, where it is none that the machine knows. */
  readonly ca?: string;
  /** What this endpoint sends and hears; the server has a say in what it may send. Default: everything. */
  readonly publishes?: readonly Topic[];
  readonly subscribes?: readonly Topic[];
  readonly clock: Clock;
  /** s that connecting may take. Default 5. */
  readonly timeout?: number;
  /** Hears of messages that cannot be read, and of what the server refuses. */
  readonly onProblem?: (problem: string) => void;
  /** The connection is over, though nobody closed this end. There is no other one after it. */
  readonly onDisconnect?: (reason: string) => void;
  readonly onListenerError?: ListenerErrorHandler;
}

/** ms that the server has to say goodbye. */
const FAREWELL = 1000;
const LARGEST_FRAME = 4 * 1024 * 1024;
/** The request whose answer says that the subscriptions before it are in force. */
const FENCE = 'subscribed';

/**
 * The other end of a WebSocketServerTransport, for programs: messages in the Foxglove protocol, as JSON. What is
 * published here goes to this endpoint's own listeners at once, and to the server, which does not send it back; what
 * the role of its token does not allow, the server refuses (`onProblem`).
 */
export class WebSocketClientTransport implements Transport {
  private readonly options: WebSocketClientOptions;
  private readonly socket: WebSocket;
  private readonly listeners: TopicListeners;
  /** Topic by subscription, and the number under which each topic is published. */
  private readonly subscribed = new Map<number, Topic>();
  private readonly published = new Map<Topic, number>();
  private closing: Promise<void> | undefined;

  private constructor(options: WebSocketClientOptions, socket: WebSocket) {
    this.options = options;
    this.socket = socket;
    this.listeners = new TopicListeners(options.onListenerError);
  }

  /**
   * Resolves when everything that it subscribes to will be heard.
   *
   * @throws HebbridgeError ERR_WEBSOCKET: nobody there, refused, or no server of this protocol
   */
  static async connect(options: WebSocketClientOptions): Promise<WebSocketClientTransport> {
    const { url, token, ca, clock, timeout = 5 } = options;
    const protocols = [SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, protocols, {
        perMessageDeflate: false,
        maxPayload: LARGEST_FRAME,
        ...(ca === undefined ? {} : { ca }),
      });
    } catch (error) {
      throw new HebbridgeError('ERR_WEBSOCKET', `${url}: ${String(error)}`);
    }
    const transport = new WebSocketClientTransport(options, socket);
    let cancel: Cancel | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const fail = (problem: string): void =>
          reject(new HebbridgeError('ERR_WEBSOCKET', `${url}: ${problem}`));
        cancel = clock.callAt(clock.now() + timeout, () => fail(`no robot's server within ${timeout} s`));
        // Stays: an error without a listener would end the process; what follows from it is 'close'.
        socket.on('error', ({ message }) => fail(message));
        socket.on('close', (code, reason) => {
          fail(`closed with ${code} ${reason.toString()}`);
          transport.lost(`${code} ${reason.toString()}`.trim());
        });
        socket.on('message', (data: Buffer, isBinary) => transport.receive(data, isBinary, resolve));
      });
    } catch (error) {
      transport.closing = Promise.resolve();
      socket.terminate();
      throw error;
    } finally {
      cancel?.();
    }
    return transport;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.assertOpen('publish', topic);
    const channel = this.published.get(topic);
    if (channel !== undefined && this.socket.readyState === WebSocket.OPEN) {
      const payload = Buffer.from(encodeJson(topic, message));
      this.socket.send(clientMessageFrame(channel, payload), { binary: true });
    }
    this.listeners.deliver(topic, message);
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    this.assertOpen('subscribe', topic);
    return this.listeners.add(topic, listener);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.listeners.removeAll();
    const { socket } = this;
    if (socket.readyState === WebSocket.CLOSED) return;
    const { clock } = this.options;
    const cancel = clock.callAt(clock.now() + FAREWELL / 1000, () => socket.terminate());
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.close(1000);
    await closed;
    cancel();
  }

  private receive(data: Buffer, isBinary: boolean, onReady: () => void): void {
    if (this.closing) return;
    const frame = parseServerFrame(data, isBinary);
    switch (frame.op) {
      case 'advertise':
        this.join(frame.channels);
        return;
      case 'parameterValues':
        if (frame.id === FENCE) onReady();
        return;
      case 'status':
        if (frame.level !== STATUS_LEVEL.info) this.options.onProblem?.(frame.message);
        return;
      case 'message':
        this.deliver(frame.subscriptionId, frame.data);
        return;
      case 'other':
        return;
    }
  }

  /** Subscribe to what the server offers of what this endpoint hears, and say what it will publish. */
  private join(channels: readonly { readonly id: number; readonly topic: string }[]): void {
    const { subscribes = MESSAGE_TOPICS, publishes = MESSAGE_TOPICS } = this.options;
    const subscriptions: { id: number; channelId: number }[] = [];
    for (const topic of subscribes) {
      const channel = channels.find(({ topic: name }) => name === topicName(topic));
      if (!channel || [...this.subscribed.values()].includes(topic)) continue;
      const id = this.subscribed.size;
      this.subscribed.set(id, topic);
      subscriptions.push({ id, channelId: channel.id });
    }
    publishes.forEach((topic, index) => this.published.set(topic, index + 1));
    const advertised = publishes.map((topic, index) => ({
      id: index + 1,
      topic: topicName(topic),
      encoding: 'json',
      schemaName: '',
    }));
    this.send({ op: 'subscribe', subscriptions });
    if (advertised.length > 0) this.send({ op: 'advertise', channels: advertised });
    this.send({ op: 'getParameters', parameterNames: [FENCE], id: FENCE });
  }

  private deliver(subscription: number, data: Buffer): void {
    const topic = this.subscribed.get(subscription);
    if (topic === undefined) return;
    const decoded = decodeJson(topic, data.toString('utf8'));
    if ('problem' in decoded) this.options.onProblem?.(`${topicName(topic)}: ${decoded.problem}`);
    else this.listeners.deliver(topic, decoded.message);
  }

  private send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  private lost(reason: string): void {
    if (!this.closing) this.options.onDisconnect?.(reason);
  }

  private assertOpen(operation: string, topic: Topic): void {
    if (this.closing)
      throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `${operation} of ${topic} after close()`);
  }
}
