import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeDigest } from '../../../sim/evaluation/code-digest.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-code-'));
  mkdirSync(path.join(folder, 'one', 'deep'), { recursive: true });
  write(
    'one/entry.js',
    "import {\n  a,\n  b,\n} from './a.js';\nimport './effect.js';\nimport { z } from 'zod';\n",
  );
  write('one/a.js', "export * from './deep/b.js';\n");
  write('one/deep/b.js', "export const c = () => import('../c.js');\n// in a circle: import '../a.js'\n");
  write('one/c.js', 'export const d = 1;\n');
  write('one/effect.js', '');
  write('one/other.js', '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const digest = (program = 'one') => codeDigest(pathToFileURL(path.join(folder, program, 'entry.js')));

describe('the digest of code', () => {
  it.each(['entry.js', 'a.js', 'deep/b.js', 'c.js', 'effect.js'])('changes with %s', (name) => {
    const before = digest();
    appendFileSync(path.join(folder, 'one', name), '// changed');
    expect(digest()).not.toBe(before);
  });

  it('does not change with what is never imported', () => {
    const before = digest();
    write('one/other.js', '// changed');
    expect(digest()).toBe(before);
  });

  it('is the same wherever the program lies', () => {
    cpSync(path.join(folder, 'one'), path.join(folder, 'elsewhere'), { recursive: true });
    expect(digest('elsewhere')).toBe(digest());
  });

  it('says which file is missing', () => {
    rmSync(path.join(folder, 'one', 'c.js'));
    expect(digest).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_READ', message: expect.stringContaining('c.js') as string }),
    );
  });
});
