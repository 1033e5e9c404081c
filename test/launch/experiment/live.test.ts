import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    write('other.yaml', SCENARIO.replace('second.safetensors', 'other.safetensors'));
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
    expect(stderr).toContain('ERR_SETTING: --out: headless holds lives that were not live');
  });
});
