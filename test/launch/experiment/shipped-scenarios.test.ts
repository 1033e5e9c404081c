import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import experiment from '../../../launch/commands/experiment.js';
import { shippedScenarios } from '../../../launch/shipped-scenarios.js';
import { runLine } from '../command-line.js';

/** It has no lives: what evolved is all that it shows. */
const QUICK = 'fig-10-coefficients';

let folder = '';
let before = '';
beforeEach(() => {
  before = process.cwd();
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-shipped-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runLine(['experiment', ...words], { commands: [experiment] });

describe('scenarios that ship', () => {
  it('are run by their names, from anywhere, and reported as they were typed', async () => {
    expect(await run(QUICK, '--out', 'out')).toMatchObject({ exitCode: 0 });
    const report = readFileSync(path.join('out', 'report.md'), 'utf8');
    expect(report).toContain(`hebbridge experiment ${QUICK} --out out`);
  });

  it('come after a file of the same name, but not after a folder', async () => {
    mkdirSync(QUICK);
    expect(await run(QUICK, '--out', QUICK)).toMatchObject({ exitCode: 0 });
    writeFileSync('table-1', 'title: 1');
    expect((await run('table-1', '--out', 'other')).stderr).toContain('ERR_SCENARIO: table-1:1: ');
  });

  it('are named where a file is missing, the nearest one first', async () => {
    const { exitCode, stderr } = await run('tabel-1', '--out', 'out');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERR_FILE_READ: tabel-1: there is no such file');
    expect(stderr).toContain('(did you mean table-1?)');
    for (const name of shippedScenarios().keys()) expect(stderr).toContain(name);
  });

  it('are named in the help, and where none is given', async () => {
    const help = await run('--help');
    const none = await run('--out', 'out');
    expect(none.exitCode).toBe(2);
    for (const name of shippedScenarios().keys()) {
      expect(help.stdout).toContain(name);
      expect(none.stderr).toContain(name);
    }
  });
});
