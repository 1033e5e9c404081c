import { HebbridgeError } from '../../policy/errors.js';
import type { Cancel } from '../clock.js';
import type { MessageMap, Topic } from '../message-map.js';
import { decodeJson, encodeJson } from '../transport/json-messages.js';
import { DEFAULT_RECONNECT, reconnectDelay, type ReconnectSettings } from '../transport/reconnect-delay.js';
import { TopicListeners } from '../transport/topic-listeners.js';
import type { Listener, ListenerErrorHandler, Transport, Unsubscribe } from '../transport.js';
import { DROPPABLE_TOPICS, MESSAGE_TOPICS, topicName } from './channels.js';
import { ClientConnection, type ConnectionOptions } from './client-connection.js';

export interface WebSocketClientOptions extends ConnectionOptions {
  readonly reconnect?: ReconnectSettings;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Hears of messages that cannot be read, of what the server refuses, and of requests that could not be sent. */
  readonly onProblem?: (problem: string) => void;
  /** Hears when the server is there, and when it is not and why; again when the reason is another. */
  readonly onConnectionChange?: (connected: boolean, reason: string) => void;
  readonly onListenerError?: ListenerErrorHandler;
}

/** Whoever waits for the first connection. */
interface First {
  readonly resolve: () => void;
  readonly reject: (error: HebbridgeError) => void;
}

/**
 * The other end of a WebSocketServerTransport, for programs: messages in the Foxglove protocol, as JSON. What is
 * published here goes to this endpoint's own listeners at once, and to the server, which does not send it back; what
 * the role of its token does not allow, the server refuses (`onProblem`).
 *
 * A connection that is lost comes back by itself, sooner or later. Nothing is kept for the server meanwhile: states
 * are worthless by then, and a request that nobody waits for any more must not be done. `onProblem` hears of those.
 */
export class WebSocketClientTransport implements Transport {
  private readonly options: WebSocketClientOptions;
  private readonly listeners: TopicListeners;
  private readonly publishes: ReadonlySet<Topic>;
  private connection: ClientConnection | undefined;
  private first: First | undefined;
  private up = false;
  private failures = 0;
  private toldOf = '';
  private cancelAttempt: Cancel | undefined;
  private closing: Promise<void> | undefined;

  private constructor(options: WebSocketClientOptions, first: First) {
    this.options = options;
    this.first = first;
    this.publishes = new Set(options.publishes ?? MESSAGE_TOPICS);
    this.listeners = new TopicListeners(options.onListenerError);
    this.connection = this.attempt();
  }

  /**
   * Resolves when everything that it subscribes to will be heard.
   *
   * @throws HebbridgeError ERR_WEBSOCKET: nobody there, refused, or no server of this protocol
   */
  static async connect(options: WebSocketClientOptions): Promise<WebSocketClientTransport> {
    let transport: WebSocketClientTransport | undefined;
    await new Promise<void>((resolve, reject) => {
      transport = new WebSocketClientTransport(options, { resolve, reject });
    });
    return transport!;
  }

  get isConnected(): boolean {
    return this.up;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.assertOpen('publish', topic);
    const sent = this.up && this.connection?.send(topic, () => encodeJson(topic, message));
    if (sent !== true && this.publishes.has(topic) && !DROPPABLE_TOPICS.has(topic)) {
      this.options.onProblem?.(`${topicName(topic)}: not sent, for there is no connection that takes it`);
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
    this.cancelAttempt?.();
    this.up = false;
    await this.connection?.close();
  }

  private attempt(): ClientConnection {
    return new ClientConnection(this.options, {
      onReady: () => this.rise(),
      onMessage: (topic, payload) => this.take(topic, payload),
      onNotice: (notice) => this.options.onProblem?.(notice),
      onEnd: (reason) => this.fall(reason),
    });
  }

  private rise(): void {
    if (this.closing) return;
    this.up = true;
    this.failures = 0;
    this.toldOf = '';
    this.first?.resolve();
    this.first = undefined;
    this.options.onConnectionChange?.(true, '');
  }

  private fall(reason: string): void {
    this.up = false;
    if (this.closing) return;
    const { url, clock, random, reconnect = DEFAULT_RECONNECT, onConnectionChange } = this.options;
    if (this.first) {
      this.closing = Promise.resolve();
      this.first.reject(new HebbridgeError('ERR_WEBSOCKET', `${url}: ${reason}`));
      return;
    }
    this.cancelAttempt = clock.callAt(
      clock.now() + reconnectDelay(this.failures++, random(), reconnect),
      () => (this.connection = this.attempt()),
    );
    if (reason === this.toldOf) return;
    this.toldOf = reason;
    onConnectionChange?.(false, reason);
  }

  private take(topic: Topic, payload: Buffer): void {
    if (this.closing) return;
    const decoded = decodeJson(topic, payload.toString('utf8'));
    if ('problem' in decoded) this.options.onProblem?.(`${topicName(topic)}: ${decoded.problem}`);
    else this.listeners.deliver(topic, decoded.message);
  }

  private assertOpen(operation: string, topic: Topic): void {
    if (this.closing)
      throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `${operation} of ${topic} after close()`);
  }
}
