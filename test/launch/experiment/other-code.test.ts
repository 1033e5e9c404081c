import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import experiment from '../../../launch/commands/experiment.js';
import { encodeBundle } from '../../../policy/bundle/rule-bundle.js';
import { runLine } from '../command-line.js';
import { randomAntRules } from '../demo/ant-rules.js';

const TINY = `title: Tiny
rollouts: 1
steps: 5
bundles: { ant: rules.safetensors }
conditions: [{ name: intact, bundle: ant }]
report: [{ show: distances }]
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-code-'));
  writeFileSync(path.join(folder, 'rules.safetensors'), encodeBundle(randomAntRules()));
  writeFileSync(path.join(folder, 'tiny.yaml'), TINY);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('an experiment does not go on with lives that other code lived', async () => {
  const words = ['experiment', path.join(folder, 'tiny.yaml'), '--out', path.join(folder, 'out')];
  const run = () => runLine([...words, '--workers', '1'], { commands: [experiment] });
  expect((await run()).exitCode).toBe(0);
  expect((await run()).stderr).toContain('1 lives are there already');
  const file = path.join(folder, 'out', 'lives.jsonl');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/"code":"[0-9a-f]{64}"/, `"code":"${'0'.repeat(64)}"`));
  const { exitCode, stderr } = await run();
  expect(exitCode).toBe(2);
  expect(stderr).toContain('ERR_SETTING: --out: ');
  expect(stderr).toContain('holds lives of an experiment with other code (that of this hebbridge');
});
