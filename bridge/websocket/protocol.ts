/*
 * The server's side of the Foxglove WebSocket protocol:
 * https://github.com/foxglove/ws-protocol/blob/main/docs/spec.md
 *
 * Written out here and not taken from @foxglove/ws-protocol: its server casts what clients send, hands it on
 * without bounds, and writes to every socket whether it is read or not. Its client is what the tests connect with.
 */

export const SUBPROTOCOL = 'foxglove.websocket.v1';

/** First byte of a binary frame from the server. */
export const SERVER_OPCODE = { messageData: 1, serviceCallResponse: 3 } as const;
/** First byte of a binary frame from a client. */
export const CLIENT_OPCODE = { messageData: 1, serviceCallRequest: 2 } as const;

export const STATUS_LEVEL = { info: 0, warning: 1, error: 2 } as const;
export type StatusLevel = (typeof STATUS_LEVEL)[keyof typeof STATUS_LEVEL];

export interface Channel {
  readonly id: number;
  readonly topic: string;
  readonly encoding: string;
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly schema: string;
}

/** Both ways JSON with a JSON Schema. */
export interface ServiceAdvertisement {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly request: MessageDefinition;
  readonly response: MessageDefinition;
}

interface MessageDefinition {
  readonly encoding: string;
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly schema: string;
}

export interface Parameter {
  readonly name: string;
  readonly value: number | string | boolean | readonly string[];
  readonly type?: 'float64';
}

export type ServerText =
  | {
      readonly op: 'serverInfo';
      readonly name: string;
      readonly capabilities: readonly string[];
      readonly supportedEncodings: readonly string[];
      readonly metadata: Readonly<Record<string, string>>;
      readonly sessionId: string;
    }
  | { readonly op: 'advertise'; readonly channels: readonly Channel[] }
  | { readonly op: 'advertiseServices'; readonly services: readonly ServiceAdvertisement[] }
  | { readonly op: 'status'; readonly level: StatusLevel; readonly message: string }
  | { readonly op: 'parameterValues'; readonly parameters: readonly Parameter[]; readonly id?: string }
  | {
      readonly op: 'serviceCallFailure';
      readonly serviceId: number;
      readonly callId: number;
      readonly message: string;
    };

/** Opcode, subscription, time. */
const MESSAGE_HEADER = 1 + 4 + 8;

/** A message as it goes to a subscription; `time` in ns. */
export function messageFrame(subscriptionId: number, time: bigint, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(MESSAGE_HEADER + payload.length);
  frame.writeUInt8(SERVER_OPCODE.messageData, 0);
  frame.writeUInt32LE(subscriptionId, 1);
  frame.writeBigUInt64LE(time, 5);
  frame.set(payload, MESSAGE_HEADER);
  return frame;
}

/** A service's answer, in JSON. */
export function serviceResponseFrame(serviceId: number, callId: number, answer: object): Buffer {
  const payload = Buffer.from(JSON.stringify(answer));
  return Buffer.concat([callHeader(SERVER_OPCODE.serviceCallResponse, serviceId, callId), payload]);
}

/** A client's call of a service. */
export function serviceRequestFrame(serviceId: number, callId: number, payload: Uint8Array): Buffer {
  return Buffer.concat([callHeader(CLIENT_OPCODE.serviceCallRequest, serviceId, callId), payload]);
}

/** A message that a client publishes on a channel that it advertised. */
export function clientMessageFrame(channelId: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + payload.length);
  frame.writeUInt8(CLIENT_OPCODE.messageData, 0);
  frame.writeUInt32LE(channelId, 1);
  frame.set(payload, 5);
  return frame;
}

function callHeader(opcode: number, serviceId: number, callId: number): Buffer {
  const encoding = 'json';
  const header = Buffer.alloc(13 + encoding.length);
  header.writeUInt8(opcode, 0);
  header.writeUInt32LE(serviceId, 1);
  header.writeUInt32LE(callId, 5);
  header.writeUInt32LE(encoding.length, 9);
  header.write(encoding, 13, 'latin1');
  return header;
}
