import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Access,
  isLoopback,
  parseOrigin,
  requireSafeExposure,
  tokenSubprotocol,
} from '../../../bridge/websocket/access.js';
import { SUBPROTOCOL } from '../../../bridge/websocket/protocol.js';
import { OPERATOR, PEER, TOKENS, VIEWER } from './rig.js';

const refusal = (text: string): unknown =>
  expect.objectContaining({ code: 'ERR_SETTING', message: expect.stringContaining(text) as string });

describe('where a server may listen', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '[::1]', 'localhost'])('is %s without more ado', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(() => requireSafeExposure(host, {}, false, false)).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '192.168.1.20', 'robot.local', '127.0.0.1.example.org', 'localhost.example.org'])(
    'is not %s without a token, nor with a token in clear text, unless it is said to be meant',
    (host) => {
      const operator = OPERATOR;
      expect(() => requireSafeExposure(host, {}, true, false)).toThrow(
        refusal(`--host ${host} lets other machines`),
      );
      expect(() => requireSafeExposure(host, {}, false, true)).toThrow(refusal('give a token'));
      expect(() => requireSafeExposure(host, { operator }, false, false)).toThrow(refusal('--tls-cert'));
      expect(() => requireSafeExposure(host, { operator }, true, false)).not.toThrow();
      expect(() => requireSafeExposure(host, { operator }, false, true)).not.toThrow();
    },
  );

  it('is nowhere with tokens that are short, shared, or only for viewers', () => {
    const require = (tokens: object) => () => requireSafeExposure('127.0.0.1', tokens, false, false);
    expect(require({ operator: 'secret' })).toThrow(refusal('has 6 characters'));
    expect(require({ operator: OPERATOR, viewer: OPERATOR })).toThrow(refusal('the same token'));
    expect(require({ viewer: VIEWER })).toThrow(refusal("give an operator's token too"));
  });
});

describe('a request to open a WebSocket', () => {
  const access = new Access({
    tokens: TOKENS,
    allowOrigins: ['https://app.example.org'],
    loopback: true,
    tls: false,
  });
  const host = '127.0.0.1:8765';
  const admit = (headers: object, url = '/') =>
    access.admit({ headers: { host, 'sec-websocket-protocol': SUBPROTOCOL, ...headers }, url });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it.each([
    [OPERATOR, 'operator'],
    [VIEWER, 'viewer'],
    [PEER, 'peer'],
  ])('has the role of its token, by whichever of three ways %s comes', (token, role) => {
    expect(admit(bearer(token))).toEqual({ role });
    const protocols = `${SUBPROTOCOL}, ${tokenSubprotocol(token)}`;
    expect(admit({ 'sec-websocket-protocol': protocols })).toEqual({ role });
    expect(admit({}, `/?token=${token}`)).toEqual({ role });
  });

  it('is refused with any other token, and without one', () => {
    expect(admit({})).toMatchObject({ refused: 401 });
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (token) => {
        fc.pre(!Object.values(TOKENS).includes(token));
        for (const headers of [
          bearer(token),
          { 'sec-websocket-protocol': `${SUBPROTOCOL}, token.${token}` },
        ]) {
          expect(admit(headers)).toMatchObject({ refused: 401 });
        }
        expect(admit({}, `/?token=${encodeURIComponent(token)}`)).toMatchObject({ refused: 401 });
      }),
    );
  });

  it.each([`http://${host}`, 'https://app.example.org', undefined])(
    'may come from a page of %s',
    (origin) => {
      expect(admit({ ...bearer(OPERATOR), ...(origin === undefined ? {} : { origin }) })).toEqual({
        role: 'operator',
      });
    },
  );

  it.each([
    'http://evil.example',
    'null',
    `https://${host}`,
    'http://127.0.0.1:9999',
    'https://app.example.org.evil',
    '',
  ])('may not come from a page of %j, whatever its token', (origin) => {
    expect(admit({ ...bearer(OPERATOR), origin })).toMatchObject({ refused: 403 });
  });

  it.each(['evil.example:8765', 'localhost.evil.example', '', 'local host', '127.0.0.1@evil.example'])(
    'may not call this machine %j: a name that was rebound to it',
    (name) => {
      const headers = { ...bearer(OPERATOR), host: name, origin: `http://${name}` };
      expect(admit(headers)).toMatchObject({ refused: 403 });
    },
  );

  it.each(['localhost:1', '[::1]:8765', '127.0.0.1', 'app.example.org'])(
    'may call this machine %s',
    (name) => {
      expect(admit({ ...bearer(VIEWER), host: name })).toEqual({ role: 'viewer' });
    },
  );

  it('has to offer the protocol', () => {
    expect(admit({ ...bearer(OPERATOR), 'sec-websocket-protocol': 'chat' })).toMatchObject({ refused: 400 });
  });

  it('is an operator without a token where none is set, and never a peer', () => {
    const open = new Access({ tokens: { peer: PEER }, allowOrigins: [], loopback: true, tls: false });
    const headers = { host, 'sec-websocket-protocol': SUBPROTOCOL };
    expect(open.admit({ headers })).toEqual({ role: 'operator' });
    expect(open.admit({ headers: { ...headers, ...bearer('another-token-altogether') } })).toEqual({
      role: 'operator',
    });
  });
});

describe('an allowed origin', () => {
  it('is told as browsers tell it', () => {
    expect(parseOrigin('https://app.foxglove.dev')).toBe('https://app.foxglove.dev');
    expect(parseOrigin('http://robot:8080/')).toBe('http://robot:8080');
  });

  it.each(['*', 'app.foxglove.dev', 'https://app.foxglove.dev/path', 'null', 'file:///page'])(
    'is not %s',
    (text) => {
      expect(() => parseOrigin(text)).toThrow(refusal(`'${text}' is no origin`));
    },
  );
});
