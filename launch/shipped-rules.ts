import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Folder of the package. */
export function packageFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve('hebbridge/package.json'));
}

/** The rule bundle that comes with the package, and runs where none is named. */
export function shippedRules(): string {
  return path.join(packageFolder(), 'rules', 'ant.safetensors');
}

/** All rule bundles that come with the package. */
export function allShippedRules(): readonly string[] {
  const folder = path.dirname(shippedRules());
  return readdirSync(folder)
    .filter((name) => name.endsWith('.safetensors'))
    .sort()
    .map((name) => path.join(folder, name));
}
