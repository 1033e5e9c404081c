/** Where a packet begins and ends, which is told before anything of it is parsed (MQTT 5, section 2.1.1). */
export interface PacketHead {
  readonly type: number;
  /** Of PUBLISH. */
  readonly qos: number;
  /** Bytes of the head itself, and of the packet with it. */
  readonly headLength: number;
  readonly length: number;
}

/** What a PUBLISH says of itself, as far as its bytes are there (section 3.3). */
export interface PublishHead {
  readonly topic: string;
  /** 0 with quality of service 0. */
  readonly messageId: number;
  readonly payload: Buffer;
}

export const PUBLISH = 3;

/** The packet that begins at `at`; undefined: its head is not there yet; a text: why none can begin like that. */
export function readPacketHead(bytes: Buffer, at: number): PacketHead | undefined | string {
  const first = bytes[at]!;
  const remaining = readVariableInteger(bytes, at + 1);
  if (remaining === undefined || typeof remaining === 'string') return remaining;
  const headLength = 1 + remaining.bytes;
  return {
    type: first >> 4,
    qos: (first >> 1) & 3,
    headLength,
    length: headLength + remaining.value,
  };
}

/** Of the PUBLISH with the head `head` at `at`; undefined: it cannot be read, or not enough of it is there. */
export function readPublish(bytes: Buffer, at: number, head: PacketHead): PublishHead | undefined {
  const start = at + head.headLength;
  const end = Math.min(at + head.length, bytes.length);
  if (start + 2 > end) return undefined;
  const topicEnd = start + 2 + bytes.readUInt16BE(start);
  const idEnd = topicEnd + (head.qos > 0 ? 2 : 0);
  if (idEnd > end) return undefined;
  const properties = readVariableInteger(bytes, idEnd);
  if (properties === undefined || typeof properties === 'string') return undefined;
  return {
    // Ours are ASCII; another one is read as something that is not ours either.
    topic: bytes.toString('latin1', start + 2, topicEnd),
    messageId: head.qos > 0 ? bytes.readUInt16BE(topicEnd) : 0,
    payload: bytes.subarray(Math.min(idEnd + properties.bytes + properties.value, end), end),
  };
}

/** Section 1.5.5: seven bits a byte, the least first, and no more than four bytes. */
function readVariableInteger(
  bytes: Buffer,
  at: number,
): { readonly value: number; readonly bytes: number } | undefined | string {
  let value = 0;
  for (let k = 0; k < 4; k++) {
    const byte = bytes[at + k];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 128 ** k;
    if (byte < 128) return { value, bytes: k + 1 };
  }
  return 'a length of more than four bytes';
}
