import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from './shipped-rules.js';

/** The scenarios that come with the package: their files, by their names. None where they were left out of it. */
export function shippedScenarios(): ReadonlyMap<string, string> {
  const folder = path.join(packageFolder(), 'launch', 'scenarios');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : [];
  return new Map(files.sort().map((file) => [path.basename(file, '.yaml'), path.join(folder, file)]));
}
