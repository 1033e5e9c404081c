import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { HebbridgeError } from '../policy/errors.js';

/** The bytes of a file. Throws ERR_FILE_READ. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new HebbridgeError('ERR_FILE_READ', `${path}: cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Write `text` behind what a file holds. Throws ERR_FILE_WRITE. */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw new HebbridgeError('ERR_FILE_WRITE', `${path}: cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Make a folder, and those around it, where they are not there yet; whether it is new. Throws ERR_FILE_WRITE. */
export function makeFolder(path: string): boolean {
  try {
    return mkdirSync(path, { recursive: true }) !== undefined;
  } catch (error) {
    throw new HebbridgeError(
      'ERR_FILE_WRITE',
      `${path}: cannot make this folder: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
