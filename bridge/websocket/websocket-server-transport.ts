import { HebbridgeError } from '../../policy/errors.js';
import type { MessageMap, Topic } from '../message-map.js';
import type { Listener, Transport, Unsubscribe } from '../transport.js';
import { isLoopback, requireSafeExposure } from './access.js';
import type { Session } from './session.js';
import { WebSocketHub, type WebSocketHubOptions } from './websocket-hub.js';

export interface WebSocketServerOptions extends Omit<WebSocketHubOptions, 'loopback'> {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Send the token unencrypted over a network that is trusted. */
  readonly insecure?: boolean;
}

/**
 * The robot's end of a WebSocket: messages go out to whoever subscribed, requests come in from whoever may make them,
 * in the Foxglove protocol, so that Foxglove, Lichtblick and the operator console can be the other end. Over the same
 * port the console is served, and `/healthz`.
 *
 * What is published here reaches clients as JSON. Messages of each control period (robot state, observation, joint
 * command) are sent at most each `hotPeriod`, the newest always; clients that read too slowly miss some of them, and
 * are disconnected in the end. A client does not get its own messages back.
 */
export class WebSocketServerTransport implements Transport {
  /** Where it listens, like `http://127.0.0.1:8765/`. */
  readonly url: string;
  readonly port: number;
  private readonly hub: WebSocketHub;
  private closing: Promise<void> | undefined;

  private constructor(hub: WebSocketHub, url: string, port: number) {
    this.hub = hub;
    this.url = url;
    this.port = port;
  }

  /**
   * Open it.
   *
   * @throws HebbridgeError ERR_SETTING: it would let in who does not belong; ERR_LISTEN: nothing can be served there
   */
  static async listen(options: WebSocketServerOptions): Promise<WebSocketServerTransport> {
    const { host, port, tokens = {}, tls, insecure = false } = options;
    requireSafeExposure(host, tokens, tls !== undefined, insecure);
    const hub = new WebSocketHub({ ...options, loopback: isLoopback(host) });
    const bound = await hub.listen(host, port);
    // A name may stand for another address than it says.
    if (isLoopback(host) && !isLoopback(bound.address)) {
      await hub.end();
      throw new HebbridgeError('ERR_SETTING', `${host} is ${bound.address} here, which other machines reach`);
    }
    const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
    options.audit?.({ event: 'listening', address: `${name}:${bound.port}` });
    return new WebSocketServerTransport(
      hub,
      `${tls ? 'https' : 'http'}://${name}:${bound.port}/`,
      bound.port,
    );
  }

  /** Clients that are connected now. */
  get clients(): readonly Pick<Session, 'id' | 'address' | 'role' | 'skippedMessages'>[] {
    return [...this.hub.sessions];
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.assertOpen('publish', topic);
    this.hub.emit(topic, message, undefined);
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    this.assertOpen('subscribe', topic);
    return this.hub.listeners.add(topic, listener);
  }

  close(): Promise<void> {
    this.closing ??= this.hub.end();
    return this.closing;
  }

  private assertOpen(operation: string, topic: Topic): void {
    if (this.closing)
      throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `${operation} of ${topic} after close()`);
  }
}
