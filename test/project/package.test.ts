import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string>;
  bin: Record<string, string>;
};

describe('package.json', () => {
  it.each(Object.entries({ ...manifest.exports, ...manifest.bin }))(
    '%s points at a file that the build makes (%s)',
    (_name, file) => {
      expect(existsSync(path.join(root, file))).toBe(true);
    },
  );
});

describe('the documents', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
  documents.push(...['README', 'errors', 'extend'].map((name) => `docs/${name}.md`));

  it.each(documents)('%s links to nothing that is missing', (document) => {
    const text = readFileSync(path.join(root, document), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const missing = links
      .filter((link) => !link.startsWith('https://'))
      .filter((link) => !existsSync(path.join(root, path.dirname(document), link)));
    expect(missing).toEqual([]);
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/extend.md'])(
    '%s names no file that is missing',
    (document) => {
      const text = readFileSync(path.join(root, document), 'utf8');
      const named = [...text.matchAll(/`((?:policy|sim|bridge|launch|test|docs)\/[\w./-]*)`/g)].map(
        ([, name]) => name!,
      );
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
    },
  );
});
