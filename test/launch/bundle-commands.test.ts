import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import exportCommand from '../../launch/commands/export.js';
import importCommand from '../../launch/commands/import.js';
import inspectCommand from '../../launch/commands/inspect.js';
import { packageVersion } from '../../launch/package-version.js';
import { decodeNpy, encodeNpy } from '../../policy/bundle/npy.js';
import { decodeBundle, encodeBundle } from '../../policy/bundle/rule-bundle.js';
import { readOnnxMetadata } from '../../policy/onnx/onnx-model.js';
import { Random } from '../../policy/random.js';
import { plasticBundle, staticBundle } from '../policy/bundle/small-bundles.js';
import { runLine } from './command-line.js';

const SYNAPSES = 28 * 8;

let folder: string;
const at = (name: string): string => join(folder, name);

function normals(length: number): Float32Array {
  const values = new Float32Array(length);
  new Random(5).fillNormal(values);
  return values;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hebbridge-'));
  writeFileSync(at('plastic.safetensors'), encodeBundle(plasticBundle()));
  writeFileSync(at('static.safetensors'), encodeBundle(staticBundle()));
  writeFileSync(at('rules.npy'), encodeNpy({ shape: [SYNAPSES, 5], data: normals(SYNAPSES * 5) }));
  writeFileSync(at('weights.npy'), encodeNpy({ shape: [SYNAPSES], data: normals(SYNAPSES) }));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command line in which names of files stand for files in the folder. */
function run(...words: string[]) {
  const paths = words.map((word) => (/\.(safetensors|npy|onnx)$/.test(word) ? at(word) : word));
  return runLine(paths, { commands: [inspectCommand, importCommand, exportCommand] });
}

describe('hebbridge inspect', () => {
  it('tells a person what is in the bundle', async () => {
    const { exitCode, stdout, stderr } = await run('inspect', 'plastic.safetensors');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    for (const line of [
      /^rule +ABCD_lr$/m,
      /^layers +11-3-1, 36 synapses, tanh, no bias$/m,
      /^weights bounded by +decay, rate 0\.02$/m,
      /^first weights +carried$/m,
      /^golden vector +good: 20 steps from seed 20, largest difference 0 /m,
      /^left_hip +-0\.7000 +0\.7000 +20$/m,
      /^simulator +rapier3d 0\.21\.0$/m,
      /^evolved on +intact; right_front$/m,
      /^fitness +612\.5$/m,
      /^mirror-tied +yes$/m,
      /^ {2}population +64$/m,
      /^11-3 +eta( +-?[\d.e-]+){4}$/m,
      /^3-1 +weight( +-?[\d.e-]+){4}$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  it('tells a machine the same', async () => {
    const { stdout } = await run('inspect', 'plastic.safetensors', '--json');
    const bundle = plasticBundle();
    const { tensorsSha256 } = decodeBundle(readFileSync(at('plastic.safetensors')), '');
    const printed = JSON.parse(stdout) as { coefficients: { layer: number; column: string; mean: number }[] };
    expect(printed).toMatchObject({
      bundle: at('plastic.safetensors'),
      tensorsSha256,
      network: { ...bundle.network, synapses: 36 },
      contract: bundle.contract,
      provenance: bundle.provenance,
      golden: { steps: 20, largestDifference: 0 },
    });
    // The second layer has 3 synapses: the last 3 rows of the matrix; eta is column 3.
    const eta = printed.coefficients.find(({ layer, column }) => layer === 1 && column === 'eta')!;
    const rows = [33, 34, 35].map((row) => bundle.coefficients![row * 5 + 3]!);
    expect(eta.mean).toBeCloseTo((rows[0]! + rows[1]! + rows[2]!) / 3, 12);
    expect(eta).toMatchObject({ pre: 3, post: 1, min: Math.min(...rows), max: Math.max(...rows) });
  });

  it('says what is not known of where rules come from', async () => {
    const { stdout } = await run('inspect', 'static.safetensors');
    expect(stdout).toMatch(/^simulator +not known$/m);
    expect(stdout).toMatch(/^seed +not known$/m);
  });

  it('ends with exit code 1 if the bundle is damaged or not there', async () => {
    const bytes = encodeBundle(plasticBundle());
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(at('damaged.safetensors'), bytes);
    const damaged = await run('inspect', 'damaged.safetensors', '--json');
    expect(damaged.exitCode).toBe(1);
    expect(JSON.parse(damaged.stdout)).toMatchObject({ error: { code: 'ERR_BUNDLE_HASH' } });
    const missing = await run('inspect', 'missing.safetensors');
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toMatch(/ERR_FILE_READ: .*missing\.safetensors: cannot be read: ENOENT/);
  });
});

describe('hebbridge import and export', () => {
  it("take the authors' array there and back, bit for bit", async () => {
    const made = await run(
      'import',
      'rules.npy',
      '--layer-sizes',
      '28-8',
      '--out',
      'imported.safetensors',
      '--json',
    );
    expect(made.stderr).toBe('');
    expect(JSON.parse(made.stdout)).toMatchObject({
      rule: 'ABCD_lr',
      synapses: SYNAPSES,
      bounding: { kind: 'none' },
      initialWeights: { kind: 'uniform', bound: 0.1 },
    });
    const bundle = decodeBundle(readFileSync(at('imported.safetensors')), '');
    expect(bundle.coefficients).toEqual(normals(SYNAPSES * 5));
    expect(bundle.provenance).toMatchObject({ hebbridge: packageVersion(), simulator: null });

    const written = await run('export', 'imported.safetensors', '--format', 'npy', '--out', 'exported.npy');
    expect(written.stdout).toContain('coefficients of rule ABCD_lr, float32 (224, 5)');
    expect(readFileSync(at('exported.npy'))).toEqual(readFileSync(at('rules.npy')));
  });

  it('take a flat float64 array, and carried first weights', async () => {
    const header =
      `{'descr': '<f8', 'fortran_order': False, 'shape': (${SYNAPSES * 5},), }`.padEnd(117) + '\n';
    const values = Float64Array.from(normals(SYNAPSES * 5));
    const start = Buffer.from(
      `\x93NUMPY\x01\x00${String.fromCharCode(header.length)}\x00${header}`,
      'latin1',
    );
    writeFileSync(at('flat.npy'), Buffer.concat([start, new Uint8Array(values.buffer)]));
    const line = ['import', 'flat.npy', '--layer-sizes', '28-8', '--out', 'flat.safetensors'];
    const { exitCode, stderr } = await run(
      ...line,
      '--bounding',
      'oja:0.1',
      '--carried-weights',
      'weights.npy',
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const bundle = decodeBundle(readFileSync(at('flat.safetensors')), '');
    expect(bundle.network).toMatchObject({
      bounding: { kind: 'oja', rate: 0.1 },
      initialWeights: { kind: 'carried' },
    });
    expect(bundle.coefficients).toEqual(normals(SYNAPSES * 5));
    expect(bundle.initialWeights).toEqual(normals(SYNAPSES));
  });

  it('take the weights of a static network', async () => {
    await run(
      'import',
      'weights.npy',
      '--rule',
      'static',
      '--layer-sizes',
      '28-8',
      '--out',
      'fixed.safetensors',
    );
    await run('export', 'fixed.safetensors', '--format', 'npy', '--out', 'fixed.npy');
    expect(decodeNpy(readFileSync(at('fixed.npy')), '')).toEqual({
      shape: [SYNAPSES],
      data: normals(SYNAPSES),
    });
  });

  it.each(['plastic.safetensors', 'static.safetensors'])(
    'write an ONNX graph that names the rules: %s',
    async (name) => {
      const { exitCode, stderr } = await run('export', name, '--format', 'onnx', '--out', 'rules.onnx');
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
      const { tensorsSha256 } = decodeBundle(readFileSync(at(name)), '');
      expect(readOnnxMetadata(readFileSync(at('rules.onnx'))).get('tensors_sha256')).toBe(tensorsSha256);
    },
  );

  it.each<[string[], number, RegExp]>([
    [
      ['--rule', 'ABC'],
      1,
      /ERR_NPY: .*shape \(224, 5\); rule ABC needs \(224, 3\).*fit --rule ABCD_lr or ABCD_lr_D_out/,
    ],
    [['--layer-sizes', '28-16-8'], 1, /ERR_NPY: .*needs \(576, 5\)/],
    [
      ['--layer-sizes', '27-8'],
      2,
      /ERR_SETTING: --layer-sizes: the Ant has 28 observations and 8 actions; given 27-8/,
    ],
    [['--layer-sizes', '28'], 2, /ERR_USAGE: --layer-sizes: '28' is not a list of layer sizes/],
    [['--bounding', 'decay'], 2, /ERR_USAGE: --bounding: 'decay' is not known/],
    [['--bounding', 'decay:1.5'], 2, /ERR_USAGE: --bounding: 'decay:1\.5' is not in range/],
    [['--bounding', 'toString'], 2, /ERR_USAGE/],
    [['--initial-weights', 'normal:-1'], 2, /ERR_USAGE: --initial-weights: 'normal:-1' is not in range/],
    [
      ['--initial-weights', 'carried'],
      2,
      /ERR_SETTING: --initial-weights carried: carried weights come from/,
    ],
    [
      ['--initial-weights', 'zeros', '--carried-weights', 'weights.npy'],
      2,
      /ERR_SETTING: --initial-weights zeros/,
    ],
    [['--carried-weights', 'rules.npy'], 1, /ERR_NPY: .*the weights need \(224,\)/],
    [['--rule', 'static', '--bounding', 'norm:1'], 2, /ERR_SETTING: --rule static/],
  ])('refuse %j and write nothing', async (words, exitCode, message) => {
    const sizes = words.includes('--layer-sizes') ? [] : ['--layer-sizes', '28-8'];
    const ended = await run('import', 'rules.npy', '--out', 'never.safetensors', ...sizes, ...words);
    expect(ended.stderr).toMatch(message);
    expect(ended.exitCode).toBe(exitCode);
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it('say so if the file cannot be written, and leave nothing behind', async () => {
    const out = join(folder, 'no-such-folder', 'x.npy');
    const { exitCode, stderr } = await run(
      'export',
      'plastic.safetensors',
      '--format',
      'npy',
      '--out',
      `no-such-folder/x.npy`,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`ERR_FILE_WRITE: ${out}: cannot be written`);
  });
});
