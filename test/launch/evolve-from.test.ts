import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import evolve from '../../launch/commands/evolve.js';
import { decodeBundle, encodeBundle } from '../../policy/bundle/rule-bundle.js';
import { runLine } from './command-line.js';
import { randomAntRules } from './demo/ant-rules.js';

const SHORT = ['--layer-sizes', '28-16-8', '--no-mirror', '--population', '4', '--generations', '1'];
const ONE_LIFE = ['--horizon', '5', '--rollouts', '1', '--morphology', 'intact', '--workers', '1'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-from-'));
  writeFileSync(path.join(folder, 'imported.safetensors'), encodeBundle(randomAntRules()));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Evolve rules into a folder, from others; what it said and what the new rules tell of themselves. */
async function from(rules: string, out: string) {
  const words = ['evolve', '--from', path.join(folder, rules), '--out', path.join(folder, out)];
  const { exitCode, stdout, stderr } = await runLine([...words, ...SHORT, ...ONE_LIFE, '--json'], {
    commands: [evolve],
  });
  expect(exitCode).toBe(0);
  const bytes = readFileSync(path.join(folder, out, 'rules.safetensors'));
  const { steps } = JSON.parse(stdout) as { steps: number };
  return { stderr, steps, provenance: decodeBundle(bytes, out).provenance };
}

describe('hebbridge evolve --from', () => {
  it('says where rules do not tell what they cost, and counts its own steps', async () => {
    const { stderr, steps, provenance } = await from('imported.safetensors', 'first');
    expect(stderr).toContain('imported.safetensors does not say how many control steps it took to evolve');
    expect(provenance.evaluation).toMatchObject({ controlStepsTotal: steps });
    expect(provenance.evolution?.['from']).toMatchObject({ evolution: null, controlSteps: null });
  });

  it('goes on from all that its rules cost, and tells of their stage', async () => {
    const first = await from('imported.safetensors', 'first');
    const { stderr, steps, provenance } = await from('first/rules.safetensors', 'second');
    expect(stderr).not.toContain('does not say');
    expect(steps).toBe(2 * first.steps);
    expect(provenance.evaluation).toMatchObject({ controlStepsTotal: steps });
    expect(provenance.evolution?.['from']).toMatchObject({ generations: 1, controlSteps: first.steps });
  });
});
