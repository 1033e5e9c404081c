import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HebbridgeError } from '../../policy/errors.js';
import { SUBPROTOCOL } from './protocol.js';

/**
 * What a client may do. Viewers look on, and may stop the robot in an emergency; operators ask for everything that
 * can be asked; a peer is another part of the robot and publishes every topic. Nobody is a peer without its token.
 */
export type Role = 'viewer' | 'operator' | 'peer';

export interface Tokens {
  readonly operator?: string;
  readonly viewer?: string;
  readonly peer?: string;
}

export interface AccessOptions {
  readonly tokens: Tokens;
  /** Origins whose pages may connect, like `https://app.example.org`, besides the server's own. */
  readonly allowOrigins: readonly string[];
  /** The server listens on a loopback address only. */
  readonly loopback: boolean;
  readonly tls: boolean;
}

/** What of an HTTP request decides whether it is let in. */
export interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}

export type Admission =
  { readonly role: Role } | { readonly refused: 400 | 401 | 403; readonly reason: string };

const SHORTEST_TOKEN = 16;
const LONGEST_TOKEN = 512;
/** Prefix of the subprotocol by which a page sends its token: browsers let it set no header. */
const TOKEN_PREFIX = 'token.';

/** Whether a server bound to `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Refuse settings that let in who does not belong.
 *
 * @throws HebbridgeError ERR_SETTING
 */
export function requireSafeExposure(host: string, tokens: Tokens, tls: boolean, insecure: boolean): void {
  const wrong = (problem: string): HebbridgeError => new HebbridgeError('ERR_SETTING', problem);
  const given = Object.entries(tokens).filter((entry): entry is [Role, string] => entry[1] !== undefined);
  for (const [role, token] of given) {
    if (token.length < SHORTEST_TOKEN || token.length > LONGEST_TOKEN) {
      throw wrong(
        `the ${role}'s token has ${token.length} characters; give one of ${SHORTEST_TOKEN} to ${LONGEST_TOKEN}, ` +
          `as 'openssl rand -hex 16' makes it`,
      );
    }
  }
  if (new Set(given.map(([, token]) => token)).size < given.length) {
    throw wrong('two roles have the same token; give each its own, for it says what its bearer may do');
  }
  if (tokens.viewer !== undefined && tokens.operator === undefined) {
    throw wrong(
      "a viewer's token alone would leave everybody else an operator; give an operator's token too",
    );
  }
  if (isLoopback(host)) return;
  if (tokens.operator === undefined) {
    throw wrong(
      `--host ${host} lets other machines drive the robot; give a token (--token-file), and --tls-cert with ` +
        `--tls-key or --insecure, or listen on 127.0.0.1`,
    );
  }
  if (!tls && !insecure) {
    throw wrong(
      `--host ${host} would send the token over the network for all to read; give --tls-cert and --tls-key, or ` +
        `--insecure where the network itself is trusted (a VPN, a tunnel)`,
    );
  }
}

/** Decides who is let in, by what a request says. */
export class Access {
  private readonly options: AccessOptions;
  private readonly digests: readonly (readonly [Role, Buffer])[];
  private readonly origins: ReadonlySet<string>;
  private readonly hosts: ReadonlySet<string>;

  constructor(options: AccessOptions) {
    const { tokens, allowOrigins } = options;
    const roles: readonly Role[] = ['operator', 'viewer', 'peer'];
    this.options = options;
    this.digests = roles.flatMap((role) => {
      const token = tokens[role];
      return token === undefined ? [] : [[role, digest(token)] as const];
    });
    this.origins = new Set(allowOrigins.map(parseOrigin));
    this.hosts = new Set([...this.origins].map((origin) => new URL(origin).host));
  }

  /**
   * Whether the request names a host that this server is. A page of another site whose name was rebound to the
   * loopback address still calls it by that name.
   */
  isOurHost({ headers }: Request): boolean {
    const { host } = headers;
    if (host === undefined || !/^[\w.:[\]-]{1,255}$/.test(host)) return false;
    if (!this.options.loopback) return true;
    return isLoopback(host.replace(/:\d{1,5}$/, '')) || this.hosts.has(host.toLowerCase());
  }

  /** Whether the request comes from no page at all, from a page of ours, or from one of an allowed origin. */
  isAllowedOrigin({ headers }: Request): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return true;
    const own = `${this.options.tls ? 'https' : 'http'}://${host ?? ''}`;
    return origin.toLowerCase() === own.toLowerCase() || this.origins.has(origin.toLowerCase());
  }

  /** The role that the request's token gives; undefined: none. */
  roleOf(request: Request): Role | undefined {
    const token = presentedToken(request);
    const given = token === undefined || token.length > LONGEST_TOKEN ? undefined : digest(token);
    let role: Role | undefined;
    // All of them each time, and digests of one length: how long it takes says nothing of how near a guess was.
    for (const [candidate, expected] of this.digests) {
      if (given && timingSafeEqual(given, expected)) role = candidate;
    }
    return role ?? (this.options.tokens.operator === undefined ? 'operator' : undefined);
  }

  /** Whether a WebSocket may be opened, and as what. */
  admit(request: Request): Admission {
    if (!this.isOurHost(request)) return { refused: 403, reason: 'this server has another name' };
    if (!this.isAllowedOrigin(request))
      return { refused: 403, reason: 'pages of this origin are not allowed' };
    if (!offeredSubprotocols(request).includes(SUBPROTOCOL)) {
      return { refused: 400, reason: `the subprotocol is ${SUBPROTOCOL}` };
    }
    const role = this.roleOf(request);
    return role === undefined ? { refused: 401, reason: 'a valid token is needed' } : { role };
  }
}

/**
 * An origin as browsers send it.
 *
 * @throws HebbridgeError ERR_SETTING
 */
export function parseOrigin(text: string): string {
  try {
    const { origin } = new URL(text);
    // Also false for schemes without an origin, like file:.
    if (origin === text.toLowerCase().replace(/\/$/, '')) return origin;
  } catch {
    // Said below.
  }
  throw new HebbridgeError('ERR_SETTING', `'${text}' is no origin; give one like https://app.foxglove.dev`);
}

/** Where no path of a request decides anything but this: its query. */
function presentedToken(request: Request): string | undefined {
  const bearer = /^Bearer +([!-~]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const protocol = offeredSubprotocols(request).find((offered) => offered.startsWith(TOKEN_PREFIX));
  if (protocol !== undefined) {
    return Buffer.from(protocol.slice(TOKEN_PREFIX.length), 'base64url').toString('utf8');
  }
  // For Foxglove and Lichtblick, whose users can give an address and nothing else.
  const query = /\?(.*)$/.exec(request.url ?? '')?.[1];
  return new URLSearchParams(query).get('token') ?? undefined;
}

/** How a client that can set no header says its token: as a second subprotocol. */
export function tokenSubprotocol(token: string): string {
  return `${TOKEN_PREFIX}${Buffer.from(token).toString('base64url')}`;
}

function offeredSubprotocols({ headers }: Request): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((offered) => offered.trim());
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
