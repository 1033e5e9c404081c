import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Check } from './check.js';

export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

const manifestSchema = z.object({ version: z.string() });

/** The package that an import from within `folder` finds, without importing it; undefined if there is none. */
export function installedPackage(folder: string, name: string): InstalledPackage | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const candidate = path.join(at, 'node_modules', name);
    const manifest = path.join(candidate, 'package.json');
    if (existsSync(manifest)) {
      const { version } = manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
      return { folder: candidate, version };
    }
    if (path.dirname(at) === at) return undefined;
  }
}

/** A package that only models of other tools need. */
export function checkOptionalPackage(folder: string, name: string): Check {
  const found = installedPackage(folder, name);
  if (found) return { subject: name, result: 'ok', found: found.version, needed: false };
  return {
    subject: name,
    result: 'missing',
    found: 'not installed',
    advice: `npm install ${name}, to run models of that kind; nothing else needs it`,
    needed: false,
  };
}

/** Something that ships with hebbridge: `use` throws where it does not work, and says what it has found. */
export async function checkShipped(subject: string, use: () => string | Promise<string>): Promise<Check> {
  try {
    return { subject, result: 'ok', found: await use(), needed: true };
  } catch (error) {
    const found = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
    const advice = 'install hebbridge again; if that does not help, report it';
    return { subject, result: 'problem', found, advice, needed: true };
  }
}
