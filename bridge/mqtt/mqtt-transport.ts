import { HebbridgeError } from '../../policy/errors.js';
import type { Clock } from '../clock.js';
import type { MessageMap, Topic } from '../message-map.js';
import { isEmergencyStop } from '../transport/emergency-stop.js';
import { encodeJson } from '../transport/json-messages.js';
import { TopicListeners } from '../transport/topic-listeners.js';
import type { Listener, ListenerErrorHandler, Transport, Unsubscribe } from '../transport.js';
import { BrokerConnection, type BrokerOptions } from './broker-connection.js';
import { AVAILABILITY_RATE, DELIVERIES } from './deliveries.js';
import { MessageBudget, type Verdict } from './message-budget.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { readPayload, SCHEMA_VERSION } from './read-payload.js';
import { TopicNames } from './topic-names.js';

export interface MqttTransportOptions extends BrokerOptions {
  /** Whose messages these are: topics are `hebbridge/<robot>/...`. Letters, digits, - and _. */
  readonly robot: string;
  /** What this endpoint sends, and what it hears; the rest it neither says nor asks the broker for. */
  readonly publishes: readonly Topic[];
  readonly subscribes: readonly Topic[];
  /** Whether `hebbridge/<robot>/online` is about this endpoint: for the one that speaks for the robot. Default false. */
  readonly announces?: boolean;
  readonly clock: Clock;
  /** s that `close` waits for the broker to confirm what was published. Default 5. */
  readonly farewell?: number;
  readonly onListenerError?: ListenerErrorHandler;
  /** Hears of every message that cannot be read or the broker did not take, and now and then that there are too many. */
  readonly onBadMessage: (topic: string, problem: string) => void;
  /** Hears when the broker is there, and when it is not and why; again when the reason is another. */
  readonly onConnectionChange?: (connected: boolean, reason: string) => void;
}

/** What became of messages that did not reach the broker, or came from it and were not read. */
export interface MqttStatistics {
  /** Periodic messages that there was no connection for, or no room on it. */
  readonly droppedPeriodic: number;
  /** Others that grew too old while they waited, or were too many. */
  readonly droppedQueued: number;
  /** Requests that were too many to be read. */
  readonly droppedIncoming: number;
  /** Messages that wait for the broker, or for its confirmation. */
  readonly waiting: number;
}

/** Messages that are kept for a broker that is away or slow. */
const CAPACITY = 16_384;
/** Bytes waiting in the socket beyond which periodic messages are dropped: some periods of them. */
const LARGEST_BACKLOG = 256 * 1024;
const FAREWELL = 5;

const CONTENT_TYPE = 'application/json';

/**
 * Messages over an MQTT 5 broker, as JSON (docs/mqtt.md). Publishing only hands over: it neither waits nor throws
 * because of the broker. While that is away, periodic messages are dropped, of the status the newest one is kept,
 * and the rest waits, for as long as it is of use and up to {@link CAPACITY} messages; then it is sent in order.
 *
 * Beyond what transports promise: messages of quality of service 1 may arrive twice where the connection was lost
 * before the broker confirmed them.
 */
export class MqttTransport implements Transport {
  private readonly options: MqttTransportOptions;
  private readonly names: TopicNames;
  private readonly publishes: ReadonlySet<Topic>;
  private readonly listeners: TopicListeners;
  private readonly outbox = new Outbox(CAPACITY);
  private readonly budget: MessageBudget;
  private readonly presence: Presence;
  private connection: BrokerConnection | undefined;
  private unconfirmed = 0;
  private droppedPeriodic = 0;
  private closed: Promise<void> | undefined;
  /** Of `close`, when nothing waits any more or there is nobody to wait for. */
  private onQuiet: (() => void) | undefined;

  private constructor(options: MqttTransportOptions) {
    this.options = options;
    this.names = new TopicNames(options.robot);
    this.publishes = new Set(options.publishes);
    this.listeners = new TopicListeners(options.onListenerError);
    const { clock, onBadMessage: onExcess } = options;
    const rates = new Map([[this.names.availability, AVAILABILITY_RATE]]);
    for (const topic of options.subscribes) {
      const { rate } = DELIVERIES[topic];
      if (rate < Infinity) rates.set(this.names.nameOf(topic), rate);
    }
    const stopTopic = this.names.nameOf('operatorRequest');
    this.budget = new MessageBudget({ rates, stopTopic, clock, onExcess });
    this.presence = new Presence(clock, () => {
      // A new connection says so by itself.
      if (!this.isConnected || this.closed) return;
      this.announce('online');
      this.sendWaiting();
    });
  }

  /**
   * Resolves when the broker has taken the connection and its subscriptions; with `patient`, at once.
   *
   * @throws HebbridgeError ERR_SETTING for the name of the robot; ERR_MQTT_CONNECT, ERR_MQTT_REFUSED, ERR_MQTT_TLS
   */
  static async connect(options: MqttTransportOptions): Promise<MqttTransport> {
    const transport = new MqttTransport(options);
    const { names } = transport;
    const { robot, random, subscribes, announces = false } = options;
    const will = { name: names.availability, payload: 'offline' };
    transport.connection = await BrokerConnection.open(options, {
      // Of its own: two endpoints of the same name would push each other out.
      clientId: `hebbridge-${robot}-${Math.floor(random() * 2 ** 32).toString(16)}`,
      ...(announces ? { will } : {}),
      subscriptions: [
        ...subscribes.map((topic) => ({ name: names.nameOf(topic), qos: DELIVERIES[topic].qos })),
        ...(announces ? [{ name: names.availability, qos: 1 as const }] : []),
      ],
      largestPayload: Math.max(1024, ...subscribes.map((topic) => DELIVERIES[topic].largestPayload)),
      judge: (name, payload) => transport.judge(name, payload),
      onMessage: (name, payload, schema) => transport.take(name, payload, schema),
      onUp: () => transport.rise(),
      onDown: (reason) => transport.fall(reason),
    });
    // What happened before there was a connection to look at.
    if (transport.connection.isUp) transport.rise();
    return transport;
  }

  get isConnected(): boolean {
    return this.connection?.isUp ?? false;
  }

  statistics(): MqttStatistics {
    return {
      droppedPeriodic: this.droppedPeriodic,
      droppedQueued: this.outbox.dropped,
      droppedIncoming: this.budget.dropped,
      waiting: this.outbox.size + this.unconfirmed,
    };
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.assertOpen('publish', topic);
    if (!this.publishes.has(topic)) return;
    const { qos, retain, lifetime } = DELIVERIES[topic];
    const name = this.names.nameOf(topic);
    if (qos === 0) {
      this.sendPeriodic(name, topic, message);
      return;
    }
    // An emergency stop does not grow old: however late it arrives, a robot that stands is what was asked for, and
    // only somebody beside the robot lets it go again.
    const indispensable = topic === 'operatorRequest' && isEmergencyStop(message);
    const outgoing = {
      name,
      payload: encodeJson(topic, message),
      retain,
      expiresAt: indispensable ? Infinity : this.options.clock.now() + lifetime,
      indispensable,
    };
    if (topic === 'status' && !this.isConnected) this.outbox.addInPlaceOfOlder(outgoing);
    else this.outbox.add(outgoing);
    this.sendWaiting();
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    this.assertOpen('subscribe', topic);
    return this.listeners.add(topic, listener);
  }

  /** Waits for the broker's confirmations, but not for long and not for a broker that is away. */
  close(): Promise<void> {
    this.closed ??= this.leave();
    return this.closed;
  }

  private async leave(): Promise<void> {
    const { clock, farewell = FAREWELL } = this.options;
    this.listeners.removeAll();
    this.presence.stop();
    if (this.isConnected) {
      if (this.options.announces === true) this.announce('offline');
      await new Promise<void>((resolve) => {
        const cancel = clock.callAt(clock.now() + farewell, resolve);
        this.onQuiet = () => {
          cancel();
          resolve();
        };
        this.sendWaiting();
      });
    }
    await this.connection?.close();
  }

  private sendPeriodic<T extends Topic>(name: string, topic: T, message: MessageMap[T]): void {
    const { connection } = this;
    if (!connection?.isUp || connection.backlog > LARGEST_BACKLOG) {
      this.droppedPeriodic++;
      return;
    }
    const payload = encodeJson(topic, message);
    if (!this.mayBeSent(connection, name, payload)) return;
    connection.send(name, payload, {
      qos: 0,
      retain: false,
      contentType: CONTENT_TYPE,
      schema: SCHEMA_VERSION,
      lifetime: Infinity,
    });
  }

  private sendWaiting(): void {
    const { connection, outbox, options } = this;
    while (connection?.isUp && this.unconfirmed < connection.window) {
      const now = options.clock.now();
      const outgoing = outbox.take(now);
      if (!outgoing) break;
      const { name, payload, retain, expiresAt } = outgoing;
      if (!this.mayBeSent(connection, name, payload)) continue;
      const isJson = name !== this.names.availability;
      this.unconfirmed++;
      connection.send(
        name,
        payload,
        {
          qos: 1,
          retain,
          contentType: isJson ? CONTENT_TYPE : 'text/plain',
          ...(isJson ? { schema: SCHEMA_VERSION } : {}),
          lifetime: expiresAt - now,
        },
        (refusal) => {
          this.unconfirmed--;
          if (refusal !== undefined && !this.closed) options.onBadMessage(name, refusal);
          this.sendWaiting();
        },
      );
    }
    if (!connection?.isUp || (outbox.size === 0 && this.unconfirmed === 0)) this.onQuiet?.();
  }

  /** A broker ends the connection of those who send more than it takes. */
  private mayBeSent(connection: BrokerConnection, name: string, payload: string): boolean {
    const bytes = Buffer.byteLength(payload);
    const may = connection.accepts(bytes);
    if (!may) this.options.onBadMessage(name, `${bytes} bytes are more than the broker takes`);
    return may;
  }

  private judge(name: string, payload: Buffer): Verdict {
    const verdict = this.budget.judge(name, payload);
    // Whatever it says: contradicted it is right in any case.
    if (verdict !== 'taken' && name === this.names.availability) this.hearDenial();
    return verdict;
  }

  private take(name: string, payload: Buffer, schema: string | undefined): void {
    const topic = this.names.topicOf(name);
    if (topic === undefined) {
      if (name === this.names.availability && payload.toString() === 'offline') this.hearDenial();
      return;
    }
    const decoded = readPayload(topic, payload, schema);
    if ('problem' in decoded) this.options.onBadMessage(name, decoded.problem);
    else this.listeners.deliver(topic, decoded.message);
  }

  private hearDenial(): void {
    if (!this.closed) this.presence.denied();
  }

  private announce(availability: 'online' | 'offline'): void {
    const outgoing = {
      name: this.names.availability,
      payload: availability,
      retain: true,
      expiresAt: Infinity,
      indispensable: true,
    };
    // Whoever hears that it is here hears then what it has to say, and that it is gone last of all.
    if (availability === 'online') this.outbox.addFirst(outgoing);
    else this.outbox.add(outgoing);
  }

  private rise(): void {
    if (!this.connection) return;
    if (this.options.announces === true && !this.closed) this.announce('online');
    this.options.onConnectionChange?.(true, '');
    this.sendWaiting();
  }

  private fall(reason: string): void {
    this.options.onConnectionChange?.(false, reason);
    this.onQuiet?.();
  }

  private assertOpen(operation: string, topic: Topic): void {
    if (this.closed)
      throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `${operation} of ${topic} after close()`);
  }
}
