import { FoxgloveClient, type Channel, type Parameter, type Service } from '@foxglove/ws-protocol';
import { backOff } from './back-off.js';

/** What the page needs of a WebSocket; a browser's is one. */
export type Socket = ConstructorParameters<typeof FoxgloveClient>[0]['ws'];

export interface ServerConnectionOptions {
  readonly open: () => Socket;
  /** Topics to subscribe to as soon as they are offered. */
  readonly topics: readonly string[];
  readonly onState: (state: ConnectionState) => void;
  readonly onMessage: (topic: string, text: string) => void;
  /** What the server offers to this page; while there is no connection, what was offered last is not taken back. */
  readonly onServices: (names: ReadonlySet<string>) => void;
  /** Parameters whose changes matter. */
  readonly watch: readonly string[];
  /** What parameters are, at first and whenever they have changed. */
  readonly onParameters: (parameters: readonly Parameter[]) => void;
  /** What the server says to people: of requests that it did not take, for example. */
  readonly onNotice: (text: string) => void;
  /** Call back after so many seconds. */
  readonly after: (seconds: number, callback: () => void) => void;
}

/** `refused`: it never opened, so that it may be the token that is wrong. `retryIn`: s. */
export type ConnectionState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'connected'; readonly server: string; readonly role: string }
  | { readonly phase: 'lost'; readonly refused: boolean; readonly retryIn: number };

/** Where operators show that they are there; viewers are not asked to. */
const HEARTBEAT_TOPIC = '/heartbeat';
const OPERATOR = 'operator';

/** s that the answer to a service call is waited for. */
const CALL_TIMEOUT = 5;

/** Why a call came to nothing. */
export interface CallFailure {
  readonly problem: string;
}

type Settle = (answer: string | CallFailure) => void;

const textDecoder = new TextDecoder();
const HEARTBEAT = new TextEncoder().encode('{}');

/** The line to the server: connects, subscribes, calls services, and connects again by itself, with back-off. */
export class ServerConnection {
  private readonly options: ServerConnectionOptions;
  private client: FoxgloveClient | undefined;
  private socket: Socket | undefined;
  /** Where heartbeats go; undefined: nowhere. */
  private heartbeatChannel: number | undefined;
  private attempt = 0;
  private nextCall = 1;
  private waiting = 0;
  private readonly channels = new Map<number, string>();
  private readonly services = new Map<string, Service>();
  private readonly calls = new Map<number, Settle>();

  constructor(options: ServerConnectionOptions) {
    this.options = options;
  }

  /** Connect; whatever connection there is, is dropped. */
  connect(): void {
    const { open, onState } = this.options;
    this.drop();
    onState({ phase: 'connecting' });
    const socket = open();
    const client = new FoxgloveClient({ ws: socket });
    this.socket = socket;
    this.client = client;
    let opened = false;
    client.on('open', () => {
      opened = true;
      this.attempt = 0;
    });
    client.on('close', () => {
      if (this.socket === socket) this.lose(!opened);
    });
    // A socket says nothing about why; it closes after it.
    client.on('error', () => undefined);
    client.on('serverInfo', ({ name, capabilities, metadata }) => {
      const role = metadata?.['role'] ?? OPERATOR;
      if (capabilities.includes('clientPublish') && role === OPERATOR) {
        const channel = { topic: HEARTBEAT_TOPIC, encoding: 'json', schemaName: '' };
        this.heartbeatChannel = client.advertise(channel);
      }
      onState({ phase: 'connected', server: name, role });
      if (capabilities.includes('parameters')) client.getParameters([], 'console');
      if (capabilities.includes('parametersSubscribe'))
        client.subscribeParameterUpdates([...this.options.watch]);
    });
    client.on('status', ({ message }) => this.options.onNotice(message));
    client.on('advertise', (channels) => this.subscribe(client, channels));
    client.on('advertiseServices', (services) => {
      for (const service of services) this.services.set(baseName(service.name), service);
      this.options.onServices(new Set(this.services.keys()));
    });
    client.on('parameterValues', ({ parameters }) => this.options.onParameters(parameters));
    client.on('message', ({ subscriptionId, data }) => {
      const topic = this.channels.get(subscriptionId);
      if (topic !== undefined) this.options.onMessage(topic, textDecoder.decode(data));
    });
    client.on('serviceCallResponse', ({ callId, data }) => {
      this.calls.get(callId)?.(textDecoder.decode(data));
    });
    client.on('serviceCallFailure', ({ callId, message }) => this.calls.get(callId)?.({ problem: message }));
  }

  /** An operator is there; nothing, where there is no connection or this is none. */
  beat(): void {
    if (this.heartbeatChannel === undefined) return;
    try {
      this.client?.sendMessage(this.heartbeatChannel, HEARTBEAT);
    } catch {
      // It has just closed.
    }
  }

  /** The text that a service answers with, or why it does not. Never rejects. */
  call(service: string, payload: object): Promise<string | CallFailure> {
    const offered = this.services.get(service);
    const { client } = this;
    if (!client) return Promise.resolve({ problem: 'not sent: no connection' });
    if (!offered)
      return Promise.resolve({ problem: `not sent: the server does not offer '${service}' to this page` });
    const callId = this.nextCall++;
    return new Promise((resolve) => {
      const settle = (answer: string | CallFailure): void => {
        this.calls.delete(callId);
        resolve(answer);
      };
      this.calls.set(callId, settle);
      this.options.after(CALL_TIMEOUT, () => settle({ problem: `no answer within ${CALL_TIMEOUT} s` }));
      const data = new TextEncoder().encode(JSON.stringify(payload));
      try {
        client.sendServiceCallRequest({ serviceId: offered.id, callId, encoding: 'json', data });
      } catch {
        settle({ problem: 'not sent: the connection is not open' });
      }
    });
  }

  private subscribe(client: FoxgloveClient, channels: readonly Channel[]): void {
    for (const { id, topic, encoding } of channels) {
      if (encoding === 'json' && this.options.topics.includes(topic))
        this.channels.set(client.subscribe(id), topic);
    }
  }

  private lose(refused: boolean): void {
    const retryIn = backOff(this.attempt++);
    this.drop();
    this.options.onState({ phase: 'lost', refused, retryIn });
    const turn = this.waiting;
    this.options.after(retryIn, () => {
      if (turn === this.waiting) this.connect();
    });
  }

  private drop(): void {
    const { socket } = this;
    this.waiting++;
    this.socket = undefined;
    this.client = undefined;
    this.heartbeatChannel = undefined;
    this.channels.clear();
    this.services.clear();
    for (const settle of [...this.calls.values()]) {
      settle({ problem: 'the connection was lost before an answer came' });
    }
    socket?.close();
  }
}

/** Names may have a namespace: `/hebbridge/freeze` is `freeze`. */
function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
