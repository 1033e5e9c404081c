import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.js';
import type { Role } from './access.js';
import { isStopFrame, parseBinaryFrame, parseTextFrame, type ClientFrame } from './client-frames.js';
import type { WebSocketLimits } from './limits.js';
import { STATUS_LEVEL, type ServerText, type StatusLevel } from './protocol.js';
import { STOP_SERVICE_ID } from './services.js';
import { TokenBucket } from '../transport/token-bucket.js';
import { STOP_SPACING } from '../transport/urgent-stop.js';

export interface SessionOptions {
  readonly id: string;
  readonly address: string;
  readonly role: Role;
  readonly socket: WebSocket;
  /** What the WebSocket writes to. */
  readonly stream: Duplex;
  readonly limits: WebSocketLimits;
  readonly clock: Clock;
  /** Hears of every frame that could be read. */
  readonly onFrame: (session: Session, frame: ClientFrame) => void;
  readonly onEnd: (session: Session, reason: string) => void;
}

/** Close codes of RFC 6455. */
const CLOSE_CODES = { goingAway: 1001, policy: 1008 } as const;
/** s: after so long without one more frame than allowed, they are counted from 0 again. */
const EXCESS_MEMORY = 10;

/** One client: what it may send is parsed and counted here, and what it does not read in time is left out. */
export class Session {
  readonly id: string;
  readonly address: string;
  readonly role: Role;
  /** Subscription by channel. */
  readonly subscriptions = new Map<number, number>();
  /** What it will publish: topic's name by its id. */
  readonly advertised = new Map<number, string>();
  readonly parameterUpdates = new Set<string>();
  /** Ids of its requests that nobody has answered yet. */
  readonly pending = new Set<string>();
  private readonly options: SessionOptions;
  private readonly bucket: TokenBucket | undefined;
  private readonly notices: TokenBucket;
  private excess = 0;
  private lastExcess = -Infinity;
  private lastStop = -Infinity;
  private slowSince = NaN;
  private skipped = 0;
  private gathering = false;
  private alive = true;
  private ended = false;

  constructor(options: SessionOptions) {
    const { id, address, role, socket, limits, clock } = options;
    this.options = options;
    this.id = id;
    this.address = address;
    this.role = role;
    this.bucket =
      role === 'peer' ? undefined : new TokenBucket(limits.frameRate, limits.frameBurst, clock.now());
    this.notices = new TokenBucket(limits.frameRate, limits.frameBurst, clock.now());
    socket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
    socket.on('ping', () => void this.admits());
    socket.on('pong', () => {
      this.alive = true;
      // Those that nobody asked for cost as much as others.
      this.admits();
    });
    // What is wrong with a connection ends it; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => this.finish(`${code} ${reason.toString().slice(0, 120)}`.trim()));
  }

  /** Messages that this client was too slow for. */
  get skippedMessages(): number {
    return this.skipped;
  }

  send(message: ServerText): void {
    if (this.ended || !this.keepsUp()) return;
    this.options.socket.send(JSON.stringify(message), { compress: false });
  }

  /** Everything that `send` sends goes to the system in one call: most of what a client costs. */
  together(send: () => void): void {
    if (this.ended || !this.keepsUp()) return;
    const { stream } = this.options;
    this.gathering = true;
    stream.cork();
    try {
      send();
    } finally {
      stream.uncork();
      this.gathering = false;
    }
  }

  /** @param droppable a newer one makes it worthless, so it is left out for a client that is behind */
  sendFrame(frame: Buffer, droppable: boolean): void {
    if (this.ended || !this.keepsUp()) return;
    if (droppable && this.isBehind) {
      this.skipped++;
      return;
    }
    this.options.socket.send(frame, { binary: true, compress: false });
  }

  /** Tell the client's user; not all that there is to say of a frame in which everything is wrong. */
  tell(level: keyof typeof STATUS_LEVEL, message: string): void {
    if (!this.notices.take(this.options.clock.now())) return;
    const number: StatusLevel = STATUS_LEVEL[level];
    this.send({ op: 'status', level: number, message });
  }

  /** Ping, unless nothing was heard since the last time: then it is gone. */
  checkAlive(): void {
    if (!this.alive) this.terminate('showed no sign of life');
    else if (!this.ended) {
      this.alive = false;
      this.options.socket.ping();
    }
  }

  /** Say goodbye; what was sent before still arrives. */
  close(code: keyof typeof CLOSE_CODES, reason: string): void {
    this.options.socket.close(CLOSE_CODES[code], reason);
  }

  /** Without another word. */
  terminate(reason: string): void {
    this.finish(reason);
    this.options.socket.terminate();
  }

  private get isBehind(): boolean {
    return !Number.isNaN(this.slowSince);
  }

  /** Notes how much of what was sent still waits, and gives up a client that has been behind for too long. */
  private keepsUp(): boolean {
    // What waits to be sent together says nothing about its reader.
    if (this.gathering) return true;
    const { socket, limits, clock } = this.options;
    const waiting = socket.bufferedAmount;
    if (waiting <= limits.hotBacklog) {
      this.slowSince = NaN;
      return true;
    }
    const now = clock.now();
    if (Number.isNaN(this.slowSince)) this.slowSince = now;
    if (waiting <= limits.longestBacklog && now - this.slowSince <= limits.slowTime) return true;
    this.terminate('reads too slowly');
    return false;
  }

  private receive(data: Buffer, isBinary: boolean): void {
    // Frames that came together with the one that ended it.
    if (this.ended) return;
    this.alive = true;
    if (!this.admits() && !this.isUrgent(data, isBinary)) return;
    const parsed = isBinary ? parseBinaryFrame(data) : parseTextFrame(data.toString('utf8'));
    if ('problem' in parsed) this.tell('error', parsed.problem);
    else this.options.onFrame(this, parsed.frame);
  }

  /** Counts a frame against the rate. */
  private admits(): boolean {
    const { limits, clock } = this.options;
    const now = clock.now();
    if (this.bucket === undefined || this.bucket.take(now)) return true;
    if (now - this.lastExcess > EXCESS_MEMORY) {
      this.excess = 0;
      this.tell('warning', `more than ${limits.frameRate} frames a second: those beyond are not looked at`);
    }
    this.lastExcess = now;
    this.excess++;
    if (this.excess > limits.excessFrames && !this.ended) {
      this.close('policy', 'too many frames');
      // What it sends from now on waits at its end.
      this.options.socket.pause();
      this.finish('too many frames');
    }
    return false;
  }

  private isUrgent(data: Buffer, isBinary: boolean): boolean {
    if (!isStopFrame(data, isBinary, STOP_SERVICE_ID)) return false;
    const now = this.options.clock.now();
    if (now - this.lastStop < STOP_SPACING) return false;
    this.lastStop = now;
    return true;
  }

  private finish(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.subscriptions.clear();
    this.options.onEnd(this, reason);
  }
}
