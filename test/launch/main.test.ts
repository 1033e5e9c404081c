import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = path.join(root, 'dist/launch/main.js');

interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, in a directory that is not the project's. */
async function run(program: string, words: readonly string[]): Promise<Ended> {
  try {
    return { exitCode: 0, ...(await promisify(execFile)(program, [...words], { cwd: '/' })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

describe('the program that npm run build makes', () => {
  it('runs from any directory and tells the version of package.json', async () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await run(process.execPath, [main, '--version'])).toEqual({
      exitCode: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  it('ends with exit code 2 when the command line is not understood', async () => {
    const { exitCode, stdout, stderr } = await run(process.execPath, [main, 'fly', '--json']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("hebbridge: ERR_USAGE: 'fly': no such command");
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_USAGE' } });
  });

  it('ends quietly when the reader of its output has gone away', async () => {
    const pipe = `"$0" "$1" --help | true; exit "\${PIPESTATUS[0]}"`;
    const { exitCode, stderr } = await run('bash', ['-c', pipe, process.execPath, main]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it.skipIf(!existsSync('/dev/full'))('fails, in one line, when its output cannot be written', async () => {
    const { exitCode, stderr } = await run('bash', [
      '-c',
      '"$0" "$1" --help >/dev/full',
      process.execPath,
      main,
    ]);
    expect(stderr).toMatch(/^hebbridge: ERR_FILE_WRITE: stdout cannot be written: ENOSPC[^\n]*\n$/);
    expect(exitCode).toBe(1);
  });
});
