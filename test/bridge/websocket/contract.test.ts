import { expect } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import type { Transport } from '../../../bridge/transport.js';
import { WebSocketClientTransport } from '../../../bridge/websocket/websocket-client-transport.js';
import { WebSocketServerTransport } from '../../../bridge/websocket/websocket-server-transport.js';
import { describeTransport, type ConnectedTransports } from '../../contract/transport-contract.js';
import { until } from '../../until.js';

const PEER = 'the-token-of-a-peer';
const clock = new MonotonicClock();

/** A server, and as many clients that may publish everything, over sockets; `restarted`: its second life. */
async function connect(
  clients: number,
  restarted: boolean,
): Promise<{ ends: readonly Transport[]; listenerErrors: unknown[] }> {
  const listenerErrors: unknown[] = [];
  const onListenerError = (_topic: string, error: unknown): void => void listenerErrors.push(error);
  let ids = 0;
  const listen = (port: number): Promise<WebSocketServerTransport> =>
    WebSocketServerTransport.listen({
      host: '127.0.0.1',
      port,
      tokens: { peer: PEER },
      clock,
      wallClock: () => 0,
      newId: () => `id-${++ids}`,
      onListenerError,
    });
  let server = await listen(0);
  const url = server.url.replace(/^http/, 'ws');
  const connected = await Promise.all(
    Array.from({ length: clients }, () =>
      WebSocketClientTransport.connect({
        url,
        token: PEER,
        clock,
        random: () => 0.5,
        reconnect: { first: 0.01, longest: 0.05 },
        onListenerError,
      }),
    ),
  );
  if (restarted) {
    await server.close();
    await until(() => expect(connected.map(({ isConnected }) => isConnected)).not.toContain(true));
    server = await listen(server.port);
    await until(() => expect(connected.map(({ isConnected }) => isConnected)).not.toContain(false));
  }
  return { ends: [server, ...connected], listenerErrors };
}

const pair = async (
  near: number,
  far: number,
  clients: number,
  restarted = false,
): Promise<ConnectedTransports> => {
  const { ends, listenerErrors } = await connect(clients, restarted);
  return {
    near: ends[near]!,
    far: ends[far]!,
    listenerErrors,
    dispose: async () => {
      for (const end of ends) await end.close();
    },
  };
};

describeTransport('a WebSocket, from the server to a client,', () => pair(0, 1, 1));
describeTransport('a WebSocket, from a client to the server,', () => pair(1, 0, 1));
describeTransport('a WebSocket, from a client to another one,', () => pair(1, 2, 2));
describeTransport('a WebSocket, from a restarted server to a client,', () => pair(0, 1, 1, true));
describeTransport('a WebSocket, from a client to a restarted server,', () => pair(1, 0, 1, true));
