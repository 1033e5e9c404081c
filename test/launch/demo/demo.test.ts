import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../launch/cli.js';
import demo from '../../../launch/commands/demo.js';
import type { DemoReport } from '../../../launch/demo/demo-report.js';
import { encodeBundle } from '../../../policy/bundle/rule-bundle.js';
import { plasticBundle } from '../../policy/bundle/small-bundles.js';
import { randomAntRules } from './ant-rules.js';
import { until } from '../../until.js';

let folder: string;
let rules: string;
let strangeRules: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-'));
  rules = path.join(folder, 'rules.safetensors');
  strangeRules = path.join(folder, 'strange.safetensors');
  writeFileSync(rules, encodeBundle(randomAntRules()));
  writeFileSync(strangeRules, encodeBundle(plasticBundle()));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A stream that calls itself a terminal. */
const terminal = () =>
  Object.assign(new PassThrough(), { isTTY: true, columns: 200, setRawMode: (raw: boolean) => raw });

/** Begin a demo; `streams` and `interruption` may be watched and used before it ends. */
function begin(words: readonly string[], streams = { stdin: new PassThrough(), stdout: new PassThrough() }) {
  const stderr = new PassThrough();
  const interruption = new AbortController();
  const done = runCommandLine(['demo', ...words], {
    commands: [demo],
    version: '0.0.0',
    ...streams,
    stderr,
    environment: {},
    interruption: () => interruption.signal,
    onCrash: () => undefined,
  }).then((exitCode) => ({
    exitCode,
    stdout: String(streams.stdout.read() ?? ''),
    stderr: String(stderr.read() ?? ''),
  }));
  return { done, interruption };
}

/** Gathers what is written; resolves when it looks as expected. */
function collect(stream: PassThrough): (expected: RegExp) => Promise<void> {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return (expected) => until(() => expect(text).toMatch(expected));
}

describe('hebbridge demo', () => {
  it('prints one JSON object and nothing else with --json', async () => {
    const { exitCode, stdout, stderr } = await begin(['--rules', rules, '--duration', '1', '--json']).done;
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as DemoReport;
    expect(report).toMatchObject({
      bundle: rules,
      morphology: 'intact',
      seed: 1,
      frozen: false,
    });
    expect(report.duration).toBeGreaterThanOrEqual(1);
    expect(report.steps).toBeGreaterThan(5);
    expect(report.steps).toBeLessThanOrEqual(62);
    expect(report.stepTime!.p50Ms).toBeGreaterThan(0);
    expect(report.stepTime!.p99Ms).toBeGreaterThanOrEqual(report.stepTime!.p50Ms);
    expect(report.weightRms).toBeGreaterThan(0);
  });

  it('prints a line each second where there is no terminal, and the result at the end', async () => {
    const { exitCode, stdout } = await begin([
      '--rules',
      rules,
      '--duration',
      '2.5',
      '--morphology',
      'left_back',
    ]).done;
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`${rules}, left_back, seed 1`);
    expect(lines.filter((line) => / m\/s .* plastic {2}(fallen {2})?left_back$/.test(line))).not.toEqual([]);
    expect(lines.at(-2)).toMatch(/^walked .* in \d+\.\d s/);
    expect(stdout).not.toContain('\x1b');
  });

  it('rewrites one line on a terminal, takes keys, and leaves at q', async () => {
    const streams = { stdin: terminal(), stdout: terminal() };
    const shown = collect(streams.stdout);
    const { done } = begin(['--rules', rules], streams);
    streams.stdin.write('1');
    await shown(
      /\r\x1b\[2K +\d+\.\d s .* plastic {2}(fallen {2})?leg:left_front:shorten=0\.1 {2}\[left_front short\]/,
    );
    streams.stdin.write('f');
    await shown(/ frozen .*\[weights frozen\]/);
    streams.stdin.write('q');
    await shown(/\r\x1b\[2Kwalked .*\n.* control steps.*\n$/);
    await shown(/1-4 leg short\/whole/);
    expect((await done).exitCode).toBe(0);
  });

  it('ends at Ctrl-C with its result', async () => {
    const streams = { stdin: new PassThrough(), stdout: new PassThrough() };
    const shown = collect(streams.stdout);
    const { done, interruption } = begin(['--rules', rules], streams);
    await shown(/ plastic {2}(fallen {2})?intact\n/);
    interruption.abort();
    await shown(/\nwalked .*\n.* control steps.*\n$/);
    expect((await done).exitCode).toBe(0);
  });

  it('perturbs when it is told to', async () => {
    const words = ['--perturb', 'plasticity:freeze@0.2', '--perturb', 'outputs:off@0.1+0.1'];
    const { stdout } = await begin(['--rules', rules, '--duration', '0.6', '--json', ...words]).done;
    expect((JSON.parse(stdout) as DemoReport).frozen).toBe(true);
  });

  it.each([
    [
      ['--perturb', 'leg:left_frnt:off'],
      2,
      "ERR_PERTURBATION_TARGET: --perturb: no leg 'left_frnt'; there are left_front,",
    ],
    [['--perturb', 'freeze'], 2, "ERR_PERTURBATION_SYNTAX: --perturb: 'freeze' is not of the form component"],
    [
      ['--perturb', 'weights:layer_3:zero=0.5'],
      2,
      "ERR_SETTING: --perturb weights:layer_3:zero=0.5: no weights 'layer_3'; there are layer_1, layer_2",
    ],
    [
      ['--perturb', 'plasticity:freeze@1', '--perturb', 'plasticity:freeze@2'],
      2,
      "ERR_SETTING: --perturb plasticity:freeze@2: plasticity is held by 'perturb-1' at that time; end 'perturb-1' first",
    ],
    [
      ['--morphology', 'middle'],
      2,
      "ERR_USAGE: --morphology: 'middle' is not a morphology; give one of intact,",
    ],
    [['--duration', '0'], 2, "ERR_USAGE: --duration: '0' is not in range"],
    [['--rules', 'nowhere.safetensors'], 1, 'ERR_FILE_READ: nowhere.safetensors: cannot be read'],
  ])('refuses %j', async (words, code, message) => {
    const usual = words.includes('--rules') ? [] : ['--rules', rules];
    const { exitCode, stdout, stderr } = await begin([...usual, ...words]).done;
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
    expect(stdout).not.toContain('walked');
  });

  it('refuses rules for another robot, naming the joints', async () => {
    const { exitCode, stderr } = await begin(['--rules', strangeRules]).done;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /ERR_BUNDLE_ROBOT: .*the robot lacks left_hip; the rules do not know left_front_hip/,
    );
  });
});
