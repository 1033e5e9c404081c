import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { HebbridgeError } from '../policy/errors.js';

/** Write a file so that it holds either what it held or all of `contents`, whenever the process dies. */
export function writeFileAtomically(path: string, contents: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents;
    const file = openSync(temporary, 'w');
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new HebbridgeError('ERR_FILE_WRITE', `${path}: cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
