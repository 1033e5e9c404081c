import { readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HebbridgeError } from '../policy/errors.js';
import { makeFolder } from './files.js';

/** In a folder that a process writes into. */
export const CLAIM_FILE = 'in-use.json';

const claimSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** When it was started, in the kernel's ticks, where the kernel tells: the next one of the same number is another. */
  started: z.string().optional(),
});

type Claim = z.infer<typeof claimSchema>;

/**
 * Keep other processes from writing into a folder at the same time; makes it where it is not there yet. What a process
 * of this host that is gone left behind does not count. Returns what gives the folder back, and takes one that was made
 * here and is still empty away.
 *
 * @throws HebbridgeError ERR_FOLDER_IN_USE; ERR_FILE_WRITE
 */
export function claimFolder(folder: string): () => void {
  const isNew = makeFolder(folder);
  const file = join(folder, CLAIM_FILE);
  const own = JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid) });
  for (;;) {
    if (create(file, own)) return () => giveBack(folder, file, own, isNew);
    const found = read(file);
    const holder = found === undefined ? undefined : parse(found);
    if (found === undefined || !holder || !isGone(holder)) throw inUse(folder, file, holder);
    takeAway(file, found);
  }
}

/** False where the file is there already. */
function create(file: string, claim: string): boolean {
  try {
    writeFileSync(file, claim, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    rmSync(file, { force: true });
    throw new HebbridgeError('ERR_FILE_WRITE', `${file}: cannot be written: ${message}`, { cause: error });
  }
}

/** Undefined: it cannot be read, or is gone by now. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined where it is no claim: its process is just writing it, or died meanwhile, and nobody can tell which. */
function parse(text: string): Claim | undefined {
  try {
    return claimSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Take what was found away, and put back what somebody else has put in its place meanwhile. */
function takeAway(file: string, found: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    // Somebody else did.
    return;
  }
  const taken = read(aside);
  if (taken !== undefined && taken !== found) create(file, taken);
  rmSync(aside, { force: true });
}

function giveBack(folder: string, file: string, own: string, isNew: boolean): void {
  try {
    if (read(file) === own) rmSync(file, { force: true });
    if (isNew) rmdirSync(folder);
  } catch {
    // There is something in it, or somebody took it away: that is as well.
  }
}

function isGone({ pid, host, started }: Claim): boolean {
  if (host !== hostname()) return false;
  return !isAlive(pid) || (started !== undefined && started !== startOf(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat; the second is in brackets, and may have anything in it. Undefined where there is none. */
function startOf(pid: number): string | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function inUse(folder: string, file: string, holder: Claim | undefined): HebbridgeError {
  const place = holder && holder.host !== hostname() ? ` on ${holder.host}` : '';
  const who = holder ? `process ${holder.pid}${place}` : 'another process';
  return new HebbridgeError(
    'ERR_FOLDER_IN_USE',
    `${folder}: ${who} is writing into it; wait until it is done, or give another folder ` +
      `(where there is no such hebbridge any more, remove ${file})`,
  );
}
