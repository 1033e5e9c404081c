import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = path.join(root, '.dependency-cruiser.cjs');
const folders = ['policy', 'sim', 'bridge', 'launch'];

/** Imports of the packages that have a home. */
const rapier = `import '@dimforge/rapier3d-simd-compat';`;
const onnxruntime = `import 'onnxruntime-node';`;
const pbf = `import 'pbf';`;
const yargs = `import 'yargs';`;
const yaml = `import 'yaml';`;
const mlMatrix = `import 'ml-matrix';`;
const cdr = `import '@foxglove/cdr';`;
const mcap = `import '@mcap/core';`;
const ws = `import 'ws';`;
const foxgloveSchemas = `import '@foxglove/schemas';`;
const three = `import 'three';`;
const uplot = `import 'uplot';`;
const mqtt = `import 'mqtt';`;
const plots = `import '@observablehq/plot';\nimport 'linkedom';\nimport 'fast-png';`;

/** What is right: nothing may be said of these files. */
const allowed: Readonly<Record<string, string>> = {
  'policy/shape.ts': `import 'node:crypto';\nexport interface Shape { size: number }\nexport const shape: Shape = { size: 1 };`,
  'policy/onnx/graph.ts': pbf,
  'policy/model/model.ts': onnxruntime,
  'bridge/parameters/file.ts': yaml,
  'bridge/shape.ts': `export interface Shape { size: number }\nexport const shape: Shape = { size: 1 };`,
  'bridge/ros2/messages/message.ts': cdr,
  'bridge/recording/file.ts': mcap,
  'bridge/websocket/server.ts': `${ws}\n${foxgloveSchemas}`,
  'bridge/console/page.ts': `${three}\n${uplot}\nimport '../shape.js';\nimport 'a-tool';`,
  'bridge/mqtt/connection.ts': mqtt,
  'sim/experiment/components.ts': mlMatrix,
  'launch/scenario-file.ts': yaml,
  'sim/world.ts': `${rapier}\nimport '../policy/shape.js';`,
  'sim/experiment/report/plot.ts': plots,
  'sim/robot/node.ts': `import type { Shape } from '../../bridge/shape.js';\nexport type Copy = Shape;`,
  'sim/types-of-tools.ts': `import type { Tool } from 'a-tool';\nexport type Copy = Tool;`,
  'launch/main.ts': `${yargs}\nimport '../sim/world.js';\nimport '../bridge/shape.js';`,
};

/** For each rule the imports that break it; each becomes a file of its own in the folder. */
const broken: readonly (readonly [rule: string, folder: string, text: string])[] = [
  ['no-cycles', 'sim', `import './there-and-back.js';`],
  ['no-cycles', 'sim', `import type { B } from './there-and-back.js';\nexport type A = B | 1;`],
  ['policy-imports-no-other-folder', 'policy', `import '../sim/world.js';`],
  ['policy-imports-no-other-folder', 'policy', `export type { Shape } from '../bridge/shape.js';`],
  ['policy-does-no-input-output', 'policy', `import 'node:fs';`],
  ['policy-does-no-input-output', 'policy', `export const files = () => import('fs/promises');`],
  ['sim-does-not-import-launch', 'sim', `import '../launch/main.js';`],
  ['only-the-robot-node-sees-the-bridge', 'sim', `export type { Shape } from '../bridge/shape.js';`],
  ['sim-uses-bridge-as-types-only', 'sim/robot', `export { shape } from '../../bridge/shape.js';`],
  [
    'sim-uses-bridge-as-types-only',
    'sim/robot',
    `export { shape, type Shape } from '../../bridge/shape.js';`,
  ],
  [
    'sim-uses-bridge-as-types-only',
    'sim/robot',
    `export type { Shape } from '../../bridge/shape.js';\nexport { shape } from '../../bridge/shape.js';`,
  ],
  [
    'sim-uses-bridge-as-types-only',
    'sim/robot',
    `export const load = () => import('../../bridge/shape.js');`,
  ],
  ['bridge-does-not-import-sim-or-launch', 'bridge', `import '../sim/world.js';`],
  ['bridge-does-not-import-sim-or-launch', 'bridge', `import '../launch/main.js';`],
  ['rapier-lives-in-sim', 'bridge', rapier],
  ['yargs-lives-in-launch', 'sim', yargs],
  ['yaml-is-read-as-parameters-and-scenarios', 'launch', yaml],
  ['ml-matrix-lives-in-sim-experiment', 'sim', mlMatrix],
  ['pbf-lives-in-policy-onnx', 'policy', pbf],
  ['cdr-lives-in-ros2-messages', 'bridge/ros2', cdr],
  ['mcap-lives-in-bridge-recording', 'bridge/ros2', mcap],
  ['ws-lives-in-bridge-websocket', 'launch', ws],
  ['foxglove-schemas-live-in-bridge-websocket', 'bridge/recording', foxgloveSchemas],
  ['mqtt-lives-in-bridge-mqtt', 'bridge', mqtt],
  ...plots.split('\n').map((text) => ['plots-live-in-the-report', 'sim/experiment', text] as const),
  ['three-lives-in-bridge-console', 'bridge', three],
  ['uplot-lives-in-bridge-console', 'bridge', uplot],
  ['the-console-is-a-page-and-no-part-of-the-node', 'bridge', `import './console/page.js';`],
  ['inference-engines-live-in-policy-model', 'bridge', onnxruntime],
  ['no-undeclared-packages', 'launch', `import 'undeclared';`],
  ['no-undeclared-packages', 'launch', `import 'not-installed';`],
  ['no-development-packages-at-run-time', 'launch', `import 'a-tool';`],
];

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: { violations: { from: string; rule: { name: string } }[] };
}

/** What dependency-cruiser says of the four folders in `directory` under the project's rules. */
function cruise(directory: string): Promise<Cruise> {
  const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const words = [program, '--config', config, '--output-type', 'json', ...folders];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { cwd: directory, maxBuffer: 64e6 }, (error, stdout) => {
      // It ends with an error when a rule is broken; what it found is on stdout all the same.
      if (stdout === '') reject(error ?? new Error('dependency-cruiser printed nothing'));
      else resolve(JSON.parse(stdout) as Cruise);
    });
  });
}

function brokenFile(index: number): string {
  return `${broken[index]![1]}/broken-${index}.ts`;
}

/** A small project of the files above, with packages that can be imported. */
function writeProject(directory: string): void {
  const declared = [
    '@dimforge/rapier3d-simd-compat',
    'yargs',
    'yaml',
    'ml-matrix',
    'pbf',
    '@foxglove/cdr',
    '@mcap/core',
    'ws',
    '@foxglove/schemas',
    'three',
    'uplot',
    'mqtt',
    '@observablehq/plot',
    'linkedom',
    'fast-png',
    'onnxruntime-node',
  ];
  const installed = [...declared, 'a-tool', 'undeclared'];
  const cycles = broken.flatMap(([rule], index) => (rule === 'no-cycles' ? [`./broken-${index}.js`] : []));
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: Object.fromEntries(declared.map((name) => [name, '*'])),
      devDependencies: { 'a-tool': '*' },
    }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'NodeNext', verbatimModuleSyntax: true } }),
    'sim/there-and-back.ts': `${cycles.map((file) => `import '${file}';`).join('\n')}\nexport type B = 2;`,
    ...allowed,
  };
  for (const name of installed) {
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
    files[`node_modules/${name}/index.js`] = 'module.exports = {};';
  }
  for (const [index, [, , text]] of broken.entries()) files[brokenFile(index)] = text;
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(directory, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(directory, name), `${text}\n`);
  }
}

describe('the import rules', () => {
  it('see the TypeScript imports of this project', async () => {
    const { modules } = await cruise(root);
    const importsOf = (file: string) =>
      modules.find(({ source }) => source === file)?.dependencies.map(({ resolved }) => resolved);
    expect(importsOf('policy/hebbian-network.ts')).toContain('policy/random.ts');
    expect(importsOf('launch/cli.ts')).toContain('policy/errors.ts');
  });

  it('each fire at the imports that they forbid, and at nothing else', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'hebbridge-imports-'));
    try {
      writeProject(directory);
      const { summary } = await cruise(directory);
      const said = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
      const expected = broken.map(([rule], index) => `${rule}: ${brokenFile(index)}`);
      expect(new Set(said)).toEqual(new Set(expected));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('each have an example here', () => {
    const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };
    expect(new Set(broken.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
  });
});
