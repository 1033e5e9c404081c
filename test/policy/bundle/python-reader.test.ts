import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBundle } from '../../../policy/bundle/rule-bundle.js';
import { decodeSafetensors } from '../../../policy/bundle/safetensors.js';
import { plasticBundle, staticBundle } from './small-bundles.js';

interface Printed {
  readonly readers: readonly string[];
  readonly metadata: Record<string, string>;
  readonly tensors: Record<string, { readonly shape: number[]; readonly values: number[] }>;
}

/** HEBBRIDGE_TEST_PYTHON: a Python that has the packages safetensors and numpy. */
const python = process.env['HEBBRIDGE_TEST_PYTHON'] ?? 'python3';
const hasPython = spawnSync(python, ['--version']).status === 0;
if (!hasPython) console.warn(`skipped: ${python} does not run, so no Python reads the bundles`);

describe('a rule bundle read with Python', () => {
  it.skipIf(!hasPython).each([
    ['plastic', plasticBundle()],
    ['static', staticBundle()],
  ])('has the same tensors, metadata and digests: %s', (_, bundle) => {
    const folder = mkdtempSync(join(tmpdir(), 'hebbridge-'));
    try {
      const path = join(folder, 'rules.safetensors');
      const bytes = encodeBundle(bundle);
      writeFileSync(path, bytes);
      const script = join(import.meta.dirname, 'read-safetensors.py');
      const { stdout, stderr } = spawnSync(python, [script, path], { encoding: 'utf8' });
      expect(stderr).toBe('');
      const printed = JSON.parse(stdout) as Printed;
      const { tensors, metadata } = decodeSafetensors(bytes, path);
      expect(printed.metadata).toEqual(Object.fromEntries(metadata));
      expect(Object.keys(printed.tensors).sort()).toEqual([...tensors.keys()].sort());
      for (const [name, { shape, data }] of tensors) {
        expect(printed.tensors[name]).toEqual({ shape, values: [...data] });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
