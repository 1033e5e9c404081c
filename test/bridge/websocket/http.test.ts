import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readStaticFiles } from '../../../bridge/websocket/static-files.js';
import type { WebSocketServerOptions } from '../../../bridge/websocket/websocket-server-transport.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { OPERATOR, serve, TOKENS } from './rig.js';

function builtPage(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'page', 'assets'), { recursive: true });
  const files = {
    'secret.json': '{}',
    'page/index.html': '<!doctype html>',
    'page/assets/index-Ab12Cd34.js': 'run();',
    'page/assets/index-Ab12Cd34.js.map': '{}',
    'page/.env.json': '{}',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  symlinkSync(path.join(folder, 'secret.json'), path.join(folder, 'page', 'link.json'));
  return path.join(folder, 'page');
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request as it is written, without what clients make of a path. */
function ask(
  url: string,
  target: string,
  options: { method?: string; headers?: object } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { method = 'GET', headers = {} } = options;
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target, method, headers: { ...headers } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function servedPage(options: Partial<WebSocketServerOptions> = {}) {
  const { server } = await serve({ files: readStaticFiles(builtPage()), ...options });
  return { server, get: (target: string, more?: object) => ask(server.url, target, more) };
}

describe('the page', () => {
  it('is served with its types, and may load nothing from elsewhere', async () => {
    const { get } = await servedPage();
    const page = await get('/');
    expect(page).toMatchObject({ status: 200, body: '<!doctype html>' });
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache',
    });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    const script = await get('/assets/index-Ab12Cd34.js?v=1');
    expect(script).toMatchObject({ status: 200, body: 'run();' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
  });

  it('answers HEAD without a body, and nothing but GET and HEAD', async () => {
    const { get } = await servedPage();
    expect(await get('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await get('/', { method })).toMatchObject({ status: 405 });
    }
  });

  it.each([
    '/secret.json',
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/%252e%252e/secret.json',
    '/..%5csecret.json',
    '/..\\secret.json',
    '/..%c0%afsecret.json',
    '/assets/%2e%2e/index.html',
    '/index.html%00.json',
    '/index.html/',
    '/index.html/../../secret.json',
    'http://127.0.0.1/../secret.json',
    '//secret.json',
    '/link.json',
    '/.env.json',
    '/assets/index-Ab12Cd34.js.map',
    '/assets/',
    '/constructor',
    '/__proto__',
  ])('has nothing at %s', async (target) => {
    const { get } = await servedPage();
    expect((await get(target)).status).toBe(404);
  });

  it('is refused under a name that is not this machine', async () => {
    const { get } = await servedPage();
    expect((await get('/', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('is missing where its folder is', () => {
    const missing = expect.objectContaining({ code: 'ERR_FILE_READ' }) as unknown;
    expect(() => readStaticFiles('/no/such/folder')).toThrow(missing);
  });
});

describe('/healthz', () => {
  it('says whether a controller is there, and in which state', async () => {
    const { server, get } = await servedPage();
    const nobody = await get('/healthz');
    expect(nobody.status).toBe(503);
    expect(JSON.parse(nobody.body)).toEqual({ ok: false, state: null, age: null });
    server.publish('status', exampleMessages().status);
    const somebody = await get('/healthz');
    expect(somebody.status).toBe(200);
    expect(JSON.parse(somebody.body)).toEqual({
      ok: true,
      state: 'running',
      age: expect.any(Number) as number,
    });
  });

  it('tells the state only to who has a token, where there are tokens', async () => {
    const { server, get } = await servedPage({ tokens: TOKENS });
    server.publish('status', exampleMessages().status);
    expect(JSON.parse((await get('/healthz')).body)).toEqual({ ok: true });
    const headers = { authorization: `Bearer ${OPERATOR}` };
    expect(JSON.parse((await get('/healthz', { headers })).body)).toMatchObject({
      ok: true,
      state: 'running',
    });
  });
});
