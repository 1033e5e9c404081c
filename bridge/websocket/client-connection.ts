import { WebSocket } from 'ws';
import { HebbridgeError } from '../../policy/errors.js';
import type { Cancel, Clock } from '../clock.js';
import type { Topic } from '../message-map.js';
import { tokenSubprotocol } from './access.js';
import { DROPPABLE_TOPICS, MESSAGE_TOPICS, topicName } from './channels.js';
import { clientMessageFrame, STATUS_LEVEL, SUBPROTOCOL } from './protocol.js';
import { parseServerFrame } from './server-frames.js';

export interface ConnectionOptions {
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
  /** s between signs of life: a server that is silent for twice as long is gone. Default 10. */
  readonly keepAlive?: number;
}

export interface ConnectionEvents {
  /** Everything that it subscribes to will be heard. */
  readonly onReady: () => void;
  readonly onMessage: (topic: Topic, payload: Buffer) => void;
  /** What the server refuses. */
  readonly onNotice: (notice: string) => void;
  /** Called once, though it never was ready. */
  readonly onEnd: (reason: string) => void;
}

const TIMEOUT = 5;
const KEEP_ALIVE = 10;
/** s that the server has to say goodbye. */
const FAREWELL = 1;
const LARGEST_FRAME = 4 * 1024 * 1024;
/** Bytes that wait for the server beyond which periodic messages are left out, and beyond which all others are. */
const LARGEST_BACKLOG = 256 * 1024;
const LONGEST_BACKLOG = 4 * 1024 * 1024;
/** The request whose answer says that the subscriptions before it are in force. */
const FENCE = 'subscribed';

/** A client's connection with a robot's server, from its opening to its end; there is no other one after it. */
export class ClientConnection {
  private readonly options: ConnectionOptions;
  private readonly events: ConnectionEvents;
  private readonly socket: WebSocket;
  /** Topic by subscription, and the number under which each topic is published. */
  private readonly subscribed = new Map<number, Topic>();
  private readonly published = new Map<Topic, number>();
  private cancelTimeout: Cancel;
  private heard = false;
  private problem: string | undefined;
  private ended = false;

  /** @throws HebbridgeError ERR_WEBSOCKET for an address that is none */
  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    const { url, token, ca, clock, timeout = TIMEOUT } = options;
    const protocols = [SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
    this.options = options;
    this.events = events;
    try {
      this.socket = new WebSocket(url, protocols, {
        perMessageDeflate: false,
        maxPayload: LARGEST_FRAME,
        ...(ca === undefined ? {} : { ca }),
      });
    } catch (error) {
      throw new HebbridgeError('ERR_WEBSOCKET', `${url}: ${String(error)}`);
    }
    this.cancelTimeout = clock.callAt(clock.now() + timeout, () =>
      this.giveUp(`no robot's server within ${timeout} s`),
    );
    // 'close' follows; without a listener it would end the process.
    this.socket.on('error', ({ message }) => (this.problem ??= message));
    this.socket.on('close', (code, reason) => this.end(this.problem ?? closeText(code, reason)));
    this.socket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
    this.socket.on('ping', () => (this.heard = true));
    this.socket.on('pong', () => (this.heard = true));
  }

  /** Hand a message over. False: it was left out, because it is not wanted or too much waits already. */
  send(topic: Topic, encode: () => string): boolean {
    const channel = this.published.get(topic);
    if (channel === undefined || this.ended || this.socket.readyState !== WebSocket.OPEN) return false;
    const waiting = this.socket.bufferedAmount;
    if (waiting > (DROPPABLE_TOPICS.has(topic) ? LARGEST_BACKLOG : LONGEST_BACKLOG)) return false;
    this.socket.send(clientMessageFrame(channel, Buffer.from(encode())), { binary: true });
    return true;
  }

  /** Say goodbye; what was sent before still arrives. */
  async close(): Promise<void> {
    const { socket } = this;
    const { clock } = this.options;
    if (socket.readyState === WebSocket.CLOSED) return;
    const cancel = clock.callAt(clock.now() + FAREWELL, () => socket.terminate());
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.close(1000);
    await closed;
    cancel();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.heard = true;
    if (this.ended) return;
    const frame = parseServerFrame(data, isBinary);
    switch (frame.op) {
      case 'advertise':
        this.join(frame.channels);
        return;
      case 'parameterValues':
        if (frame.id === FENCE) this.begin();
        return;
      case 'status':
        if (frame.level !== STATUS_LEVEL.info) this.events.onNotice(frame.message);
        return;
      case 'message': {
        const topic = this.subscribed.get(frame.subscriptionId);
        if (topic !== undefined) this.events.onMessage(topic, frame.data);
        return;
      }
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
    this.say({ op: 'subscribe', subscriptions });
    if (advertised.length > 0) this.say({ op: 'advertise', channels: advertised });
    this.say({ op: 'getParameters', parameterNames: [FENCE], id: FENCE });
  }

  private begin(): void {
    this.cancelTimeout();
    this.watch();
    this.events.onReady();
  }

  /** A connection can end without a word, as one over a radio does: who is silent is asked, then given up. */
  private watch(): void {
    const { clock, keepAlive = KEEP_ALIVE } = this.options;
    this.heard = false;
    this.socket.ping();
    this.cancelTimeout = clock.callAt(clock.now() + keepAlive, () => {
      if (this.heard) this.watch();
      else this.giveUp('the server shows no sign of life');
    });
  }

  private say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  private giveUp(reason: string): void {
    this.end(reason);
    this.socket.terminate();
  }

  private end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelTimeout();
    this.events.onEnd(reason);
  }
}

function closeText(code: number, reason: Buffer): string {
  return `closed with ${`${code} ${reason.toString()}`.trim()}`;
}
