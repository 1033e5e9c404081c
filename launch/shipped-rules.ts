import { createRequire } from 'node:module';
import path from 'node:path';

/** Folder of the package. */
export function packageFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve('hebbridge/package.json'));
}

/** The rule bundle that comes with the package. */
export function shippedRules(): string {
  return path.join(packageFolder(), 'rules', 'ant.safetensors');
}
