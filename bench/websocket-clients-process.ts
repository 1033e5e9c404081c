import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../bridge/websocket/protocol.js';

/*
 * Clients that hear what they subscribe to, in a process of their own: `{ connect, url, channels }` from the parent opens
 * so many and subscribes, `{ close }` ends them. Answers 'connected', and after the end the messages that came.
 */

type Order =
  { readonly connect: number; readonly url: string; readonly channels: readonly number[] } | 'close';

let sockets: WebSocket[] = [];
let messages = 0;

process.on('message', (order: Order) => {
  void (order === 'close' ? close() : connect(order)).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());

async function connect({ connect: count, url, channels }: Exclude<Order, 'close'>): Promise<'connected'> {
  messages = 0;
  sockets = await Promise.all(Array.from({ length: count }, () => open(url, channels)));
  return 'connected';
}

function open(url: string, channels: readonly number[]): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false });
    socket.on('error', reject);
    socket.on('message', (_data, isBinary) => {
      if (isBinary) messages++;
    });
    socket.on('open', () => {
      const subscriptions = channels.map((channelId, id) => ({ id, channelId }));
      socket.send(JSON.stringify({ op: 'subscribe', subscriptions }));
      // Its pong comes when the server has dealt with that.
      socket.once('pong', () => resolve(socket));
      socket.ping();
    });
  });
}

async function close(): Promise<number> {
  const closing = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  for (const socket of sockets) socket.close();
  await Promise.all(closing);
  return messages;
}
