import { MonotonicClock } from '../../../bridge/clock.js';
import type { Transport } from '../../../bridge/transport.js';
import { WebSocketClientTransport } from '../../../bridge/websocket/websocket-client-transport.js';
import { WebSocketServerTransport } from '../../../bridge/websocket/websocket-server-transport.js';
import { describeTransport, type ConnectedTransports } from '../../contract/transport-contract.js';

const PEER = 'the-token-of-a-peer';
const clock = new MonotonicClock();

/** A server, and as many clients that may publish everything, over sockets. */
async function connect(clients: number): Promise<{ ends: readonly Transport[]; listenerErrors: unknown[] }> {
  const listenerErrors: unknown[] = [];
  const onListenerError = (_topic: string, error: unknown): void => void listenerErrors.push(error);
  let ids = 0;
  const server = await WebSocketServerTransport.listen({
    host: '127.0.0.1',
    port: 0,
    tokens: { peer: PEER },
    clock,
    wallClock: () => 0,
    newId: () => `id-${++ids}`,
    onListenerError,
  });
  const url = server.url.replace(/^http/, 'ws');
  const connected = Array.from({ length: clients }, () =>
    WebSocketClientTransport.connect({ url, token: PEER, clock, onListenerError }),
  );
  return { ends: [server, ...(await Promise.all(connected))], listenerErrors };
}

const pair = async (near: number, far: number, clients: number): Promise<ConnectedTransports> => {
  const { ends, listenerErrors } = await connect(clients);
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
