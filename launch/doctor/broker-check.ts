import { connect } from 'node:net';
import { HebbridgeError } from '../../policy/errors.js';
import type { Check } from './check.js';

/** Where a broker listens. */
export interface BrokerAddress {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** @throws HebbridgeError ERR_USAGE */
export function parseBroker(text: string, name: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const standard = url && PORTS[url.protocol];
  if (!url || standard === undefined || url.hostname === '') {
    const right = 'a URL like mqtt://localhost:1883 (mqtt, mqtts, ws or wss)';
    throw new HebbridgeError('ERR_USAGE', `${name}: '${text}' is not the URL of a broker; give ${right}`);
  }
  const port = url.port === '' ? standard : Number(url.port);
  // IPv6 addresses stand in brackets in a URL, and without them everywhere else.
  return { url: `${url.protocol}//${url.host}`, host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/** Whether somebody takes a TCP connection there within `timeoutMs`. */
export function checkBroker(broker: BrokerAddress | undefined, timeoutMs: number): Promise<Check> {
  const subject = 'broker';
  if (!broker) {
    const found = 'none asked for; --broker mqtt://localhost checks one';
    return Promise.resolve({ subject, result: 'missing', found, needed: false });
  }
  const { url, host, port } = broker;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (result: Check['result'], found: string): void => {
      socket.destroy();
      const advice = 'start the broker, or check host, port and firewall';

      resolve({
        subject,
        result,
        found: `${url}: ${found}`,
        ...(result === 'ok' ? {} : { advice }),
        needed: true,
      });
    };
    socket.once('connect', () => settle('ok', 'takes connections'));
    socket.once('timeout', () => settle('problem', `no answer within ${timeoutMs / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => settle('problem', error.code ?? error.message));
  });
}
