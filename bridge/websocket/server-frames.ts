import { z } from 'zod';
import { SERVER_OPCODE } from './protocol.js';

const name = z.string().max(256);
const id = z.int().nonnegative().max(0xffffffff);

/** What of the server's text frames this client acts upon; the rest of the protocol passes by. */
const textFrame = z.discriminatedUnion('op', [
  z.object({ op: z.literal('advertise'), channels: z.array(z.object({ id, topic: name })).max(1024) }),
  z.object({ op: z.literal('status'), level: z.int(), message: z.string().max(4096) }),
  z.object({ op: z.literal('parameterValues'), id: name.optional() }),
]);

export type ServerFrame =
  | z.infer<typeof textFrame>
  | { readonly op: 'message'; readonly subscriptionId: number; readonly data: Buffer }
  | { readonly op: 'other' };

/** A frame of a server; whatever cannot be used is `other`. */
export function parseServerFrame(data: Buffer, isBinary: boolean): ServerFrame {
  if (isBinary) {
    if (data[0] !== SERVER_OPCODE.messageData || data.length < 13) return { op: 'other' };
    return { op: 'message', subscriptionId: data.readUInt32LE(1), data: data.subarray(13) };
  }
  try {
    return textFrame.safeParse(JSON.parse(data.toString('utf8'))).data ?? { op: 'other' };
  } catch {
    return { op: 'other' };
  }
}
