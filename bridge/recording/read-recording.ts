import { McapStreamReader, type McapTypes } from '@mcap/core';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { HebbridgeError } from '../../policy/errors.js';
import { EVENT_CHANNEL } from './channel-schemas.js';
import { controllerEventSchema, type ControllerEvent } from './controller-event.js';
import { isRecordedTopic, type RecordedTopic } from './recorded-messages.js';
import { recordedSettingsSchema, type RecordedSettings } from './recorded-settings.js';
import { bundleName, CONTROLLER_METADATA, RECORDING_FORMAT } from './recorder.js';

/** A controller that was recorded from here on. */
export interface RecordedControllerEntry {
  readonly kind: 'controller';
  readonly controller: number;
  readonly settings: RecordedSettings;
  /** The rule bundle file, as it was. */
  readonly bundle: Uint8Array;
  readonly bundleSha256: string;
  readonly versions: { readonly hebbridge: string; readonly node: string };
  /** s on the controller's clock. */
  readonly startTime: number;
}

export interface RecordedMessage {
  readonly kind: 'message';
  readonly topic: RecordedTopic;
  readonly sequence: number;
  /** s on the controller's clock, to the ns. */
  readonly time: number;
  /** The message, as JSON. */
  readonly text: string;
}

/** Something that happened to a controller, and what it published, in order; in between, what came of that. */
export interface RecordedEvent {
  readonly kind: 'event';
  readonly event: ControllerEvent;
  readonly time: number;
  readonly children: readonly (RecordedMessage | RecordedEvent)[];
}

export type RecordingEntry = RecordedControllerEntry | RecordedMessage | RecordedEvent;

/** What became of a recording's end. */
export interface RecordingEnd {
  /** The file is whole; otherwise it was cut off, or is not read beyond a gap. */
  readonly complete: boolean;
  /** Which records are missing in the middle; undefined: none. */
  readonly gap: string | undefined;
}

/** Bytes that are read at a time. */
const PIECE = 256 * 1024;
const UTF8 = new TextDecoder();

/**
 * The entries of a recording, as they happened. What belongs to an event that was not over at the end of the file is
 * left out. Returns how the file ends; one that was cut off is read up to its last chunk, one in which records are
 * missing up to there.
 *
 * @throws HebbridgeError ERR_FILE_READ; ERR_RECORDING for a file that is no recording, or damaged in the middle
 */
export async function* readRecording(path: string): AsyncGenerator<RecordingEntry, RecordingEnd> {
  const handle = await openFile(path);
  try {
    return yield* new RecordingParser(path).parse(pieces(handle, path));
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* pieces(handle: FileHandle, path: string): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(PIECE);
    const read = await handle.read(buffer).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (read.bytesRead === 0) return;
    yield buffer.subarray(0, read.bytesRead);
  }
}

function unreadable(path: string, cause: unknown): HebbridgeError {
  return new HebbridgeError('ERR_FILE_READ', `${path}: cannot be read: ${(cause as Error).message}`, {
    cause,
  });
}

const numberText = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/)
  .transform(Number);
const metadataSchema = z.object({
  format: z.string(),
  controller: numberText,
  hebbridge: z.string(),
  node: z.string(),
  bundle_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  start_time: numberText,
  settings: z.string(),
});

class RecordingParser {
  private readonly path: string;
  private readonly topics = new Map<number, string>();
  private readonly bundles = new Map<string, Uint8Array>();
  /** Of events that are not over. */
  private open: (RecordedMessage | RecordedEvent)[] = [];
  private sequence = 0;
  private known = false;
  private gap: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async *parse(source: AsyncIterable<Uint8Array>): AsyncGenerator<RecordingEntry, RecordingEnd> {
    const reader = new McapStreamReader();
    for await (const piece of source) {
      this.guard(() => reader.append(piece));
      for (;;) {
        const record = this.guard(() => reader.nextRecord());
        if (!record) break;
        const entry = this.take(record);
        if (entry) yield entry;
        if (this.gap !== undefined && this.known) return { complete: false, gap: this.gap };
      }
    }
    if (!this.known)
      throw this.refuse('holds no controller: it is no recording of hebbridge, or was cut off at its start');
    // Of a controller that is at rest nothing is left over.
    return { complete: reader.done(), gap: undefined };
  }

  private take(record: McapTypes.TypedMcapRecord): RecordingEntry | undefined {
    switch (record.type) {
      case 'Attachment':
        this.bundles.set(record.name, record.data.slice());
        return undefined;
      case 'Metadata':
        return record.name === CONTROLLER_METADATA ? this.readController(record.metadata) : undefined;
      case 'Channel':
        this.topics.set(record.id, record.topic);
        return undefined;
      case 'Message':
        return this.takeMessage(record);
      default:
        return undefined;
    }
  }

  private takeMessage({ channelId, sequence, logTime, data }: McapTypes.Message): RecordingEntry | undefined {
    const topic = this.topics.get(channelId) ?? '';
    if (sequence !== this.sequence) {
      const before = this.sequence === 0 ? 'is the first' : `follows record ${this.sequence - 1}`;
      this.gap ??= `record ${sequence} ${before}: some are missing`;
      return undefined;
    }
    this.sequence++;
    const time = Number(logTime) / 1e9;
    const text = UTF8.decode(data);
    if (topic === EVENT_CHANNEL) return this.close(this.readEvent(text, sequence), time);
    if (!isRecordedTopic(topic)) throw this.refuse(`record ${sequence} is of the unknown channel '${topic}'`);
    this.open.push({ kind: 'message', topic, sequence, time, text });
    return undefined;
  }

  /** An event is over: what came since it began is its own. What came before it stood between events. */
  private close(event: ControllerEvent, time: number): RecordedEvent | undefined {
    const first = this.open.findIndex((entry) => sequenceOf(entry) >= event.began);
    const children = first === -1 ? [] : this.open.splice(first);
    const entry: RecordedEvent = { kind: 'event', event, time, children };
    if (event.nested) {
      this.open.push(entry);
      return undefined;
    }
    this.open = [];
    return entry;
  }

  private readEvent(text: string, sequence: number): ControllerEvent {
    const parsed = controllerEventSchema.safeParse(this.json(text, `record ${sequence}`));
    if (!parsed.success) throw this.refuse(`record ${sequence}: ${z.prettifyError(parsed.error)}`);
    const { topic, ...event } = parsed.data;
    if (topic !== '' && !isRecordedTopic(topic))
      throw this.refuse(`record ${sequence}: unknown topic '${topic}'`);
    return { ...event, topic };
  }

  private readController(metadata: ReadonlyMap<string, string>): RecordedControllerEntry {
    const parsed = metadataSchema.safeParse(Object.fromEntries(metadata));
    if (!parsed.success)
      throw this.refuse(`metadata '${CONTROLLER_METADATA}': ${z.prettifyError(parsed.error)}`);
    const { format, controller, hebbridge, node, bundle_sha256: bundleSha256, start_time } = parsed.data;
    if (format !== RECORDING_FORMAT) {
      throw this.refuse(
        `is of format ${format}; this hebbridge reads ${RECORDING_FORMAT}: use that of ${hebbridge}`,
      );
    }
    const settings = recordedSettingsSchema.safeParse(this.json(parsed.data.settings, 'settings'));
    if (!settings.success) throw this.refuse(`settings: ${z.prettifyError(settings.error)}`);
    const bundle = this.bundles.get(bundleName(bundleSha256));
    if (!bundle) throw this.refuse(`lacks the rule bundle ${bundleName(bundleSha256)}`);
    if (createHash('sha256').update(bundle).digest('hex') !== bundleSha256) {
      throw this.refuse(`the rule bundle ${bundleName(bundleSha256)} is not the one that was recorded`);
    }
    this.known = true;
    return {
      kind: 'controller',
      controller,
      settings: settings.data,
      bundle,
      bundleSha256,
      versions: { hebbridge, node },
      startTime: start_time,
    };
  }

  private json(text: string, what: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.refuse(`${what} is no JSON: ${(cause as Error).message}`, cause);
    }
  }

  private guard<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (cause) {
      throw this.refuse(`is damaged, or no MCAP file: ${(cause as Error).message}`, cause);
    }
  }

  private refuse(why: string, cause?: unknown): HebbridgeError {
    return new HebbridgeError(
      'ERR_RECORDING',
      `${this.path}: ${why}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

function sequenceOf(entry: RecordedMessage | RecordedEvent): number {
  return entry.kind === 'message' ? entry.sequence : entry.event.began;
}
