import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeBundle } from '../../policy/bundle/rule-bundle.js';
import { CLAIM_FILE, claimFolder } from '../../sim/folder-claim.js';
import { randomAntRules } from './demo/ant-rules.js';

const MAIN = path.join(
  createRequire(import.meta.url).resolve('hebbridge/package.json'),
  '../dist/launch/main.js',
);

const TINY = `title: Tiny
seed: 7
rollouts: 3
steps: 60
bundles: { ant: rules.safetensors }
conditions:
  - { name: '{morphology}', bundle: ant, morphology: [intact, right_front] }
  - name: zeroed
    bundle: ant
    perturbations: [{ component: weights, type: zero, value: 0.33, at_step: 30 }]
  - { name: by chance, bundle: ant, random_coefficients: { sd: 0.1 } }
report:
  - show: distances
  - { show: recovery, before: 20, window: 5 }
  - { show: speed, conditions: [zeroed] }
  - { show: weights, conditions: [intact], steps: [0, 10, 60] }
  - { show: components, every: 2, conditions: ['{morphology}', by chance] }
  - { show: coefficients, bundles: [ant] }
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-experiment-'));
  writeFileSync(path.join(folder, 'rules.safetensors'), encodeBundle(randomAntRules()));
  write('tiny', TINY);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, `${name}.yaml`), text);
const read = (...parts: string[]) => readFileSync(path.join(folder, ...parts), 'utf8');

function hebbridge(...typed: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'experiment', ...typed], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

interface Results {
  duration: number;
  workers: number;
  command: string;
  parts: { part: number; show: string; explained?: number[] }[];
  conditions: { name: string; distance: { mean: number }; recovery?: object }[];
}

/** What came of it, without what may differ from run to run. */
function outcome(out: string) {
  const { duration, workers, command, ...rest } = JSON.parse(read(out, 'results.json')) as Results;
  expect(duration).toBeGreaterThan(0);
  expect(workers).toBeGreaterThan(0);
  expect(command).toMatch(/^hebbridge experiment /);
  return { rest, lives: read(out, 'lives.csv'), speed: read(out, 'speed.csv') };
}

/** Begin an experiment, and send it `signal` as soon as so many lives are kept. */
async function interrupt(signal: NodeJS.Signals, lives: number, ...typed: string[]) {
  const child = spawn(process.execPath, [MAIN, 'experiment', ...typed], { cwd: folder });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const kept = path.join(folder, typed.at(-1)!, 'lives.jsonl');
  await vi.waitFor(
    () => {
      expect(existsSync(kept)).toBe(true);
      expect(readFileSync(kept, 'utf8').split('"life"').length).toBeGreaterThan(lives);
    },
    { timeout: 40_000, interval: 5 },
  );
  child.kill(signal);
  return { status: await ended, stderr };
}

describe('hebbridge experiment', () => {
  it('runs a scenario from end to end', () => {
    const { status, stdout, stderr } = hebbridge('tiny.yaml', '--out', 'out', '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { scenarios } = JSON.parse(stdout) as { scenarios: [{ rollouts: number; conditions: object[] }] };
    expect(scenarios[0]).toMatchObject({ name: 'tiny', title: 'Tiny', out: 'out', rollouts: 3 });
    expect(scenarios[0].conditions).toHaveLength(4);
    expect(readdirSync(path.join(folder, 'out'))).toEqual(
      expect.arrayContaining([
        'lives.csv',
        'lives.jsonl',
        'report.html',
        'report.md',
        'results.json',
        'speed.csv',
      ]),
    );
    const { rest, lives, speed } = outcome('out');
    const told = rest.parts.map(({ part, show, explained }) => [part, show, explained?.length]);
    expect(told).toContainEqual([2, 'recovery', undefined]);
    expect(told).toContainEqual([5, 'components', 3]);
    expect(rest.conditions.map(({ name, recovery }) => [name, recovery !== undefined])).toEqual([
      ['intact', false],
      ['right_front', false],
      ['zeroed', true],
      ['by chance', false],
    ]);
    expect(lives.split('\r\n')).toHaveLength(1 + 4 * 3 + 1);
    expect(speed.split('\r\n')).toHaveLength(1 + 60 + 1);
    expect(read('out', 'report.html')).toContain('hebbridge experiment tiny.yaml --out out');
  });

  it('gives the same with other workers, and as `hebbridge evaluate` does', () => {
    hebbridge('tiny.yaml', '--out', 'one', '--workers', '1');
    hebbridge('tiny.yaml', '--out', 'three', '--workers', '3');
    expect(outcome('one')).toEqual(outcome('three'));
    const words = [
      'evaluate',
      'rules.safetensors',
      '--rollouts',
      '3',
      '--seed',
      '7',
      '--horizon',
      '60',
      '--json',
    ];
    const { stdout } = spawnSync(process.execPath, [MAIN, ...words, '--morphology', 'right_front'], {
      encoding: 'utf8',
      cwd: folder,
    });
    const { results } = JSON.parse(stdout) as { results: [{ distances: number[] }] };
    const rows = read('one', 'lives.csv').split('\r\n').slice(4, 7);
    expect(rows.map((row) => Number(row.split(',')[6]))).toEqual(results[0].distances);
  });

  it('killed with -9 twice and begun again gives bit for bit the results of one that was not', async () => {
    write('many', TINY.replace('rollouts: 3', 'rollouts: 40'));
    hebbridge('many.yaml', '--out', 'whole');
    await interrupt('SIGKILL', 5, 'many.yaml', '--out', 'killed');
    await interrupt('SIGKILL', 60, 'many.yaml', '--out', 'killed');
    // As a kill in the middle of a line leaves it.
    appendFileSync(path.join(folder, 'killed', 'lives.jsonl'), '{"condition":"intact","roll');
    const { status, stderr } = hebbridge('many.yaml', '--out', 'killed');
    expect(stderr).toMatch(/killed: \d+ lives are there already/);
    expect(status).toBe(0);
    expect(outcome('killed')).toEqual(outcome('whole'));
  });

  it('stopped with Ctrl-C says how it goes on', async () => {
    write('many', TINY.replace('rollouts: 3', 'rollouts: 5000'));
    const { status, stderr } = await interrupt('SIGINT', 5, 'many.yaml', '--out', 'stopped');
    expect(status).toBe(1);
    expect(stderr).toContain('ERR_INTERRUPTED: stopped; the same command goes on');
  });

  it('goes on from a quick look to the whole, and to a report of something else', () => {
    hebbridge('tiny.yaml', '--out', 'out', '--rollouts', '2');
    expect(read('out', 'lives.csv').split('\r\n')).toHaveLength(1 + 4 * 2 + 1);
    expect(read('out', 'report.md')).toContain('A quick look: the scenario itself asks for 3 lives');
    expect(hebbridge('tiny.yaml', '--out', 'out').stderr).toContain('8 lives are there already');
    hebbridge('tiny.yaml', '--out', 'whole');
    expect(outcome('out')).toEqual(outcome('whole'));
    write('tiny', TINY.replace('title: Tiny', 'title: Other').replace('[zeroed] }', '[intact, zeroed] }'));
    hebbridge('tiny.yaml', '--out', 'out');
    // The lives of one condition were lived again, for their speed.
    expect(read('out', 'speed.csv').split('\r\n')).toHaveLength(1 + 2 * 60 + 1);
    expect(read('out', 'lives.csv')).toBe(read('whole', 'lives.csv'));
  });

  it('leaves a folder alone that another one is writing into', () => {
    const release = claimFolder(path.join(folder, 'busy'));
    const { status, stderr } = hebbridge('tiny.yaml', '--out', 'busy');
    expect(status).toBe(1);
    expect(stderr).toContain(`ERR_FOLDER_IN_USE: busy: process ${process.pid} is writing into it`);
    expect(readdirSync(path.join(folder, 'busy'))).toEqual([CLAIM_FILE]);
    release();
    expect(hebbridge('tiny.yaml', '--out', 'busy', '--rollouts', '1').status).toBe(0);
    expect(existsSync(path.join(folder, 'busy', CLAIM_FILE))).toBe(false);
  });

  it('does not mix lives of different experiments', () => {
    hebbridge('tiny.yaml', '--out', 'out');
    write('tiny', TINY.replace('steps: 60', 'steps: 61'));
    const { status, stderr } = hebbridge('tiny.yaml', '--out', 'out');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /ERR_SETTING: --out: out holds lives of an experiment with other steps; .*lives\.jsonl/,
    );
  });

  it('runs several scenarios, each into a folder of its name, and leads to them by a page', () => {
    write('other', TINY.replace('title: Tiny', 'title: <Other>'));
    const { status, stdout } = hebbridge('tiny.yaml', 'other.yaml', '--out', 'all', '--rollouts', '1');
    expect(status).toBe(0);
    expect(stdout).toContain('other: <Other>');
    const page = read('all', 'index.html');
    for (const name of ['tiny', 'other']) {
      expect(page).toContain(`href="${name}/report.html"`);
      expect(existsSync(path.join(folder, 'all', name, 'report.html'))).toBe(true);
    }
    expect(page).toContain('&lt;Other&gt;');
  });

  it('runs nothing when one of several scenarios is wrong', () => {
    write('wrong', TINY.replace('steps: 60', 'steps: 20'));
    const { status, stderr } = hebbridge('tiny.yaml', 'wrong.yaml', '--out', 'all');
    expect(status).toBe(2);
    expect(stderr).toContain('ERR_SCENARIO: wrong.yaml:10: conditions[1].perturbations[0]: begins when');
    expect(existsSync(path.join(folder, 'all'))).toBe(false);
  });

  it('wants a scenario, and scenarios of different names', () => {
    expect(hebbridge('--out', 'out')).toMatchObject({ status: 2 });
    expect(hebbridge('tiny.yaml', './tiny.yaml', '--out', 'out').stderr).toContain('ERR_USAGE: ./tiny.yaml');
  });
});
