import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLAIM_FILE, claimFolder } from '../../sim/folder-claim.js';

const MODULE = fileURLToPath(new URL('../../dist/sim/folder-claim.js', import.meta.url));
/** Two processes that want the same folder, so often. */
const ROUNDS = 300;

let root = '';
let folder = '';
let file = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hebbridge-claim-'));
  folder = join(root, 'deep', 'run');
  file = join(folder, CLAIM_FILE);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The process that waits for these tests, of which the kernel tells the same to everybody. */
const LIVING = process.ppid;
const DEAD = spawnSync(process.execPath, ['--version']).pid;

/** Leave a claim behind, as somebody else. */
function claimedBy(claim: object | string): void {
  claimFolder(folder)();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, typeof claim === 'string' ? claim : JSON.stringify(claim));
}

const refused = (text: string): unknown =>
  expect.objectContaining({
    code: 'ERR_FOLDER_IN_USE',
    message: expect.stringContaining(text) as string,
  });

describe('a claimed folder', () => {
  it('says whose it is, and is clean when it is given back', () => {
    mkdirSync(folder, { recursive: true });
    const release = claimFolder(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(() => claimFolder(folder)).toThrow(refused(`process ${process.pid} is writing into it`));
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is made where it is not there, and taken away if nothing was written into it', () => {
    claimFolder(folder)();
    expect(existsSync(folder)).toBe(false);
    const release = claimFolder(folder);
    writeFileSync(join(folder, 'log'), '');
    release();
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('is refused while a process lives that claimed it, with what to do', () => {
    const claim = { pid: LIVING, host: hostname() };
    claimedBy(claim);
    expect(() => claimFolder(folder)).toThrow(refused(`${folder}: process ${LIVING} is writing into it`));
    expect(() => claimFolder(folder)).toThrow(refused(`remove ${file}`));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(claim);
  });

  it.each([
    ['it is on another host', JSON.stringify({ pid: DEAD, host: 'another-host' }), 'on another-host'],
    ['it may just be writing its claim', '{"pid":', 'another process'],
    ['it is none of ours', '{"pid":-1,"host":3}', 'another process'],
  ])('is refused where nobody can tell whether its process lives: %s', (_, left, told) => {
    claimedBy(left);
    expect(() => claimFolder(folder)).toThrow(refused(told));
    expect(readFileSync(file, 'utf8')).toBe(left);
  });

  it('is taken over from a process that was killed', () => {
    claimedBy({ pid: DEAD, host: hostname() });
    const release = claimFolder(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual([CLAIM_FILE]);
    release();
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'is taken over from one whose number another process, or this one, has by now',
    () => {
      for (const pid of [LIVING, process.pid]) {
        claimedBy({ pid, host: hostname(), started: '1' });
        claimFolder(folder)();
      }
    },
  );

  it('is not given back by who has lost it', () => {
    const release = claimFolder(folder);
    const other = JSON.stringify({ pid: LIVING, host: hostname() });
    writeFileSync(file, other);
    release();
    expect(readFileSync(file, 'utf8')).toBe(other);
  });

  it('cannot be made inside of a file', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => claimFolder(join(root, 'file', 'run'))).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_WRITE' }),
    );
  });

  it.each(['empty', 'left behind by a process that was killed'])(
    'is had by one of two that want it at the same time: %s',
    async (state) => {
      const left = state === 'empty' ? undefined : JSON.stringify({ pid: DEAD, host: hostname() });
      for (let round = 0; round < ROUNDS; round++) {
        mkdirSync(join(root, String(round)));
        if (left !== undefined) writeFileSync(join(root, String(round), CLAIM_FILE), left);
      }
      const rivals = [startRival(), startRival()];
      const claims = await Promise.all(rivals.map(({ claims }) => claims));
      for (const { child } of rivals) child.stdin.end();
      const both = Array.from({ length: ROUNDS }, (_, round) => claims.map((of) => of[round]));
      expect(both.filter(([one, other]) => one === other)).toEqual([]);
    },
  );
});

/** Another process that claims each of the folders at a time of its own; it has them until its stdin ends. */
function startRival() {
  const source = `
    const { claimFolder } = await import(${JSON.stringify(MODULE)});
    const began = Math.ceil(Date.now() / 1000) * 1000;
    const claims = [];
    for (let round = 0; round < ${ROUNDS}; round++) {
      while (Date.now() < began + 2 * round);
      try {
        claimFolder(${JSON.stringify(root)} + '/' + round);
        claims.push(true);
      } catch (error) {
        if (error.code !== 'ERR_FOLDER_IN_USE') throw error;
        claims.push(false);
      }
    }
    console.log(JSON.stringify(claims));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', source]);
  return {
    child,
    claims: once(child.stdout, 'data').then(([text]) => JSON.parse(String(text)) as boolean[]),
  };
}
