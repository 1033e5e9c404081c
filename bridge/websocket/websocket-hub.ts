import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Cancel, Clock } from '../clock.js';
import type { MessageMap, Topic } from '../message-map.js';
import { copyMessage } from '../transport/copy-message.js';
import { encodeJson } from '../transport/json-messages.js';
import { TopicListeners } from '../transport/topic-listeners.js';
import type { ListenerErrorHandler, Transport } from '../transport.js';
import { Access, type Role, type Tokens } from './access.js';
import type { AuditEntry } from './audit-log.js';
import { CHANNELS, DROPPABLE_TOPICS } from './channels.js';
import { ClientRequests } from './client-requests.js';
import { DerivedTopics } from './derived-topics.js';
import { FanOut, type Encode } from './fan-out.js';
import { GoalHeading } from './goal-heading.js';
import { HttpEndpoint, refuseUpgrade, type Health } from './http-endpoint.js';
import { DEFAULT_LIMITS, type WebSocketLimits } from './limits.js';
import { OperatorDesk } from './operator-desk.js';
import { ParameterUpdates } from './parameter-updates.js';
import type { Parameter } from './protocol.js';
import { SERVICES, STOP_SERVICE_ID } from './services.js';
import { Session } from './session.js';
import type { StaticFiles } from './static-files.js';
import { FAREWELL, webSockets } from './web-sockets.js';

export interface WebSocketHubOptions {
  /** Without an operator's token everybody who reaches it is an operator: on loopback addresses only. */
  readonly tokens?: Tokens;
  /** It is reached from this machine only. */
  readonly loopback: boolean;
  /** PEM */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Pages of which other origins may connect. */
  readonly allowOrigins?: readonly string[];
  /** The operator console. */
  readonly files?: StaticFiles;
  readonly clock: Clock;
  /** ms since 1970 */
  readonly wallClock: () => number;
  /** A different text each time, that cannot be guessed. */
  readonly newId: () => string;
  readonly audit?: (entry: AuditEntry) => void;
  /** s after which a silent operator means an emergency stop (dead-man.ts). */
  readonly deadMan?: number;
  readonly limits?: Partial<WebSocketLimits>;
  /** rad from +x towards +y: the goal's heading before anybody changes it. Default 0. */
  readonly goalHeading?: number;
  /**
   * What clients may read besides the goal's heading (`goal_heading`), as it is now: the page looks for `bundles`,
   * `bundle` and `morphology`. It may change with a restart of the simulator.
   */
  readonly parameters?: () => readonly Parameter[];
  /** As clients show it. */
  readonly name?: string;
  readonly onListenerError?: ListenerErrorHandler;
  /** Hears of faults of the server itself. Default: a warning of the process. */
  readonly onFault?: (error: unknown) => void;
}

/** s without a status after which the controller is not well. */
const STATUS_TIMEOUT = 5;

/** What is behind the server's end of the transport: who is connected, and what goes between them and the robot. */
export class WebSocketHub {
  readonly sessions = new Set<Session>();
  readonly listeners: TopicListeners;
  private readonly options: WebSocketHubOptions;
  private readonly limits: WebSocketLimits;
  private readonly access: Access;
  private readonly http: HttpEndpoint;
  private readonly fanOut: FanOut;
  private readonly derived: DerivedTopics;
  private readonly desk: OperatorDesk;
  private readonly requests: ClientRequests;
  private readonly goalHeading: GoalHeading;
  private readonly updates: ParameterUpdates;
  /** One for each size that messages may have. */
  private readonly ordinary: WebSocketServer;
  private readonly ofPeers: WebSocketServer;
  private status: { readonly state: string; readonly at: number } | undefined;
  private cancelPing: Cancel | undefined;
  private ended = false;

  constructor(options: WebSocketHubOptions) {
    const { tokens = {}, loopback, tls, allowOrigins = [], clock, wallClock, newId } = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.options = options;
    this.limits = limits;
    this.listeners = new TopicListeners(options.onListenerError);
    this.access = new Access({ tokens, allowOrigins, loopback, tls: tls !== undefined });
    this.http = new HttpEndpoint({
      access: this.access,
      limits,
      tls,
      files: options.files ?? new Map(),
      health: () => this.health(),
      onUpgrade: (request, socket, head) => this.admit(request, socket, head),
    });
    this.ordinary = webSockets(limits.framePayload);
    this.ofPeers = webSockets(limits.peerPayload);
    this.fanOut = new FanOut({
      sessions: () => this.sessions,
      clock,
      wallClock,
      hotPeriod: limits.hotPeriod,
    });
    const subscribe: Transport['subscribe'] = (topic, listener) => this.listeners.add(topic, listener);
    this.desk = new OperatorDesk({
      publish: ({ topic, request }, from) => this.emit(topic, request, from),
      subscribe,
      clock,
      limits,
      audit: (entry) => this.audit(entry),
      newId,
      deadMan: options.deadMan,
    });
    this.goalHeading = new GoalHeading(subscribe, options.goalHeading ?? 0, () => this.updates.tell());
    this.derived = new DerivedTopics({
      fanOut: this.fanOut,
      wallClock,
      heading: () => this.goalHeading.value,
    });
    this.requests = new ClientRequests({
      desk: this.desk,
      limits,
      newId,
      goalHeading: this.goalHeading,
      parameters: options.parameters ?? (() => []),
      onMessage: (topic, message, from) => this.emit(topic, message, from),
    });
    this.updates = new ParameterUpdates({
      sessions: this.sessions,
      parameters: () => this.requests.parameters([]),
      subscribe,
    });
  }

  /** @throws HebbridgeError ERR_LISTEN */
  async listen(host: string, port: number): Promise<AddressInfo> {
    const bound = await this.http.listen(host, port);
    this.ping();
    return bound;
  }

  /** To every listener here, and to every client that subscribed, except the one that it came `from`. */
  emit<T extends Topic>(topic: T, message: MessageMap[T], from: Session | undefined): void {
    if (topic === 'status') {
      const { state } = message as MessageMap['status'];
      this.status = { state, at: this.options.clock.now() };
    }
    // First what goes out: a listener may answer at once, and answers come after what they are answers to.
    let copy: MessageMap[T] | undefined;
    const keep = (): MessageMap[T] => (copy ??= copyMessage(message));
    this.fanOut.offer(topic, () => encodeLater(topic, message, keep), from);
    this.derived.take(topic, message, keep);
    this.listeners.deliver(topic, message);
  }

  /** Send what was published, and let everybody go. */
  async end(): Promise<void> {
    this.ended = true;
    this.cancelPing?.();
    this.desk.close();
    this.listeners.removeAll();
    this.fanOut.flush();
    const sockets = [...this.ordinary.clients, ...this.ofPeers.clients];
    for (const session of this.sessions) session.close('goingAway', 'the server ends');
    await this.untilClosed(sockets);
    await this.http.close();
  }

  private admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? '';
    const refuse = (status: number, reason: string): void => {
      this.audit({ event: 'refused', address, reason });
      refuseUpgrade(socket, status, reason);
    };
    const admission = this.access.admit(request);
    if (this.ended) refuse(503, 'the server ends');
    else if (!/^\/(\?|$)/.test(request.url ?? '')) refuse(404, 'WebSockets are at /');
    else if ('refused' in admission) refuse(admission.refused, admission.reason);
    else if (this.isFull(admission.role)) refuse(503, `there are ${this.sessions.size} clients already`);
    else {
      const server = admission.role === 'peer' ? this.ofPeers : this.ordinary;
      server.handleUpgrade(request, socket, head, (webSocket) =>
        this.welcome(webSocket, socket, admission.role, address),
      );
    }
  }

  private isFull(role: Role): boolean {
    const { sessions } = this.limits;
    if (role !== 'viewer') return this.sessions.size >= sessions;
    let viewers = 0;
    for (const session of this.sessions) if (session.role === 'viewer') viewers++;
    return this.sessions.size >= sessions || viewers >= Math.max(1, Math.floor(0.75 * sessions));
  }

  private welcome(socket: WebSocket, stream: Duplex, role: Role, address: string): void {
    const { clock, newId, name = 'hebbridge' } = this.options;
    const session = new Session({
      id: newId(),
      address,
      role,
      socket,
      stream,
      limits: this.limits,
      clock,
      onFrame: (from, frame) => {
        // Whatever a client sends, the process goes on: it controls a robot.
        this.requests.handle(from, frame).catch((error: unknown) => {
          this.fault(error);
          from.tell('error', 'the server has a fault and could not deal with this');
        });
      },
      onEnd: (gone, reason) => {
        this.sessions.delete(gone);
        this.desk.record(gone, { event: 'disconnected', reason });
      },
    });
    this.sessions.add(session);
    this.desk.record(session, { event: 'connected' });
    session.send({
      op: 'serverInfo',
      name,
      capabilities: ['clientPublish', 'parameters', 'parametersSubscribe', 'services'],
      supportedEncodings: ['json'],
      metadata: { role },
      sessionId: session.id,
    });
    session.send({ op: 'advertise', channels: CHANNELS });
    session.send({
      op: 'advertiseServices',
      services: role === 'viewer' ? SERVICES.filter(({ id }) => id === STOP_SERVICE_ID) : SERVICES,
    });
  }

  /** An audit that fails keeps no request, and no emergency stop, from where it goes. */
  private audit(entry: AuditEntry): void {
    try {
      this.options.audit?.(entry);
    } catch (error) {
      this.fault(error);
    }
  }

  private fault(error: unknown): void {
    (this.options.onFault ?? warnOfFault)(error);
  }

  private health(): Health {
    const { status } = this;
    if (status === undefined) return { ok: false, state: null, age: null };
    const age = this.options.clock.now() - status.at;
    return { ok: age < STATUS_TIMEOUT, state: status.state, age };
  }

  private ping(): void {
    const { clock } = this.options;
    this.cancelPing = clock.callAt(clock.now() + this.limits.pingPeriod, () => {
      for (const session of [...this.sessions]) session.checkAlive();
      this.ping();
    });
  }

  /** Resolves when all of them are closed; those that do not answer the goodbye are cut off. */
  private async untilClosed(sockets: readonly WebSocket[]): Promise<void> {
    const { clock } = this.options;
    const cancel = clock.callAt(clock.now() + FAREWELL, () => {
      for (const socket of sockets) socket.terminate();
    });
    await Promise.all(
      sockets
        .filter(({ readyState, CLOSED }) => readyState !== CLOSED)
        .map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
    );
    cancel();
  }
}

/** Large and frequent messages wait for their encoding; requests, whose shape is the client's, are encoded at once. */
function encodeLater<T extends Topic>(topic: T, message: MessageMap[T], keep: () => MessageMap[T]): Encode {
  if (DROPPABLE_TOPICS.has(topic)) {
    const kept = keep();
    return () => encodeJson(topic, kept);
  }
  const text = encodeJson(topic, message);
  return () => text;
}

function warnOfFault(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`a fault of the WebSocket server: ${text}`, 'HebbridgeWebSocketWarning');
}
