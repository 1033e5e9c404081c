import { createHash } from 'node:crypto';
import { HebbridgeError } from '../../policy/errors.js';
import type { Cancel, Clock } from '../clock.js';
import type { Controller } from '../controller.js';
import type { ControllerOptions } from '../controller-options.js';
import type { Unsubscribe } from '../transport.js';
import { EVENT_CHANNEL, RECORDING_CHANNELS } from './channel-schemas.js';
import { EventTape, type RecordSink } from './event-tape.js';
import { encodeExactJson } from './exact-json.js';
import { McapWriter } from './mcap-writer.js';
import { RecordedClock, RecordedController, RecordedTransport } from './recorded-controller.js';
import type { RecordedTopic } from './recorded-messages.js';
import { settingsOf } from './recorded-settings.js';
import { RecordingFile } from './recording-file.js';

/** Of what a controller's metadata record is called, and its form. */
export const CONTROLLER_METADATA = 'controller';
export const RECORDING_FORMAT = '1';

/** Bytes, and s, after which a chunk is written: what a killed process can lose. */
const CHUNK_BYTES = 256 * 1024;
const CHUNK_PERIOD = 0.5;

export interface RecorderOptions {
  /** A file that is not there yet. */
  readonly path: string;
  /** Of hebbridge and of Node. */
  readonly versions: { readonly hebbridge: string; readonly node: string };
  /** For the chunks' time only; the controllers' clocks are theirs. Plain timers do. */
  readonly clock: Clock;
  /**
   * Called once when the recording cannot go on, and once when something could not be recorded as it was; the
   * controllers go on.
   */
  readonly onTrouble: (error: HebbridgeError) => void;
}

/**
 * Records controllers in an MCAP file: every input, command and act, seed, settings and rule bundle: what it takes to
 * run them again (replay-recording.ts). Whatever becomes of the file, the controllers do not notice.
 */
export class Recorder {
  private readonly file: RecordingFile;
  private readonly options: RecorderOptions;
  private readonly writer: McapWriter;
  private readonly sink: RecordSink;
  private readonly channels: ReadonlyMap<string, number>;
  private readonly attached = new Set<string>();
  private controllers = 0;
  /** Of the next record. */
  private sequence = 0;
  private toldOfReplacement = false;
  private stopOverhearing: Unsubscribe | undefined;
  private cancelFlush: Cancel | undefined;
  private closed = false;

  private constructor(file: RecordingFile, options: RecorderOptions) {
    this.file = file;
    this.options = options;
    this.writer = new McapWriter(RECORDING_CHANNELS, `hebbridge ${options.versions.hebbridge}`, (bytes) =>
      file.write(bytes),
    );
    this.channels = new Map(RECORDING_CHANNELS.map(({ topic }, id) => [topic, id]));
    const nextSequence = (): number => this.sequence;
    this.sink = {
      get sequence() {
        return nextSequence();
      },
      add: (channel, time, value) => this.add(channel, time, value),
    };
  }

  /** Throws ERR_FILE_WRITE for a file that is there already or cannot be made. */
  static async create(options: RecorderOptions): Promise<Recorder> {
    return new Recorder(await RecordingFile.create(options.path, options.onTrouble), options);
  }

  /** Why the recording ended early; undefined: it did not. */
  get trouble(): HebbridgeError | undefined {
    return this.file.trouble;
  }

  /**
   * A controller that is recorded from its beginning. Its policy has to be the network of `bundle`, a rule bundle
   * file's bytes; one controller at a time.
   */
  control(options: ControllerOptions, bundle: Uint8Array): Controller {
    const controller = this.controllers++;
    const { clock, transport } = options;
    this.describe(controller, options, bundle);
    const tape = new EventTape(clock, this.sink, controller);
    // The controller does not hear it: of the simulator, for whoever looks at the recording.
    this.stopOverhearing?.();
    this.stopOverhearing = transport.subscribe('simulationRequest', (request) =>
      tape.overhear('simulationRequest', request),
    );
    const surroundings = {
      clock: new RecordedClock(clock, tape),
      transport: new RecordedTransport(transport, tape),
    };
    return tape.perform('configure', {}, () => new RecordedController({ ...options, ...surroundings }, tape));
  }

  /** Resolves when the file is whole, or as whole as it can be. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.cancelFlush?.();
    if (!this.file.trouble) this.writer.end();
    await this.file.close();
  }

  private describe(controller: number, options: ControllerOptions, bundle: Uint8Array): void {
    const sha256 = createHash('sha256').update(bundle).digest('hex');
    const time = options.clock.now();
    if (!this.attached.has(sha256)) {
      this.attached.add(sha256);
      this.writer.addAttachment(bundleName(sha256), 'application/octet-stream', bundle, nanoseconds(time));
    }
    const { hebbridge, node } = this.options.versions;
    this.writer.addMetadata(
      CONTROLLER_METADATA,
      new Map([
        ['format', RECORDING_FORMAT],
        ['controller', String(controller)],
        ['hebbridge', hebbridge],
        ['node', node],
        ['bundle_sha256', sha256],
        ['start_time', String(time)],
        ['seed', String(options.seed)],
        ['settings', encodeExactJson(settingsOf(options))],
      ]),
    );
  }

  private add(channel: RecordedTopic | typeof EVENT_CHANNEL, time: number, value: unknown): void {
    if (this.closed || this.file.trouble) return;
    this.attempt(() => {
      const text = encodeExactJson(value, (why) => this.tellOfReplacement(channel, why));
      // Encoded first: a number without its record would be a gap, beyond which nothing can be replayed.
      this.writer.addMessage(this.channels.get(channel)!, this.sequence++, nanoseconds(time), text);
      this.scheduleFlush();
    });
  }

  /** The recording is not worth the controller: what fails ends the one, and is not thrown at the other. */
  private attempt(write: () => void): void {
    try {
      write();
    } catch (cause) {
      this.file.fail((cause as Error).message, cause);
    }
  }

  private tellOfReplacement(channel: string, why: string): void {
    if (this.toldOfReplacement) return;
    this.toldOfReplacement = true;
    const what = `of a message on ${channel}, a part ${why} and is not recorded; a text in its place says so`;
    this.options.onTrouble(new HebbridgeError('ERR_RECORDING', `${this.file.path}: ${what}`));
  }

  private scheduleFlush(): void {
    if (this.writer.pendingBytes >= CHUNK_BYTES) this.flush();
    else if (!this.cancelFlush) {
      const { clock } = this.options;
      this.cancelFlush = clock.callAt(clock.now() + CHUNK_PERIOD, () => this.attempt(() => this.flush()));
    }
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    this.writer.flush();
  }
}

export function bundleName(sha256: string): string {
  return `bundle-${sha256}.safetensors`;
}

/** MCAP has no time before 0. */
function nanoseconds(time: number): bigint {
  return BigInt(Math.max(0, Math.round(time * 1e9)));
}
