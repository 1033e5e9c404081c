import { McapChunkBuilder, McapRecordBuilder, type McapTypes } from '@mcap/core';
import { crc32 } from 'node:zlib';
import type { RecordingChannel } from './channel-schemas.js';

/** Where the bytes go; they are its own. */
export type ByteSink = (bytes: Uint8Array) => void;

const UTF8 = new TextEncoder();

/**
 * An MCAP file (mcap.dev/spec), part by part: uncompressed chunks with a CRC, indexed. The package's own writer waits
 * for the disk inside each message and ends a chunk by its size only; a control loop wants neither.
 */
export class McapWriter {
  private readonly channels: readonly RecordingChannel[];
  private readonly sink: ByteSink;
  private readonly records = new McapRecordBuilder();
  private readonly chunk = new McapChunkBuilder({ useMessageIndex: true });
  private readonly chunkIndexes: McapTypes.ChunkIndex[] = [];
  private readonly attachmentIndexes: McapTypes.AttachmentIndex[] = [];
  private readonly metadataIndexes: McapTypes.MetadataIndex[] = [];
  private readonly counts = new Map<number, bigint>();
  /** Channels whose record is written. */
  private readonly introduced = new Set<number>();
  private messageStartTime = 0n;
  private messageEndTime = 0n;
  private position = 0n;

  /** `library`: who writes, as the header says it. */
  constructor(channels: readonly RecordingChannel[], library: string, sink: ByteSink) {
    this.channels = channels;
    this.sink = sink;
    this.records.writeMagic();
    this.records.writeHeader({ profile: '', library });
    this.put();
  }

  /** Of the chunk that is not yet written. */
  get pendingBytes(): number {
    return this.chunk.numMessages === 0 ? 0 : this.chunk.byteLength;
  }

  addMetadata(name: string, metadata: ReadonlyMap<string, string>): void {
    const offset = this.position;
    const length = this.records.writeMetadata({ name, metadata: new Map(metadata) });
    this.metadataIndexes.push({ name, offset, length });
    this.put();
  }

  /** `time`: ns. */
  addAttachment(name: string, mediaType: string, data: Uint8Array, time: bigint): void {
    const offset = this.position;
    const about = { name, mediaType, logTime: time, createTime: time };
    const length = this.records.writeAttachment({ ...about, data });
    this.attachmentIndexes.push({ ...about, offset, length, dataSize: BigInt(data.byteLength) });
    this.put();
  }

  /** `channel`: its place among the channels; `time`: ns; `text`: JSON. */
  addMessage(channel: number, sequence: number, time: bigint, text: string): void {
    if (!this.introduced.has(channel)) {
      this.chunk.addSchema(this.schemaRecord(channel));
      this.chunk.addChannel(this.channelRecord(channel));
      this.introduced.add(channel);
    }
    this.chunk.addMessage({
      channelId: channel,
      sequence,
      logTime: time,
      publishTime: time,
      data: UTF8.encode(text),
    });
    if (this.counts.size === 0 || time < this.messageStartTime) this.messageStartTime = time;
    if (this.counts.size === 0 || time > this.messageEndTime) this.messageEndTime = time;
    this.counts.set(channel, (this.counts.get(channel) ?? 0n) + 1n);
  }

  /** End the chunk, if there is anything in it: what was added so far goes out. */
  flush(): void {
    const { chunk, records } = this;
    if (chunk.numMessages === 0) return;
    const { buffer, messageStartTime, messageEndTime } = chunk;
    const size = BigInt(buffer.byteLength);
    const chunkStartOffset = this.position;
    const chunkLength = records.writeChunk({
      messageStartTime,
      messageEndTime,
      uncompressedSize: size,
      uncompressedCrc: crc32(buffer),
      compression: '',
      records: buffer,
    });
    const messageIndexOffsets = new Map<number, bigint>();
    let messageIndexLength = 0n;
    for (const index of chunk.indices) {
      messageIndexOffsets.set(index.channelId, chunkStartOffset + chunkLength + messageIndexLength);
      messageIndexLength += records.writeMessageIndex(index);
    }
    this.chunkIndexes.push({
      messageStartTime,
      messageEndTime,
      chunkStartOffset,
      chunkLength,
      messageIndexOffsets,
      messageIndexLength,
      compression: '',
      compressedSize: size,
      uncompressedSize: size,
    });
    chunk.reset();
    this.put();
  }

  /** What lets viewers find their way without reading all of it. Nothing can be added afterwards. */
  end(): void {
    this.flush();
    const { records } = this;
    records.writeDataEnd({ dataSectionCrc: 0 });
    this.put();
    const summaryStart = this.position;
    for (const channel of this.introduced) records.writeSchema(this.schemaRecord(channel));
    for (const channel of this.introduced) records.writeChannel(this.channelRecord(channel));
    records.writeStatistics(this.statistics());
    for (const index of this.metadataIndexes) records.writeMetadataIndex(index);
    for (const index of this.attachmentIndexes) records.writeAttachmentIndex(index);
    for (const index of this.chunkIndexes) records.writeChunkIndex(index);
    records.writeFooter({ summaryStart, summaryOffsetStart: 0n, summaryCrc: 0 });
    records.writeMagic();
    this.put();
  }

  private statistics(): McapTypes.Statistics {
    return {
      messageCount: [...this.counts.values()].reduce((sum, count) => sum + count, 0n),
      schemaCount: this.introduced.size,
      channelCount: this.introduced.size,
      attachmentCount: this.attachmentIndexes.length,
      metadataCount: this.metadataIndexes.length,
      chunkCount: this.chunkIndexes.length,
      messageStartTime: this.messageStartTime,
      messageEndTime: this.messageEndTime,
      channelMessageCounts: this.counts,
    };
  }

  /** Schema 0 is none. */
  private schemaRecord(channel: number): McapTypes.Schema {
    const { topic, schema } = this.channels[channel]!;
    return {
      id: channel + 1,
      name: `hebbridge.${topic}`,
      encoding: 'jsonschema',
      data: UTF8.encode(JSON.stringify(schema)),
    };
  }

  private channelRecord(channel: number): McapTypes.Channel {
    const { topic } = this.channels[channel]!;
    return { id: channel, schemaId: channel + 1, topic, messageEncoding: 'json', metadata: new Map() };
  }

  private put(): void {
    const { records } = this;
    // The builder uses its buffer again.
    const bytes = records.buffer.slice();
    this.position += BigInt(bytes.byteLength);
    records.reset();
    this.sink(bytes);
  }
}
