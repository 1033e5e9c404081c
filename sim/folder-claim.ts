import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HebbridgeError } from '../policy/errors.js';
import { makeFolder } from './files.js';

/** In a folder that a process writes into. */
export const CLAIM_FILE = 'in-use.json';

const claimSchema = z.object({ pid: z.number().int().positive(), host: z.string() });

type Claim = z.infer<typeof claimSchema>;

/**
 * Keep other processes from writing into a folder at the same time; makes it where it is not there yet. What a process
 * that is gone left behind does not count. Returns what gives the folder back.
 *
 * @throws HebbridgeError ERR_FOLDER_IN_USE; ERR_FILE_WRITE
 */
export function claimFolder(folder: string): () => void {
  makeFolder(folder);
  const file = join(folder, CLAIM_FILE);
  const own = { pid: process.pid, host: hostname() };
  if (!create(file, own)) {
    const holder = read(file);
    if (holder && !isGone(holder, own)) throw inUse(folder, file, holder, own);
    rmSync(file, { force: true });
    // Somebody else may have seen the same.
    if (!create(file, own)) throw inUse(folder, file, read(file), own);
  }
  return () => rmSync(file, { force: true });
}

/** False where the file is there already. */
function create(file: string, claim: Claim): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, `${JSON.stringify(claim)}\n`);
    closeSync(handle);
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new HebbridgeError('ERR_FILE_WRITE', `${file}: cannot be written: ${message}`, { cause: error });
  }
}

/** Undefined where it is no claim: a process died while it wrote it. */
function read(file: string): Claim | undefined {
  try {
    return claimSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** A container that is started again has the numbers of its first life: one's own is not another process. */
function isGone({ pid, host }: Claim, own: Claim): boolean {
  return host === own.host && (pid === own.pid || !isAlive(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inUse(folder: string, file: string, holder: Claim | undefined, own: Claim): HebbridgeError {
  const who = holder
    ? `process ${holder.pid}${holder.host === own.host ? '' : ` on ${holder.host}`}`
    : 'another process';
  return new HebbridgeError(
    'ERR_FOLDER_IN_USE',
    `--out: ${who} is writing into ${folder}; wait until it is done, or give another folder ` +
      `(where there is no such hebbridge any more, remove ${file})`,
  );
}
