import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser on this machine's PATH; undefined: none. */
export function findBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).find(isExecutable);
}

/** Why the tests in a browser are skipped here; undefined: they are not. Said once, by whoever asks. */
export function whyNoBrowser(): string | undefined {
  if (findBrowser() !== undefined) return undefined;
  return `skipped: no ${NAMES.join(', ')} on PATH (on Debian: apt-get install chromium)`;
}

/** Headless, with WebGL in software. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(whyNoBrowser());
  // Containers have no user namespaces for the sandbox; only pages of this project are opened.
  const args = ['--no-sandbox', '--enable-unsafe-swiftshader'];
  return chromium.launch({ executablePath, args });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
