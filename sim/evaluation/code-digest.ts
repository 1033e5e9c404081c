import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readBytes } from '../files.js';

/** Modules beside a module, as the compiler writes their names: `from './x.js'`, `import './x.js'`, `import('./x.js')`. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

/**
 * SHA-256 (hex) of compiled modules and of all modules of the same program that they import, directly or not: of the
 * code that decides what they do, and of no other. Wherever the program is installed it is the same. Packages are not
 * part of it.
 *
 * @throws HebbridgeError ERR_FILE_READ
 */
export function codeDigest(...entries: readonly URL[]): string {
  const found = new Map<string, Uint8Array>();
  const waiting = entries.map(({ href }) => href);
  for (let href = waiting.pop(); href !== undefined; href = waiting.pop()) {
    if (found.has(href)) continue;
    const bytes = readBytes(fileURLToPath(href));
    found.set(href, bytes);
    for (const [, name] of bytes.toString('utf8').matchAll(IMPORTED)) waiting.push(new URL(name!, href).href);
  }
  const digests = [...found.values()].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  return createHash('sha256').update(digests.sort().join()).digest('hex');
}
