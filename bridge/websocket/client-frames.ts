import { z } from 'zod';
import { parseBoundedJson, TOO_DEEP } from '../transport/bounded-json.js';
import { readsAsEmergencyStop } from '../transport/urgent-stop.js';
import { CLIENT_OPCODE } from './protocol.js';

const uint32 = z.int().nonnegative().max(0xffffffff);
/** Entries of one frame. */
const MOST = 256;
const name = z.string().max(256);
const names = z.array(name).max(MOST);
const ids = z.array(uint32).max(MOST);
/** Of a request, repeated in its answer. */
const requestId = name.optional();

const textFrame = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('subscribe'),
    subscriptions: z.array(z.object({ id: uint32, channelId: uint32 })).max(MOST),
  }),
  z.object({ op: z.literal('unsubscribe'), subscriptionIds: ids }),
  z.object({
    op: z.literal('advertise'),
    // Schemas of clients are not looked at: what they send is parsed by ours.
    channels: z.array(z.object({ id: uint32, topic: name, encoding: name })).max(MOST),
  }),
  z.object({ op: z.literal('unadvertise'), channelIds: ids }),
  z.object({ op: z.literal('getParameters'), parameterNames: names, id: requestId }),
  z.object({
    op: z.literal('setParameters'),
    parameters: z.array(z.object({ name, value: z.unknown() })).max(MOST),
    id: requestId,
  }),
  z.object({ op: z.literal('subscribeParameterUpdates'), parameterNames: names }),
  z.object({ op: z.literal('unsubscribeParameterUpdates'), parameterNames: names }),
]);

/** What a client may send, parsed. */
export type ClientFrame =
  | z.infer<typeof textFrame>
  | { readonly op: 'publish'; readonly channelId: number; readonly data: Buffer }
  | {
      readonly op: 'call';
      readonly serviceId: number;
      readonly callId: number;
      readonly encoding: string;
      readonly data: Buffer;
    };

export type ParsedFrame = { readonly frame: ClientFrame } | { readonly problem: string };

/** A text frame, which is JSON; its fields are checked and bounded, those that nobody reads are dropped. */
export function parseTextFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    const read = parseBoundedJson(text);
    if (read.tooDeep) return { problem: `a text frame that is ${TOO_DEEP}` };
    ({ value } = read);
  } catch {
    return { problem: `a text frame that is no JSON: ${text.slice(0, 80)}` };
  }
  const parsed = textFrame.safeParse(value);
  if (parsed.success) return { frame: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  return { problem: `a text frame that cannot be used: ${where}: ${issue?.message ?? 'no object'}` };
}

/** A binary frame; `data` is a view into it. */
export function parseBinaryFrame(bytes: Buffer): ParsedFrame {
  const opcode = bytes[0];
  if (opcode === CLIENT_OPCODE.messageData) {
    if (bytes.length < 5) return { problem: `a message of ${bytes.length} bytes; its header has 5` };
    return { frame: { op: 'publish', channelId: bytes.readUInt32LE(1), data: bytes.subarray(5) } };
  }
  if (opcode === CLIENT_OPCODE.serviceCallRequest) {
    if (bytes.length < 13) return { problem: `a service call of ${bytes.length} bytes; its header has 13` };
    const encodingLength = bytes.readUInt32LE(9);
    if (encodingLength > Math.min(64, bytes.length - 13)) {
      return { problem: `a service call with an encoding of ${encodingLength} bytes` };
    }
    return {
      frame: {
        op: 'call',
        serviceId: bytes.readUInt32LE(1),
        callId: bytes.readUInt32LE(5),
        encoding: bytes.toString('utf8', 13, 13 + encodingLength),
        data: bytes.subarray(13 + encodingLength),
      },
    };
  }
  return { problem: `a binary frame with opcode ${opcode ?? 'missing'}; there are 1 and 2` };
}

/** Whether a frame asks for an emergency stop: what is heard although its sender sends too much. */
export function isStopFrame(bytes: Buffer, isBinary: boolean, stopServiceId: number): boolean {
  if (!isBinary || bytes.length < 5) return false;
  if (bytes[0] === CLIENT_OPCODE.serviceCallRequest) return bytes.readUInt32LE(1) === stopServiceId;
  return bytes[0] === CLIENT_OPCODE.messageData && readsAsEmergencyStop(bytes.subarray(5));
}
