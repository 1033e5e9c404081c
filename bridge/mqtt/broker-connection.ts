import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';
import type { Duplex } from 'node:stream';
import { HebbridgeError } from '../../policy/errors.js';
import { connectionError, refusedError } from './connection-error.js';
import { IncomingPackets } from './incoming-packets.js';
import type { Verdict } from './message-budget.js';
import { DEFAULT_RECONNECT, reconnectDelay, type ReconnectSettings } from '../transport/reconnect-delay.js';

export interface BrokerOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`, without credentials. */
  readonly url: string;
  readonly credentials?: { readonly user: string; readonly password?: string };
  /** PEM. The broker's certificate is always checked: against `ca`, or what Node trusts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** s that the broker keeps messages for this endpoint while its connection is interrupted. Default 300. */
  readonly sessionExpiry?: number;
  readonly reconnect?: ReconnectSettings;
  /** s that the broker may take to answer. Default 10. */
  readonly connectTimeout?: number;
  /** Whether to begin without the broker where it is not there, and go on looking for it. Default: an error. */
  readonly patient?: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface BrokerPart {
  readonly clientId: string;
  /** Said by the broker, and kept, when this endpoint is gone without a farewell. */
  readonly will?: { readonly name: string; readonly payload: string };
  readonly subscriptions: readonly { readonly name: string; readonly qos: 0 | 1 }[];
  /** Bytes of the largest payload that is heard. */
  readonly largestPayload: number;
  /** What becomes of a message, before it is read. */
  readonly judge: (name: string, payload: Buffer) => Verdict;
  readonly onMessage: (name: string, payload: Buffer, schema: string | undefined) => void;
  /** Subscribed, too. */
  readonly onUp: () => void;
  readonly onDown: (reason: string) => void;
}

export interface SendOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly contentType: string;
  readonly schema?: string;
  /** s; Infinity: none. */
  readonly lifetime: number;
}

/** s between signs of life: a broker that is silent for one and a half times as long is taken for gone. */
const KEEP_ALIVE = 10;
const CONNECT_TIMEOUT = 10;
const SESSION_EXPIRY = 300;
/** Messages that may be on their way unconfirmed, where the broker does not ask for fewer. */
const WINDOW = 64;
/** Bytes of topic and properties around a payload, at most. */
const ENVELOPE = 1024;
/** Bytes of a WebSocket's frame that any broker may send. */
const LARGEST_FRAME = 1024 * 1024;

/**
 * One connection to an MQTT 5 broker, which comes back by itself. Messages of quality of service 1 that were sent and
 * not confirmed when it was lost are sent again, before `onUp`.
 */
export class BrokerConnection {
  private readonly url: string;
  private readonly part: BrokerPart;
  private readonly client: MqttClient;
  private up = false;
  private ended = false;
  private subscribed = false;
  private failures = 0;
  /** Why the attempt or the connection that is under way will have ended, once it has. */
  private problem: HebbridgeError | undefined;
  private toldOf = '';
  /** Whoever waits for the first connection. */
  private first:
    { readonly resolve: () => void; readonly reject: (error: HebbridgeError) => void } | undefined;

  private constructor(client: MqttClient, options: BrokerOptions, part: BrokerPart) {
    this.url = options.url;
    this.part = part;
    this.client = client;
    client.on('connect', ({ sessionPresent }) => {
      this.problem = undefined;
      this.failures = 0;
      client.options.reconnectPeriod = delayMs(options, 0);
      // Small messages, each of which is awaited: none may wait for the next one.
      (client.stream as { setNoDelay?: (on: boolean) => unknown }).setNoDelay?.(true);
      if (sessionPresent && this.subscribed) this.rise();
      else this.subscribe();
    });
    // The delay that holds if this attempt fails: the client's own is always the same.
    client.on('reconnect', () => {
      this.failures++;
      client.options.reconnectPeriod = delayMs(options, this.failures);
    });
    client.on('message', (name, payload, { properties }) => {
      if (!this.ended) part.onMessage(name, payload, schemaOf(properties));
    });
    client.on('disconnect', ({ reasonCode }) => {
      const code = reasonCode ?? 0;
      this.fail(Object.assign(new Error(`the broker ended the connection with reason ${code}`), { code }));
    });
    client.on('error', (error) => this.fail(error));
    client.on('close', () => this.fall());
  }

  /** @throws HebbridgeError ERR_MQTT_CONNECT, ERR_MQTT_REFUSED, ERR_MQTT_TLS */
  static async open(options: BrokerOptions, part: BrokerPart): Promise<BrokerConnection> {
    // Only where it is used: it takes its time to load.
    const { default: mqtt } = await import('mqtt');
    let connection: BrokerConnection;
    try {
      const client = mqtt.connect(options.url, { ...clientOptions(options, part), manualConnect: true });
      client.options.manualConnect = false;
      filterIncoming(client, part);
      connection = new BrokerConnection(client, options, part);
      client.connect();
    } catch (error) {
      // What TLS is given is all that is looked at before there is a connection.
      throw new HebbridgeError('ERR_MQTT_TLS', `${options.url}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (options.patient !== true) {
      await new Promise<void>((resolve, reject) => (connection.first = { resolve, reject }));
    }
    return connection;
  }

  get isUp(): boolean {
    return this.up;
  }

  /** Bytes that were sent and have not left this machine. */
  get backlog(): number {
    return this.client.stream.writableLength;
  }

  /** Messages that may be on their way unconfirmed. */
  get window(): number {
    return Math.min(WINDOW, this.client.serverProperties?.receiveMaximum ?? WINDOW);
  }

  /** Whether the broker takes a payload of so many bytes. */
  accepts(bytes: number): boolean {
    return bytes + ENVELOPE <= (this.client.serverProperties?.maximumPacketSize ?? Infinity);
  }

  /** `done` with quality of service 1: when the broker has it, or with the reason that it gave for not taking it. */
  send(name: string, payload: string, options: SendOptions, done?: (refusal?: string) => void): void {
    const { qos, retain, contentType, schema, lifetime } = options;
    const properties: NonNullable<IPublishPacket['properties']> = {
      contentType,
      payloadFormatIndicator: true,
    };
    if (schema !== undefined) properties.userProperties = { schema };
    if (lifetime < Infinity) properties.messageExpiryInterval = Math.max(1, Math.ceil(lifetime));
    this.client.publish(name, payload, { qos, retain, properties }, (error) => done?.(error?.message));
  }

  /** Say farewell, so that the will is not said, and come back no more. */
  async close(): Promise<void> {
    this.ended = true;
    const { client, up } = this;
    this.up = false;
    // The broker forgets this endpoint, and keeps nothing for it.
    const farewell = { reasonCode: 0, properties: { sessionExpiryInterval: 0 } };
    await new Promise<void>((resolve) => {
      if (up && Object.keys(client.outgoing).length === 0) client.end(false, farewell, () => resolve());
      else client.end(true, () => resolve());
    });
  }

  private subscribe(): void {
    const { subscriptions } = this.part;
    if (subscriptions.length === 0) {
      this.rise();
      return;
    }
    // Own messages are heard as well; retained ones were said to others, before.
    const wanted = Object.fromEntries(
      subscriptions.map(({ name, qos }) => [name, { qos, nl: false, rh: 2 }]),
    );
    this.client.subscribe(wanted, (error) => {
      if (!error) {
        this.subscribed = true;
        this.rise();
      } else if ('packet' in error && error.packet !== undefined) {
        this.problem = refusedError(this.url, error.message);
        this.client.stream.destroy();
      }
    });
  }

  private rise(): void {
    if (this.ended) return;
    this.up = true;
    this.toldOf = '';
    this.first?.resolve();
    this.first = undefined;
    this.part.onUp();
  }

  private fail(error: Error): void {
    this.problem = connectionError(this.url, error);
  }

  private fall(): void {
    const problem = this.problem ?? connectionError(this.url, new Error('the connection was closed'));
    this.problem = undefined;
    this.up = false;
    if (this.ended) return;
    if (this.first) {
      this.ended = true;
      this.client.end(true);
      this.first.reject(problem);
    } else if (problem.message !== this.toldOf) {
      this.toldOf = problem.message;
      this.part.onDown(problem.message);
    }
  }
}

const largestPacket = ({ largestPayload }: BrokerPart): number => largestPayload + ENVELOPE;

/** Each connection that the client makes is read through {@link IncomingPackets}: it reads by piping, and only so. */
function filterIncoming(client: MqttClient, part: BrokerPart): void {
  const { judge } = part;
  // No option, though a parameter of its constructor; where this did not work, a test of too large packets would fail.
  const building = client as unknown as { streamBuilder: (...of: unknown[]) => Duplex };
  const { streamBuilder } = building;
  building.streamBuilder = (...of) => {
    const stream = streamBuilder(...of);
    const packets = new IncomingPackets({ stream, largestPacket: largestPacket(part), judge });
    const pipe = stream.pipe.bind(stream);
    stream.pipe = (destination) => pipe(packets).pipe(destination);
    return stream;
  };
}

function clientOptions(options: BrokerOptions, part: BrokerPart): IClientOptions {
  const { credentials, tls, sessionExpiry = SESSION_EXPIRY, connectTimeout = CONNECT_TIMEOUT } = options;
  const { will } = part;
  return {
    protocolVersion: 5,
    clientId: part.clientId,
    // Mosquitto writes no session down that began with a clean start.
    clean: false,
    keepalive: KEEP_ALIVE,
    connectTimeout: connectTimeout * 1000,
    reconnectPeriod: delayMs(options, 0),
    // A broker that is being set up may refuse today and accept tomorrow.
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    properties: {
      sessionExpiryInterval: sessionExpiry,
      maximumPacketSize: largestPacket(part),
    },
    // Of one frame, which may have several packets in it.
    wsOptions: { maxPayload: Math.max(LARGEST_FRAME, 2 * largestPacket(part)) },
    ...(credentials ? { username: credentials.user } : {}),
    ...(credentials?.password === undefined ? {} : { password: credentials.password }),
    ...tls,
    ...(will ? { will: { topic: will.name, payload: Buffer.from(will.payload), qos: 1, retain: true } } : {}),
  };
}

function delayMs({ random, reconnect = DEFAULT_RECONNECT }: BrokerOptions, failures: number): number {
  return Math.max(1, Math.round(reconnectDelay(failures, random(), reconnect) * 1000));
}

function schemaOf(properties: IPublishPacket['properties']): string | undefined {
  const schema = properties?.userProperties?.['schema'];
  return Array.isArray(schema) ? schema.join() : schema;
}
