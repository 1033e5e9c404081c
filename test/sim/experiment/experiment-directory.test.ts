import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExperimentDirectory, LIVES_FILE } from '../../../sim/experiment/experiment-directory.js';
import type { LifeRecord } from '../../../sim/experiment/result.js';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hebbridge-lives-'));
  file = join(folder, LIVES_FILE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (identity: Record<string, string> = { seed: '1' }) =>
  new ExperimentDirectory(folder, identity, () => 0);

const life = (distance: number): LifeRecord => ({
  seed: 1,
  distance,
  steps: 10,
  fell: false,
  saturated: [0, 1],
  actionChange: 0.5,
  speed: Float32Array.of(0.5, -1),
});

const refusal = (code: string, text: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(text) as string });

describe('the folder of an experiment', () => {
  it('has the lives of earlier sessions, with all that was kept of them', () => {
    open().keep('intact', 3, life(200));
    const again = open();
    expect(again.count).toBe(1);
    expect(again.find('intact', 3, true)).toEqual(life(200));
    expect(again.find('intact', 2, false)).toBeUndefined();
  });

  it('loses a last line that was cut off, and goes on behind the one before it', () => {
    open().keep('intact', 0, life(1));
    appendFileSync(file, '{"condition":"intact","roll');
    open().keep('intact', 1, life(2));
    const again = open();
    expect([0, 1].map((rollout) => again.find('intact', rollout, false)?.distance)).toEqual([1, 2]);
  });

  it.each(['{"condition":"intact","roll', '', '\u0000\u0000', '{"session":"one"}'])(
    'refuses a line %j that is not the last, by file and line, and drops nothing',
    (bad) => {
      open().keep('intact', 0, life(1));
      appendFileSync(file, `${bad}\n`);
      appendFileSync(file, '{"session":2}\n');
      const before = readFileSync(file, 'utf8');
      expect(() => open()).toThrow(refusal('ERR_FILE_READ', `${file}:4: `));
      expect(readFileSync(file, 'utf8')).toBe(before);
    },
  );

  it('refuses lives that do not say what they are of', () => {
    open().keep('intact', 0, life(1));
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(1).join('\n'));
    expect(() => open()).toThrow(refusal('ERR_FILE_READ', `${file}:1: `));
  });

  it('refuses lives of another experiment, by what differs', () => {
    open({ seed: '1', steps: '10' }).keep('intact', 0, life(1));
    expect(() => open({ seed: '2', steps: '10' })).toThrow(refusal('ERR_SETTING', 'with other seed;'));
  });

  it('takes a folder in which no life was lived yet for another experiment', () => {
    open({ seed: '1' });
    open({ seed: '2' }).keep('intact', 0, life(1));
    expect(open({ seed: '2' }).count).toBe(1);
  });

  it('refuses lives that other code lived, or that do not say which', () => {
    open({ code: 'ab', seed: '1' }).keep('intact', 0, life(1));
    const why =
      'with other code (that of this hebbridge is not the one that lived them); give another folder';
    expect(() => open({ code: 'cd', seed: '1' })).toThrow(refusal('ERR_SETTING', why));
    rmSync(file);
    open({ seed: '1' }).keep('intact', 0, life(1));
    expect(() => open({ code: 'cd', seed: '1' })).toThrow(refusal('ERR_SETTING', why));
  });

  it('says by a code what cannot be read or written', () => {
    mkdirSync(file);
    expect(() => open()).toThrow(refusal('ERR_FILE_READ', file));
    writeFileSync(join(folder, 'file'), '');
    expect(() => new ExperimentDirectory(join(folder, 'file', 'out'), {}, () => 0)).toThrow(
      refusal('ERR_FILE_WRITE', 'cannot make this folder'),
    );
  });
});
