import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../policy/errors.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');

/** The rows of the tables in docs/errors.md: code, meaning, what to do. */
const rows = [...page.matchAll(/^\| `(\w+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, code, meaning, remedy]) => ({
    code,
    meaning,
    remedy,
  }),
);

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'errors.ts')
    .map((name) => readFileSync(path.join(root, folder, name), 'utf8'));
}

describe('docs/errors.md', () => {
  it('lists every error code once and no other, with the meaning that the code gives', () => {
    const documented = rows.map(({ code, meaning }) => [code, meaning]);
    expect(documented.sort()).toEqual(Object.entries(ERROR_CODES).sort());
  });

  it('says of every code what to do', () => {
    for (const { code, remedy } of rows) expect(remedy, code).toMatch(/\w+ \w+/);
  });
});

describe('the list of error codes', () => {
  it('holds only codes that the sources use', () => {
    const text = ['policy', 'sim', 'bridge', 'launch'].flatMap(sources).join('\n');
    const unused = Object.keys(ERROR_CODES).filter((code) => !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });
});
