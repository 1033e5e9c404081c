import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeBundle } from '../../policy/bundle/rule-bundle.js';
import { withoutRecord } from '../bridge/recording/recorded-bytes.js';
import { randomAntRules } from './demo/ant-rules.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = path.join(root, 'dist/launch/main.js');

let folder: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-replay-'));
  rules = path.join(folder, 'rules.safetensors');
  writeFileSync(rules, encodeBundle(randomAntRules()));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => path.join(folder, name);

/** hebbridge as a process of its own; `done` resolves when it has ended. */
function hebbridge(...words: readonly string[]) {
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const done = new Promise<typeof said & { exitCode: number | null }>((resolve) => {
    child.on('close', (exitCode) => resolve({ ...said, exitCode }));
  });
  return { child, done };
}

const demo = (recording: string, ...words: readonly string[]) =>
  hebbridge('demo', '--rules', rules, '--record', recording, '--json', ...words);

interface Replayed {
  readonly commands: number;
  readonly equal: boolean;
  readonly complete: boolean;
  readonly duration: number;
  readonly perturbations: readonly { text: string }[];
}

async function replay(recording: string): Promise<Replayed> {
  const { stdout, stderr, exitCode } = await hebbridge('replay', recording, '--json').done;
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as Replayed;
}

describe('hebbridge replay', { timeout: 60_000 }, () => {
  it('finds every command of a demo in real time equal, damages and all', async () => {
    const recording = file('walk.mcap');
    const damages = ['leg:left_front:shorten=0.1@1+1', 'weights:zero=0.33@1.5', 'plasticity:freeze@2+0.5'];
    const { stdout, stderr, exitCode } = await demo(
      recording,
      ...['--duration', '4', ...damages.flatMap((damage) => ['--perturb', damage])],
    ).done;
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const { steps, safeSteps } = JSON.parse(stdout) as { steps: number; safeSteps: number };
    const report = await replay(recording);
    // The safe command at the end comes after the report of the demo.
    expect(report.commands).toBe(steps + safeSteps + 1);
    expect(report.commands).toBeGreaterThan(50);
    expect(report).toMatchObject({ equal: true, complete: true });
    expect(report.perturbations.map(({ text }) => text)).toEqual(damages);
    const { stdout: text } = await hebbridge('replay', recording).done;
    expect(text).toContain(`${report.commands} commands, all equal bit for bit`);
    expect(text).toMatch(/SHA-256 [0-9a-f]{64}/);
  });

  it('reads what a demo that was killed had recorded', async () => {
    const recording = file('killed.mcap');
    const { child, done } = demo(recording);
    const bundle = statSync(rules).size;
    // Some chunks beyond the rules.
    await vi.waitFor(
      () => expect(existsSync(recording) && statSync(recording).size).toBeGreaterThan(bundle + 200_000),
      { timeout: 40_000, interval: 50 },
    );
    child.kill('SIGKILL');
    await done;
    const report = await replay(recording);
    expect(report).toMatchObject({ equal: true, complete: false });
    expect(report.commands).toBeGreaterThan(50);
  });

  it('says where a recording is not what the controller does, and fails', async () => {
    const recording = file('other.mcap');
    await demo(recording, '--duration', '1').done;
    const bytes = readFileSync(recording);
    const at = bytes.indexOf('"seed":1');
    expect(at).toBeGreaterThan(0);
    bytes.write('2', at + '"seed":'.length);
    writeFileSync(recording, bytes);
    const { stdout, exitCode } = await hebbridge('replay', recording).done;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /0 commands equal bit for bit, then: at command 1, [\d.]+ s: .*status\.plasticity\.layerRms\.0 is [\d.]+, was [\d.]+/,
    );
  });

  it('says up to where it is equal where records are missing, and fails', async () => {
    const recording = file('gap.mcap');
    await demo(recording, '--duration', '4').done;
    writeFileSync(recording, withoutRecord(readFileSync(recording), 100));
    const { stdout, exitCode } = await hebbridge('replay', recording).done;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/s to the gap$/m);
    expect(stdout).toMatch(
      /\d+ commands equal bit for bit, and \d+ other messages; then record 101 follows record 99: some are missing/,
    );
    const json = await hebbridge('replay', recording, '--json').done;
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      complete: false,
      difference: null,
      gap: 'record 101 follows record 99: some are missing',
    });
  });

  it('refuses what is no recording', async () => {
    const { stderr, exitCode } = await hebbridge('replay', rules).done;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^hebbridge: ERR_RECORDING: .*rules\.safetensors: is damaged, or no MCAP file/);
  });
});

describe('hebbridge demo --record', { timeout: 60_000 }, () => {
  it.runIf(existsSync('/dev/full'))('goes on when the disk is full, and says so once', async () => {
    const { stdout, stderr, exitCode } = await demo('/dev/full', '--duration', '2').done;
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { steps: number }).steps).toBeGreaterThan(0);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /ERR_FILE_WRITE: \/dev\/full: the recording ends here: ENOSPC.*; the controller goes on$/,
      ),
    ]);
  });

  it('does not write over a file, and begins nothing that it cannot record', async () => {
    for (const [recording, why] of [
      [rules, /is there already/],
      [file('no/such/folder.mcap'), /cannot be written: ENOENT/],
    ] as const) {
      const { stderr, exitCode } = await demo(recording, '--duration', '2').done;
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(why);
    }
  });
});
