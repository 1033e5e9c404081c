import { McapStreamReader, Opcode, type McapTypes } from '@mcap/core';

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
