import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HebbridgeError } from '../../policy/errors.js';

/** A file as it is sent. */
export interface StaticFile {
  readonly body: Buffer;
  readonly type: string;
  /** Its name has a digest of its contents in it, so that it never changes. */
  readonly immutable: boolean;
}

/** The files of a page, by the path of their address. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Bytes of all files together: they are kept in memory. */
const LARGEST_PAGE = 32 * 1024 * 1024;

/**
 * Read a built page, once. Afterwards requests are looked up in what was found: none of them becomes a path of this
 * machine. Files of other types (source maps, say) and those that begin with a dot are left out, links not followed.
 *
 * @throws HebbridgeError ERR_FILE_READ where the folder is not there or not readable; ERR_SETTING: more than a page
 */
export function readStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  let size = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[path.extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const file = path.join(entry.parentPath, entry.name);
      const parts = path.relative(folder, file).split(path.sep);
      if (parts.some((part) => part.startsWith('.'))) continue;
      const body = readFileSync(file);
      size += body.length;
      const immutable = parts[0] === 'assets' && /-[\w-]{8,}\.\w+$/.test(entry.name);
      files.set(`/${parts.join('/')}`, { body, type, immutable });
    }
  } catch (error) {
    throw new HebbridgeError('ERR_FILE_READ', `the page in ${folder}: ${String(error)}`);
  }
  if (size > LARGEST_PAGE) {
    throw new HebbridgeError(
      'ERR_SETTING',
      `${folder} has ${size} bytes; a page has at most ${LARGEST_PAGE}: is it the folder of a built page?`,
    );
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}
