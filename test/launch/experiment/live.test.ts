import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeBundle } from '../../../policy/bundle/rule-bundle.js';
import { randomAntRules } from '../demo/ant-rules.js';

const MAIN = path.join(
  createRequire(import.meta.url).resolve('hebbridge/package.json'),
  '../dist/launch/main.js',
);

const SCENARIO = `title: Live
seed: 7
steps: 90
bundles: { first: first.safetensors, second: second.safetensors }
conditions:
  - { name: '{bundle}, {morphology}', bundle: [first, second], morphology: [intact, right_front] }
  - name: limp
    bundle: first
    perturbations: [{ component: outputs, type: 'off', at_step: 30, for_steps: 50 }]
report:
  - show: distances
  - { show: speed, conditions: [limp] }
  - { show: weights, steps: [0] }
`;

const SHORT = `title: Short
steps: 20
bundles: { first: first.safetensors }
conditions: [{ name: intact, bundle: first }]
report: [{ show: distances }]
`;

let folder = '';
let demo: ChildProcess | undefined;
let url = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-live-'));
  write('first.safetensors', encodeBundle(randomAntRules()));
  write('second.safetensors', encodeBundle(randomAntRules([28, 12, 8])));
  write('live.yaml', SCENARIO);
  const words = [
    'demo',
    '--rules',
    'first.safetensors',
    '--offer-rules',
    'second.safetensors',
    '--port',
    '0',
  ];
  demo = spawn(process.execPath, [MAIN, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  url = await new Promise<string>((resolve) => {
    let said = '';
    demo!.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/(127\.0\.0\.1:\d+)\//.exec(said);
      if (found) resolve(`ws://${found[1]!}`);
    });
  });
});
afterAll(async () => {
  const ended = new Promise((resolve) => demo?.on('exit', resolve));
  demo?.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true });
});

const write = (name: string, contents: string | Uint8Array) =>
  writeFileSync(path.join(folder, name), contents);

function experiment(...typed: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'experiment', ...typed], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

interface Row {
  readonly condition: string;
  readonly distance: number;
  readonly steps: number;
}

function lives(out: string): Row[] {
  const [, ...rows] = readFileSync(path.join(folder, out, 'lives.csv'), 'utf8')
    .trim()
    .split('\r\n');
  return rows.map((row) => {
    const cells = /^("[^"]*"|[^,]*),[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,([^,]*),[^,]*,([^,]*),/.exec(row)!;
    return { condition: cells[1]!.replaceAll('"', ''), distance: Number(cells[2]), steps: Number(cells[3]) };
  });
}

/** What a folder keeps of lives, but for a line that was cut off. */
function keptLives(out: string): { condition: string; distance: number }[] {
  const rows = readFileSync(path.join(folder, out, 'lives.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1);
  return rows.flatMap((row) => {
    const line = JSON.parse(row) as { condition?: string; life?: { distance: number } };
    return line.life ? [{ condition: line.condition!, distance: line.life.distance }] : [];
  });
}

/** Begin an experiment, end it with `signal` as soon as so many lives are kept, and return what it said. */
async function endAfterLives(count: number, signal: NodeJS.Signals, ...typed: string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, 'experiment', ...typed], { cwd: folder });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const out = typed[typed.indexOf('--out') + 1]!;
  await vi.waitFor(
    () => {
      expect(existsSync(path.join(folder, out, 'lives.jsonl'))).toBe(true);
      expect(keptLives(out).length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 40_000, interval: 20 },
  );
  child.kill(signal);
  await ended;
  return stderr;
}

describe('hebbridge experiment --live', () => {
  it('leads the lives of a scenario on the robot of a demo, with its bodies, rules and perturbations', () => {
    const { status, stdout } = experiment('live.yaml', '--out', 'out', '--live', url, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: [{ rollouts: 1, conditions: { length: 5 } }] });
    const rows = lives('out');
    expect(rows.map(({ condition, steps }) => [condition, steps])).toEqual([
      ['first, intact', 90],
      ['first, right_front', 90],
      ['second, intact', 90],
      ['second, right_front', 90],
      ['limp', 90],
    ]);
    expect(new Set(rows.map(({ distance }) => distance)).size).toBe(5);
    expect(readFileSync(path.join(folder, 'out', 'results.json'), 'utf8')).toContain(`"live": "${url}"`);

    // With no effort for so long the robot comes to rest.
    const [, ...speed] = readFileSync(path.join(folder, 'out', 'speed.csv'), 'utf8')
      .trim()
      .split('\r\n');
    const resting = speed.slice(60, 78).map((row) => Math.abs(Number(row.split(',')[3])));
    expect(Math.max(...resting)).toBeLessThan(0.2);
  });

  it('says what the robot refuses', () => {
    write('other.safetensors', encodeBundle(randomAntRules([28, 4, 8])));
    // Intact alone: the robot walks on after this test, and a damaged one may fall and stay stopped.
    const scenario = SCENARIO.replace('second.safetensors', 'other.safetensors');
    write('other.yaml', scenario.replace('[intact, right_front]', '[intact]'));
    const { status, stderr } = experiment('other.yaml', '--out', 'other', '--live', url);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "ERR_OPERATOR_REQUEST: restart of 'other', intact: there is no bundle 'other'; there are first, second",
    );
  });

  it('refuses what nobody can do to a robot that runs, before anything is done', () => {
    const conditions = `conditions:
  - { name: a, bundle: first, initial_weights: { kind: zeros } }
  - { name: b, bundle: first, random_coefficients: { sd: 1 } }
  - { name: c, bundle: first, morphology: random }
  - { name: d, bundle: first }
`;
    write(
      'cannot.yaml',
      SCENARIO.replace(/conditions:[^]*report/, `${conditions}report`).replace('[limp]', '[d]'),
    );
    const { status, stderr } = experiment('cannot.yaml', '--out', 'cannot', '--live', url);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([
      "hebbridge: ERR_SETTING: --live: 'a' cannot be had from a running robot: initial_weights: the controller draws its own",
      "--live: 'b' cannot be had from a running robot: random_coefficients: the controller runs the rules that it has",
      "--live: 'c' cannot be had from a running robot: morphology random: give one that is not drawn",
    ]);
  });

  it('says where nobody is, and does not mix what was live with what was not', () => {
    expect(experiment('live.yaml', '--out', 'none', '--live', 'ws://127.0.0.1:9').stderr).toContain(
      'ERR_WEBSOCKET',
    );
    experiment('live.yaml', '--out', 'headless', '--rollouts', '1');
    const { status, stderr } = experiment('live.yaml', '--out', 'headless', '--live', url);
    expect(status).toBe(2);
    expect(stderr).toContain(
      'ERR_SETTING: --out: headless holds lives of an experiment with other robot (headless, or the bridge at an address);',
    );
  });

  it.each([
    ['SIGINT', 'ERR_INTERRUPTED: stopped; the same command goes on with the lives that stopped-SIGINT holds'],
    ['SIGKILL', ''],
  ] as const)('ended by %s goes on with the lives that it has', async (signal, said) => {
    const out = `stopped-${signal}`;
    const stderr = await endAfterLives(2, signal, 'live.yaml', '--out', out, '--live', url);
    expect(stderr).toContain(said);
    const kept = keptLives(out);
    expect(kept.length).toBeLessThan(5);
    const again = experiment('live.yaml', '--out', out, '--live', url);
    expect(again.stderr).toContain(`${out}: ${kept.length} lives are there already`);
    expect(again.status).toBe(0);
    expect(lives(out).slice(0, kept.length)).toMatchObject(kept);
    expect(lives(out)).toHaveLength(5);
  });

  it('takes no lives of another bridge for its own', () => {
    write('short.yaml', SHORT);
    experiment('short.yaml', '--out', 'here', '--live', url);
    const { status, stderr } = experiment('short.yaml', '--out', 'here', '--live', `${url}/`);
    expect(status).toBe(2);
    expect(stderr).toContain('with other robot');
  });

  it('needs no robot for another report of the lives that are there', () => {
    const elsewhere = 'ws://127.0.0.1:9';
    write('short.yaml', SHORT);
    experiment('short.yaml', '--out', 'report', '--live', url);
    const kept = path.join(folder, 'report', 'lives.jsonl');
    writeFileSync(kept, readFileSync(kept, 'utf8').replaceAll(url, elsewhere));
    write('short.yaml', SHORT.replace('title: Short', 'title: Told anew'));
    expect(experiment('short.yaml', '--out', 'report', '--live', elsewhere).status).toBe(0);
    expect(readFileSync(path.join(folder, 'report', 'report.md'), 'utf8')).toContain('Told anew');
  });
});
