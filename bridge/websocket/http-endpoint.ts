import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { HebbridgeError } from '../../policy/errors.js';
import type { Access } from './access.js';
import type { WebSocketLimits } from './limits.js';
import type { StaticFiles } from './static-files.js';

export interface HttpEndpointOptions {
  readonly access: Access;
  readonly limits: WebSocketLimits;
  /** PEM: certificate chain and private key. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly files: StaticFiles;
  readonly health: () => Health;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface Health {
  /** The controller is there and tells its status. */
  readonly ok: boolean;
  /** Of the controller; null before it told any. */
  readonly state: string | null;
  /** s since it told its status; null before it told any. */
  readonly age: number | null;
}

/** The page may load and connect to what it came from, and nothing else; nobody may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** The HTTP side: the page, `/healthz`, and connections that become WebSockets. */
export class HttpEndpoint {
  private readonly options: HttpEndpointOptions;
  private readonly server: Server;
  private readonly connections = new Map<string, number>();

  /** @throws HebbridgeError ERR_SETTING where certificate and key cannot be used */
  constructor(options: HttpEndpointOptions) {
    const { limits, tls } = options;
    const timeout = 1000 * limits.handshakeTimeout;
    const settings = {
      headersTimeout: timeout,
      requestTimeout: timeout,
      keepAliveTimeout: timeout,
      connectionsCheckingInterval: Math.min(1000, timeout / 2),
      maxHeaderSize: 8192,
    };
    this.options = options;
    try {
      this.server = tls
        ? createTlsServer({ ...settings, ...tls, handshakeTimeout: timeout, minVersion: 'TLSv1.2' })
        : createServer(settings);
    } catch (error) {
      throw new HebbridgeError('ERR_SETTING', `certificate and key cannot be used: ${String(error)}`);
    }
    this.server.maxConnections = limits.connections;
    this.server.on('connection', (socket) => {
      const address = socket.remoteAddress ?? '';
      const count = (this.connections.get(address) ?? 0) + 1;
      this.connections.set(address, count);
      socket.once('close', () => {
        const left = (this.connections.get(address) ?? 1) - 1;
        if (left > 0) this.connections.set(address, left);
        else this.connections.delete(address);
      });
      if (count > limits.connectionsPerAddress) socket.destroy();
    });
    this.server.on('request', (request, response) => this.respond(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      options.onUpgrade(request, socket, head);
    });
    this.server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** @throws HebbridgeError ERR_LISTEN */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error): void => {
        reject(new HebbridgeError('ERR_LISTEN', `${host}, port ${port}: ${error.message}`));
      };
      this.server.once('error', refuse);
      this.server.listen(port, host, () => {
        this.server.off('error', refuse);
        // Errors of accepting (too many open files, say) end nothing that is there already.
        this.server.on('error', () => undefined);
        resolve();
      });
    });
    return this.server.address() as AddressInfo;
  }

  /** Accept nobody any more. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private respond(request: IncomingMessage, response: ServerResponse): void {
    const { access, files } = this.options;
    if (!access.isOurHost(request)) {
      this.sendText(response, 403, 'this server has another name');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      this.sendText(response, 405, 'GET and HEAD are what there is');
    } else {
      const address = (request.url ?? '/').replace(/[?#].*$/s, '');
      const file = files.get(address);
      if (address === '/healthz') this.sendHealth(request, response);
      else if (file) {
        const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
        this.send(request, response, 200, { type: file.type, body: file.body, caching });
      } else this.sendText(response, 404, 'there is nothing here');
    }
  }

  /** How the robot does is for those who may look on; whether somebody is there, for everybody. */
  private sendHealth(request: IncomingMessage, response: ServerResponse): void {
    const { access, health } = this.options;
    const { ok, state, age } = health();
    const told = access.roleOf(request) === undefined ? { ok } : { ok, state, age };
    const body = Buffer.from(`${JSON.stringify(told)}\n`);
    this.send(request, response, ok ? 200 : 503, { type: 'application/json', body, caching: 'no-store' });
  }

  private sendText(response: ServerResponse, status: number, text: string): void {
    const body = Buffer.from(`${text}\n`);
    this.send(response.req, response, status, {
      type: 'text/plain; charset=utf-8',
      body,
      caching: 'no-store',
    });
  }

  private send(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    { type, body, caching }: { readonly type: string; readonly body: Buffer; readonly caching: string },
  ): void {
    response.writeHead(status, {
      ...HEADERS,
      'Content-Type': type,
      'Content-Length': body.length,
      'Cache-Control': caching,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** Refuse a connection that wanted to become a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
