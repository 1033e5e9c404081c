import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offerBundles } from '../../../launch/demo/offered-bundles.js';
import { allShippedRules, shippedRules } from '../../../launch/shipped-rules.js';
import { encodeBundle } from '../../../policy/bundle/rule-bundle.js';
import { plasticBundle } from '../../policy/bundle/small-bundles.js';
import { randomAntRules } from './ant-rules.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-offered-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes = encodeBundle(randomAntRules())): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

const names = (first: string, others: readonly string[]) =>
  offerBundles(first, others).map(({ name }) => name);

describe('the bundles that the demo offers', () => {
  it('are called by the names of their files, without their folders', () => {
    expect(names(written('here/one.safetensors'), [written('there/two.safetensors')])).toEqual([
      'one',
      'two',
    ]);
  });

  it('are told apart where the files have one name', () => {
    const files = ['a', 'b', 'c'].map((at) => written(`${at}/one.safetensors`));
    expect(names(files[0]!, files.slice(1))).toEqual(['one', 'one (2)', 'one (3)']);
  });

  it('are offered once, however often and by whatever path they are named', () => {
    const file = written('one.safetensors');
    expect(names(file, [file, path.join(folder, 'x', '..', 'one.safetensors')])).toEqual(['one']);
  });

  it('have names that fit into a request', () => {
    const long = 'n'.repeat(90);
    const files = ['a', 'b'].map((at) => written(`${at}/${long}.safetensors`));
    expect(names(files[0]!, files.slice(1))).toEqual(['n'.repeat(64), `${'n'.repeat(60)} (2)`]);
  });

  it('hold those that ship', () => {
    expect(names(shippedRules(), allShippedRules())[0]).toBe('ant');
    expect(allShippedRules()).toContain(shippedRules());
  });

  it('are refused where one is for another robot', () => {
    const strange = written('strange.safetensors', encodeBundle(plasticBundle()));
    expect(() => offerBundles(shippedRules(), [strange])).toThrow(/ERR_BUNDLE_ROBOT|left_hip/);
  });
});
