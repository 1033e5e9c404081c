import { randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../bridge/clock.js';
import { relay } from '../bridge/transport/relay.js';
import type { Transport } from '../bridge/transport.js';
import {
  AuditLog,
  parseOrigin,
  readStaticFiles,
  WebSocketServerTransport,
  type Tokens,
  type WebSocketServerOptions,
} from '../bridge/websocket/index.js';
import { HebbridgeError } from '../policy/errors.js';
import { readBytes } from '../sim/files.js';
import type { CommandContext } from './command.js';
import {
  flag,
  integerOption,
  numberOption,
  repeatedOption,
  textOption,
  usageError,
  type Option,
  type OptionValues,
} from './options.js';
import { packageFolder } from './shipped-rules.js';

/** Where tokens come from, best: a command line can be read by everybody on the machine. */
export const TOKEN_VARIABLE = 'HEBBRIDGE_TOKEN';
const VIEWER_TOKEN_VARIABLE = 'HEBBRIDGE_VIEWER_TOKEN';

const servingOptions = {
  host: textOption({
    describe: 'Address that the console is served on; others than this machine need a token, and TLS',
    default: '127.0.0.1',
  }),
  port: integerOption({
    describe: 'Port of the console; 0: any that is free',
    minimum: 0,
    maximum: 65535,
    default: 8765,
  }),
  tokenFile: textOption({ describe: `File with the token of operators; or ${TOKEN_VARIABLE}` }),
  token: textOption({
    describe:
      'The token of operators itself, which others on this machine can then read: prefer --token-file',
  }),
  viewerTokenFile: textOption({
    describe: `File with the token of those who may only look on; or ${VIEWER_TOKEN_VARIABLE}`,
  }),
  tlsCert: textOption({ describe: 'Certificate chain of the console (PEM)' }),
  tlsKey: textOption({ describe: 'Its key (PEM)' }),
  insecure: flag({ describe: 'Serve other machines without TLS, where the network itself is trusted' }),
  allowOrigin: repeatedOption(
    { describe: 'Origin whose pages may connect, like https://app.foxglove.dev; repeatable' },
    readOrigin,
  ),
  audit: textOption({ describe: 'File to append to who asked what, and what was answered (JSON lines)' }),
  deadMan: numberOption({
    describe:
      'Seconds without a sign of life of an operator, once one was there, that mean an emergency stop',
    minimum: 0.1,
    maximum: 3600,
  }),
};

/** The operator console and the WebSocket behind it. */
export const consoleOptions = {
  noConsole: flag({ describe: 'Serve neither the operator console nor its WebSocket' }),
  ...servingOptions,
};

export type ConsoleValues = OptionValues<typeof consoleOptions>;

/** The same for robots, which open a port only where that is asked for. */
export const consoleOnRequestOptions = {
  console: flag({ describe: 'Serve the operator console and its WebSocket (docs/websocket.md)' }),
  ...servingOptions,
};

/** s between the weights that a console shows. */
export const SHOWN_WEIGHTS_PERIOD = 0.2;

/** @throws HebbridgeError ERR_USAGE for options of a console that is not asked for */
export function consoleOnRequest(values: OptionValues<typeof consoleOnRequestOptions>): ConsoleValues {
  const asked = { ...values, noConsole: !values.console };
  checkConsole(asked, 'give --console');
  return asked;
}

/**
 * @param remedy what to type for a console
 * @throws HebbridgeError ERR_USAGE for options of a console that is not served: no dead-man, no audit and no token
 * where whoever typed them believes in them
 */
export function checkConsole(values: ConsoleValues, remedy = 'leave out --no-console'): void {
  if (!values.noConsole) return;
  for (const [name, option] of Object.entries<Option<unknown>>(servingOptions)) {
    const value: unknown = values[name as keyof typeof servingOptions];
    const isGiven = option.takes === 'repeated' ? (value as unknown[]).length > 0 : value !== option.absent;
    if (isGiven) {
      const typed = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      throw new HebbridgeError('ERR_USAGE', `${typed}: there is no console that this is about; ${remedy}`);
    }
  }
}

/** What the command that serves a console knows. */
export type ConsolePart = Pick<WebSocketServerOptions, 'goalHeading' | 'parameters' | 'name'> & {
  /** An endpoint that hears the robot and the controller, and is heard by them. It stays its owner's. */
  readonly transport: Transport;
  readonly clock: Clock;
};

/** A console that is served. */
export interface ServedConsole {
  /** Like `http://127.0.0.1:8765/`. */
  readonly url: string;
  /** Whether there is a page, or only the WebSocket. */
  readonly hasPage: boolean;
  /** Let everybody go. */
  close(): Promise<void>;
}

/**
 * Serve what the options ask for; undefined: `--no-console`.
 *
 * @throws HebbridgeError ERR_USAGE for options that contradict each other, ERR_SETTING for those that let in who does
 *   not belong, ERR_FILE_READ, ERR_FILE_WRITE for an audit log that cannot be written, and ERR_LISTEN where nothing
 *   can be served
 */
export async function serveConsole(
  values: ConsoleValues,
  { environment, progress }: Pick<CommandContext, 'environment' | 'progress'>,
  { transport, parameters = () => [], ...part }: ConsolePart,
): Promise<ServedConsole | undefined> {
  if (values.noConsole) return undefined;
  const tls = readTls(values);
  const wallClock = (): number => Date.now();
  const { audit: file, deadMan } = values;
  if (file !== undefined) checkAppendable(file);
  const audit =
    file === undefined
      ? undefined
      : new AuditLog({ file, wallClock, onTrouble: (problem) => progress(problem) });
  const page = path.join(packageFolder(), 'dist', 'console');
  const hasPage = existsSync(page);
  const server = await WebSocketServerTransport.listen({
    ...part,
    host: values.host,
    port: values.port,
    tokens: readTokens(values, environment),
    insecure: values.insecure,
    allowOrigins: values.allowOrigin,
    wallClock,
    newId: () => randomUUID(),
    ...(tls ? { tls } : {}),
    ...(hasPage ? { files: readStaticFiles(page) } : {}),
    ...(audit ? { audit: (entry) => audit.write(entry) } : {}),
    ...(deadMan === undefined ? {} : { deadMan }),
    // So that the page can say what happens when it is closed, and how often it has to show that it is not.
    parameters: () => [
      ...parameters(),
      ...(deadMan === undefined ? [] : [{ name: 'dead_man', value: deadMan, type: 'float64' } as const]),
    ],
  });
  const takeApart = relay(transport, server);
  return {
    url: server.url,
    hasPage,
    close: async () => {
      takeApart();
      await server.close();
      await audit?.close();
    },
  };
}

/** Who asks for an audit log gets none without knowing it. */
function checkAppendable(file: string): void {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  try {
    // A pipe that nobody reads is refused at once; it would be waited for otherwise.
    closeSync(openSync(file, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY, 0o600));
  } catch (cause) {
    const { message } = cause as Error;
    throw new HebbridgeError('ERR_FILE_WRITE', `--audit ${file}: cannot be written: ${message}`, { cause });
  }
}

function readTokens(values: ConsoleValues, environment: CommandContext['environment']): Tokens {
  const { token, tokenFile, viewerTokenFile } = values;
  if (token !== undefined && tokenFile !== undefined) {
    throw new HebbridgeError('ERR_USAGE', '--token, --token-file: two tokens for one role; give one of them');
  }
  const operator = token ?? readToken(tokenFile) ?? environment[TOKEN_VARIABLE];
  const viewer = readToken(viewerTokenFile) ?? environment[VIEWER_TOKEN_VARIABLE];
  return {
    ...(operator === undefined ? {} : { operator }),
    ...(viewer === undefined ? {} : { viewer }),
  };
}

/** The first line of a file. */
export function readToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const [line = ''] = Buffer.from(readBytes(file)).toString('utf8').split(/\r?\n/);
  return line.trim();
}

function readTls({ tlsCert, tlsKey }: ConsoleValues): { cert: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new HebbridgeError(
      'ERR_USAGE',
      '--tls-cert, --tls-key: one without the other is of no use; give both',
    );
  }
  const pem = (file: string): string => Buffer.from(readBytes(file)).toString();
  return { cert: pem(tlsCert), key: pem(tlsKey) };
}

function readOrigin(text: string, name: string): string {
  try {
    return parseOrigin(text);
  } catch {
    throw usageError(name, text, 'an origin', 'one like https://app.foxglove.dev, without a path');
  }
}
