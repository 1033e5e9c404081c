import { open, stat, type FileHandle } from 'node:fs/promises';
import { HebbridgeError } from '../../policy/errors.js';

/** Bytes that may wait for the disk. */
const MOST_WAITING = 64 * 2 ** 20;

/**
 * A file that is written in the background, in order. After the first write that fails nothing more is written:
 * what stands in the file by then stays readable, up to its last whole part.
 */
export class RecordingFile {
  readonly path: string;
  private readonly handle: FileHandle;
  private readonly onTrouble: (error: HebbridgeError) => void;
  private readonly queue: Uint8Array[] = [];
  private waiting = 0;
  private written = 0;
  private writing: Promise<void> | undefined;
  private failure: HebbridgeError | undefined;

  private constructor(path: string, handle: FileHandle, onTrouble: (error: HebbridgeError) => void) {
    this.path = path;
    this.handle = handle;
    this.onTrouble = onTrouble;
  }

  /**
   * A new file; an older one is not written over.
   *
   * @param onTrouble is called once, when something could not be written
   * @throws HebbridgeError ERR_FILE_WRITE
   */
  static async create(path: string, onTrouble: (error: HebbridgeError) => void): Promise<RecordingFile> {
    try {
      return new RecordingFile(path, await open(path, (await isDevice(path)) ? 'w' : 'wx'), onTrouble);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const why =
        code === 'EEXIST'
          ? 'is there already; give the recording another name'
          : `cannot be written: ${message}`;
      throw new HebbridgeError('ERR_FILE_WRITE', `${path}: ${why}`, { cause });
    }
  }

  /** Why nothing is written any more; undefined: all is well. */
  get trouble(): HebbridgeError | undefined {
    return this.failure;
  }

  /** `bytes` are the file's from now on. */
  write(bytes: Uint8Array): void {
    if (this.failure) return;
    if (this.waiting + bytes.byteLength > MOST_WAITING) {
      this.fail(`the disk is too slow: ${MOST_WAITING} bytes wait for it`);
      return;
    }
    this.queue.push(bytes);
    this.waiting += bytes.byteLength;
    this.writing ??= this.drain();
  }

  /** Resolves when what was written is written, or cannot be. */
  async close(): Promise<void> {
    await this.writing;
    await this.handle.close();
  }

  private async drain(): Promise<void> {
    for (let bytes = this.queue.shift(); bytes && !this.failure; bytes = this.queue.shift()) {
      try {
        await writeAll(this.handle, bytes);
        this.written += bytes.byteLength;
        this.waiting -= bytes.byteLength;
      } catch (error) {
        this.fail((error as Error).message, error);
        // Half of a part says nothing.
        await this.handle.truncate(this.written).catch(() => undefined);
      }
    }
    this.writing = undefined;
  }

  /** Write nothing more, and tell why. */
  fail(why: string, cause?: unknown): void {
    if (this.failure) return;
    this.queue.length = 0;
    this.failure = new HebbridgeError(
      'ERR_FILE_WRITE',
      `${this.path}: the recording ends here: ${why}`,
      cause === undefined ? undefined : { cause },
    );
    this.onTrouble(this.failure);
  }
}

/** A full disk takes part of it first, and refuses the rest. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.byteLength) at += (await handle.write(bytes, at)).bytesWritten;
}

async function isDevice(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isCharacterDevice() || entry.isFIFO(),
    () => false,
  );
}
