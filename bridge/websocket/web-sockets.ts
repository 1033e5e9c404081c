import { WebSocketServer } from 'ws';
import { SUBPROTOCOL } from './protocol.js';

/** s that clients have to say goodbye. */
export const FAREWELL = 1;
/** Bytes of fragments, and of what arrives at once, on average of the largest message: each piece costs time and memory. */
const SMALLEST_FRAGMENT = 1024;
const SMALLEST_CHUNK = 64;

/**
 * Makes WebSockets of connections whose request was looked at elsewhere. Nothing is compressed: what is small on the
 * way would be large here.
 *
 * @param maxPayload bytes of a message, however it comes; a longer one ends its connection
 */
export function webSockets(maxPayload: number): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
    // Not in the types yet: ms that a client may take to answer a close, and in how many pieces a message may come.
    ...{
      closeTimeout: 1000 * FAREWELL,
      maxFragments: Math.ceil(maxPayload / SMALLEST_FRAGMENT),
      maxBufferedChunks: Math.ceil(maxPayload / SMALLEST_CHUNK),
    },
  });
}
