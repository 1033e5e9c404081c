import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { launchBrowser } from './browser.js';
import { openConnected, until, WAIT, whyNoPage } from './console-stage.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = path.join(root, 'dist/launch/main.js');

/** `hebbridge demo` as a process of its own, and the address that it prints. */
async function startDemo(...words: readonly string[]) {
  const child = spawn(process.execPath, [main, 'demo', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = await vi.waitFor(() => {
    const printed = /^operator console: (http:\S+)$/m.exec(said)?.[1];
    expect(printed).toBeDefined();
    return printed!;
  }, WAIT);
  return { url, child, ended };
}

describe.skipIf(whyNoPage() !== undefined || !existsSync(main))('the page that hebbridge demo serves', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it('loads without an error, fetches nothing from elsewhere, and shows the robot walk, also after the demo was started anew', async () => {
    const first = await startDemo('--port', '0');
    const elsewhere: string[] = [];
    const { page, complaints, text } = await openConnected(browser, first.url);
    onTestFinished(() => page.close());
    page.on('request', (request) => {
      if (!request.url().startsWith(first.url)) elsewhere.push(request.url());
    });
    await page.reload();
    await page.locator('#line[data-level=good]').waitFor();
    const picture = () => page.locator('#robot-view').screenshot();
    const before = await picture();
    await until(page, `Math.abs(parseFloat(document.getElementById('distance').textContent)) > 0.2`);
    expect((await picture()).equals(before)).toBe(false);
    expect(await page.locator('#weights figure').count()).toBe(3);
    await page.locator('#restart-bundle option', { hasText: 'as now: ant' }).waitFor({ state: 'attached' });

    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    await page.locator('#line[data-level=bad]').waitFor();
    const second = await startDemo('--port', new URL(first.url).port);
    expect(second.url).toBe(first.url);
    await page.locator('#line[data-level=good]').waitFor();
    await page.locator('#robot-note').waitFor({ state: 'hidden' });
    await until(page, `document.getElementById('data-age').textContent.startsWith('state 0.')`);
    expect(await text('episode')).toBe('0');
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
