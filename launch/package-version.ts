import { createRequire } from 'node:module';

/** The version in package.json. Found by the package's own name, so from dist/ and from the sources alike. */
export function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('hebbridge/package.json');
  return (manifest as { version: string }).version;
}
