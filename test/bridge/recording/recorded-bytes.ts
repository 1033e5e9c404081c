import { McapStreamReader, Opcode, type McapTypes } from '@mcap/core';
import { RECORDING_CHANNELS } from '../../../bridge/recording/channel-schemas.js';
import { McapWriter } from '../../../bridge/recording/mcap-writer.js';

/** Every record of the bytes of an MCAP file, chunks and what is in them. */
export function recordsOf(bytes: Uint8Array): McapTypes.TypedMcapRecord[] {
  const reader = new McapStreamReader({ includeChunks: true });
  reader.append(bytes);
  const records: McapTypes.TypedMcapRecord[] = [];
  for (let record = reader.nextRecord(); record; record = reader.nextRecord()) records.push(record);
  return records;
}

const CHUNK: number = Opcode.CHUNK;

/** Where each chunk of an MCAP file ends. */
export function chunkEnds(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends: number[] = [];
  // Magic, then records: opcode, length, content.
  for (let at = 8; at < bytes.byteLength - 8;) {
    const opcode: number = bytes[at]!;
    at += 9 + Number(view.getBigUint64(at + 1, true));
    if (opcode === CHUNK) ends.push(at);
  }
  return ends;
}

/** A recording, written again; of each message, what `change` makes of its text: undefined leaves it out. */
export function rewrite(
  bytes: Uint8Array,
  change: (topic: string, text: string, sequence: number) => string | undefined,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new McapWriter(RECORDING_CHANNELS, 'test', (part) => parts.push(part));
  for (const record of recordsOf(bytes)) {
    if (record.type === 'Attachment') writer.addAttachment(record.name, record.mediaType, record.data, 0n);
    if (record.type === 'Metadata') writer.addMetadata(record.name, record.metadata);
    if (record.type !== 'Message') continue;
    const { channelId, sequence, logTime, data } = record;
    const text = change(RECORDING_CHANNELS[channelId]!.topic, new TextDecoder().decode(data), sequence);
    if (text !== undefined) writer.addMessage(channelId, sequence, logTime, text);
  }
  writer.end();
  return Buffer.concat(parts);
}

/** A recording in which one record is missing. */
export function withoutRecord(bytes: Uint8Array, missing: number): Uint8Array {
  return rewrite(bytes, (_topic, text, sequence) => (sequence === missing ? undefined : text));
}
