import { describe, expect, it, onTestFinished } from 'vitest';
import { tokenSubprotocol } from '../../../bridge/websocket/access.js';
import { raw, upgrade } from './raw-connection.js';
import { OPERATOR, PEER, serve, TOKENS, VIEWER } from './rig.js';

describe('an HTTP request', () => {
  /** What is answered until the connection ends. */
  async function exchange(port: number, ...parts: string[]): Promise<string> {
    const { socket, ended, text } = raw(port);
    for (const part of parts) socket.write(part);
    await ended;
    return text();
  }
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';

  it.each([
    [
      'with two lengths',
      `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    ],
    [
      'with a length and chunks',
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'with chunks under another name',
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'with a header that goes on in the next line',
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n${hidden}`,
    ],
    ['with a space before the colon', `GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n${hidden}`],
    ['of another protocol', `HELO robot\r\n\r\n${hidden}`],
    ['to connect elsewhere', `CONNECT 192.0.2.1:22 HTTP/1.1\r\nHost: 192.0.2.1:22\r\n\r\n${hidden}`],
  ])('%s ends the connection, and nothing hides behind it', async (_what, text) => {
    const { server } = await serve();
    expect(await exchange(server.port, text)).not.toContain('"ok"');
  });

  it.each([
    ['one header', `X: ${'x'.repeat(20_000)}\r\n`],
    ['many headers', 'X: y\r\n'.repeat(5000)],
    ['a target', ''],
  ])('with %s that is too large is not read to its end', async (what, headers) => {
    const { server } = await serve();
    const target = what === 'a target' ? `/${'x'.repeat(20_000)}` : '/';
    const answer = await exchange(server.port, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
    expect(answer).toBe('');
  });

  it('with a body that does not end is ended', async () => {
    const { server } = await serve({ limits: { handshakeTimeout: 0.3 } });
    const { socket, ended, text } = raw(server.port);
    socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n');
    const dripping = setInterval(() => socket.write('1\r\nx\r\n'), 20);
    onTestFinished(() => clearInterval(dripping));
    await ended;
    expect(text()).toContain('405');
  });

  it.each(['/healthz', '/index.html', '//', '/%2f', '/.', '/console', 'http://127.0.0.1/x', '*'])(
    'to become a WebSocket at %s is refused',
    async (target) => {
      const { server } = await serve();
      const answer = await exchange(server.port, upgrade(target));
      expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
      expect(server.clients).toEqual([]);
    },
  );

  it.each([
    ['another protocol', ['Upgrade: h2c']],
    ['another version', ['Sec-WebSocket-Version: 7']],
    ['a key that is none', ['Sec-WebSocket-Key: x']],
  ])('to become a WebSocket with %s is refused', async (_what, headers) => {
    const { server } = await serve();
    expect(await exchange(server.port, upgrade('/', ...headers))).toMatch(/^HTTP\/1.1 (400|403|405|426) /);
    expect(server.clients).toEqual([]);
  });

  it.each([
    OPERATOR.slice(0, -1),
    `${OPERATOR}x`,
    `${OPERATOR}\u0000`,
    ` ${OPERATOR}`,
    OPERATOR.toUpperCase(),
    `${OPERATOR},${VIEWER}`,
    OPERATOR + PEER,
    'x',
    'x'.repeat(4000),
  ])('with the token %j is refused like any other', async (token) => {
    const { server } = await serve({ tokens: TOKENS });
    for (const text of [
      upgrade('/', `Sec-WebSocket-Protocol: ${tokenSubprotocol(token)}`),
      upgrade(`/?token=${encodeURIComponent(token)}`),
      ...(/[\u0000 ]/.test(token) ? [] : [upgrade('/', `Authorization: Bearer ${token}`)]),
    ]) {
      expect(await exchange(server.port, text)).toMatch(/^HTTP\/1.1 401 /);
    }
  });
});
