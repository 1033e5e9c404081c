import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLAIM_FILE, claimFolder } from '../../sim/folder-claim.js';

let root = '';
let folder = '';
let file = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hebbridge-claim-'));
  folder = join(root, 'deep', 'run');
  file = join(folder, CLAIM_FILE);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const LIVING = process.ppid;
const DEAD = spawnSync(process.execPath, ['--version']).pid;

function claimedBy(claim: object | string): void {
  claimFolder(folder)();
  writeFileSync(file, typeof claim === 'string' ? claim : JSON.stringify(claim));
}

const refused = (text: string): unknown =>
  expect.objectContaining({
    code: 'ERR_FOLDER_IN_USE',
    message: expect.stringContaining(text) as string,
  });

describe('a claimed folder', () => {
  it('is made, says whose it is, and is clean when it is given back', () => {
    const release = claimFolder(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ pid: process.pid, host: hostname() });
    release();
    expect(existsSync(folder)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it('is refused while a process lives that claimed it, with what to do', () => {
    const claim = { pid: LIVING, host: hostname() };
    claimedBy(claim);
    expect(() => claimFolder(folder)).toThrow(refused(`process ${LIVING} is writing into ${folder}`));
    expect(() => claimFolder(folder)).toThrow(refused(`remove ${file}`));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(claim);
  });

  it('is refused where nobody here can tell whether that process lives: it is on another host', () => {
    claimedBy({ pid: DEAD, host: 'another-host' });
    expect(() => claimFolder(folder)).toThrow(refused(`process ${DEAD} on another-host`));
  });

  it.each([
    ['a process that was killed', JSON.stringify({ pid: DEAD, host: hostname() })],
    ['one that had the number that is ours now', JSON.stringify({ pid: process.pid, host: hostname() })],
    ['one that died while it wrote', '{"pid":'],
    ['nobody', '{"pid":-1,"host":3}'],
  ])('is taken over from %s', (_, left) => {
    claimedBy(left);
    const release = claimFolder(folder);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  it('cannot be made inside of a file', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => claimFolder(join(root, 'file', 'run'))).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_WRITE' }),
    );
  });
});
