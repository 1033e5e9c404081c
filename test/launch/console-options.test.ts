import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MonotonicClock } from '../../bridge/clock.js';
import { InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import { WebSocketClientTransport } from '../../bridge/websocket/index.js';
import {
  checkConsole,
  consoleOptions,
  consoleOnRequest,
  serveConsole,
  type ConsoleValues,
} from '../../launch/console-options.js';
import type { Option } from '../../launch/options.js';

const TOKEN = 'a-token-for-operators';

/** What the options are when nothing but `given` is typed, on any free port. */
function valuesOf(given: Partial<ConsoleValues>): ConsoleValues {
  const options = Object.entries<Option<unknown>>(consoleOptions);
  const defaults = Object.fromEntries(options.map(([name, { absent }]) => [name, absent]));
  return { ...(defaults as unknown as ConsoleValues), port: 0, ...given };
}

async function serve(given: Partial<ConsoleValues>, environment: Record<string, string> = {}) {
  const transport = new InMemoryTransport();
  const said: string[] = [];
  const context = { environment, progress: (line: string) => void said.push(line) };
  const served = await serveConsole(valuesOf(given), context, { transport, clock: new MonotonicClock() });
  onTestFinished(() => served?.close());
  return { transport, served, said };
}

async function join(url: string, token?: string, ca?: string) {
  const client = await WebSocketClientTransport.connect({
    url: url.replace(/^http/, 'ws'),
    clock: new MonotonicClock(),
    random: () => 0.5,
    publishes: ['operatorRequest'],
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { ca }),
  });
  onTestFinished(() => client.close());
  return client;
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'hebbridge-console-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function written(name: string, text: string): string {
  const file = path.join(folder(), name);
  writeFileSync(file, text);
  return file;
}

/** A key and a certificate of its own for 127.0.0.1. */
function certificate(): { tlsCert: string; tlsKey: string } {
  const at = folder();
  const [tlsKey, tlsCert] = [path.join(at, 'key.pem'), path.join(at, 'cert.pem')];
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  const name = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', tlsKey, '-out', tlsCert];
  execFileSync('openssl', [...words.split(' '), ...name], { stdio: 'ignore' });
  return { tlsCert, tlsKey };
}

describe('the options of the console', () => {
  it('serve this machine, and whoever is on it', async () => {
    const { transport, served } = await serve({});
    expect(served?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const asked = new Promise((resolve) => transport.subscribe('operatorRequest', resolve));
    const client = await join(served!.url);
    const answered = new Promise((resolve) => client.subscribe('acknowledgement', resolve));
    client.publish('operatorRequest', { operation: 'emergency-stop', id: 's' });
    expect(await asked).toEqual({ operation: 'emergency-stop', id: 's' });
    const answer = { id: 's', from: 'controller', accepted: true, reason: '' } as const;
    transport.publish('acknowledgement', answer);
    expect(await answered).toEqual(answer);
  });

  it('serve nothing where that is asked for', async () => {
    expect((await serve({ noConsole: true })).served).toBeUndefined();
  });

  it.each([
    ['a file', (): [Partial<ConsoleValues>, object] => [{ tokenFile: written('token', `${TOKEN}\n`) }, {}]],
    ['the environment', (): [Partial<ConsoleValues>, object] => [{}, { HEBBRIDGE_TOKEN: TOKEN }]],
    ['the command line', (): [Partial<ConsoleValues>, object] => [{ token: TOKEN }, {}]],
  ])('take the token from %s', async (_where, given) => {
    const [values, environment] = given();
    const { served } = await serve(values, environment as Record<string, string>);
    await expect(join(served!.url)).rejects.toMatchObject({ code: 'ERR_WEBSOCKET' });
    await join(served!.url, TOKEN);
  });

  it('serve other machines over TLS, with a token', async () => {
    const files = certificate();
    const { served } = await serve({ ...files, token: TOKEN, host: '0.0.0.0' });
    const { port } = new URL(served!.url);
    expect(served!.url).toMatch(/^https:/);
    await join(`https://127.0.0.1:${port}/`, TOKEN, readFileSync(files.tlsCert, 'utf8'));
  });

  it('append who asked what to the audit log', async () => {
    const file = path.join(folder(), 'audit.jsonl');
    const { served } = await serve({ audit: file, token: TOKEN });
    await expect(join(served!.url, 'not-their-token')).rejects.toThrow();
    await served!.close();
    const events = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(['listening', 'refused']);
  });

  it.each<[string, Partial<ConsoleValues>, string, string]>([
    ['other machines without a token', { host: '0.0.0.0' }, 'ERR_SETTING', '--token-file'],
    ['other machines in clear text', { host: '0.0.0.0', token: TOKEN }, 'ERR_SETTING', '--insecure'],
    ['a short token', { token: 'short' }, 'ERR_SETTING', '5 characters'],
    ['two tokens', { token: TOKEN, tokenFile: 'token' }, 'ERR_USAGE', 'give one of them'],
    ['a key without a certificate', { tlsKey: 'key.pem' }, 'ERR_USAGE', 'give both'],
    [
      'an audit log that cannot be written',
      { audit: '/no/such/folder/log' },
      'ERR_FILE_WRITE',
      '--audit /no/such/folder/log: cannot be written',
    ],
    ['a file that is missing', { tokenFile: '/no/such/token' }, 'ERR_FILE_READ', '/no/such/token'],
  ])('refuse %s', async (_what, values, code, text) => {
    await expect(serve(values)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text) as string,
    });
  });

  it.each<Partial<ConsoleValues>>([
    { deadMan: 1 },
    { audit: 'f' },
    { token: 'short' },
    { host: '0.0.0.0' },
    { insecure: true },
    { allowOrigin: ['https://a.example'] },
  ])('refuse %j without a console, with the way to one', (given) => {
    const values = { ...valuesOf({}), ...given, port: consoleOptions.port.absent };
    const refused = (remedy: string) =>
      expect.objectContaining({
        code: 'ERR_USAGE',
        message: expect.stringContaining(remedy) as string,
      }) as Error;
    expect(() => checkConsole({ ...values, noConsole: true })).toThrow(refused('leave out --no-console'));
    expect(() => consoleOnRequest({ ...values, console: false })).toThrow(refused('give --console'));
    expect(() => checkConsole(values)).not.toThrow();
  });

  it('refuse a certificate that is none', async () => {
    const [tlsCert, tlsKey] = [written('cert.pem', 'cert'), written('key.pem', 'key')];
    await expect(serve({ tlsCert, tlsKey })).rejects.toMatchObject({ code: 'ERR_SETTING' });
  });

  it('refuse an origin that is none when they are read', () => {
    expect(() => consoleOptions.allowOrigin.parse('foxglove.dev', '--allow-origin')).toThrow(
      "--allow-origin: 'foxglove.dev' is not an origin",
    );
  });
});
