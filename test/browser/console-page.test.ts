import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, whyNoBrowser } from './browser.js';
import { servePage } from './page-server.js';

const built = fileURLToPath(new URL('../../dist/console', import.meta.url));
const missing =
  whyNoBrowser() ?? (existsSync(built) ? undefined : 'skipped: the page is not built (npm run build)');
if (missing !== undefined) console.log(missing);

describe.skipIf(missing !== undefined)('the console in a browser, without a controller', () => {
  let browser: Browser;
  let server: Server;
  let address: string;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
    ({ server, address } = await servePage(built));
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  // Functions for the page are text: only the console's own files know a browser's globals.
  beforeEach(async () => {
    page = await browser.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Browsers tell of every WebSocket that does not open; there is nothing to open here.
      const expected = message.text().startsWith('WebSocket connection to');
      if (message.type() === 'error' && !expected) complaints.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
  });

  async function text(id: string): Promise<string> {
    return (await page.locator(`#${id}`).innerText()).trim();
  }

  it('loads without an error under a strict Content-Security-Policy, and fetches nothing from elsewhere', async () => {
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(address)) elsewhere.push(request.url());
    });
    await page.goto(address);
    await page.locator('#robot-view canvas').waitFor();
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);
  });

  it('says that there is no connection, when it tries again, and asks for a token', async () => {
    await page.goto(address);
    await page.locator('#token-form').waitFor();
    expect(await text('line-words')).toMatch(/^(no connection; again in [\d.]+ s|connecting)$/);
    expect(await text('state-words')).toBe('nothing heard');
  });

  it('takes the token out of the address at once', async () => {
    await page.goto(`${address}#token=secret`);
    await page.waitForFunction(`location.hash === ''`);
    expect(page.url()).not.toContain('secret');
  });

  it('says that an emergency stop was not sent, and insists', async () => {
    await page.goto(address);
    await page.locator('#token-form').waitFor();
    await page.locator('#estop').click();
    await page.locator('#log .note').waitFor();
    expect(await text('log')).toMatch(/emergency stop \? no answer\s+not sent: /);
    expect(await text('estop-key')).toBe('asked, no answer yet');
    await page.waitForTimeout(1200);
    expect(await page.locator('#log li').count()).toBe(1);
  });

  it('takes a space for an emergency stop, on a button too, and neither scrolls nor presses it', async () => {
    await page.setViewportSize({ width: 800, height: 500 });
    await page.goto(address);
    await page.locator('#token-form').waitFor();
    await page.locator('#freeze').focus();
    const before = await page.evaluate<number>('scrollY');
    await page.keyboard.press('Space');
    await page.locator('#log li').first().waitFor();
    expect(await text('log')).toContain('emergency stop');
    expect(await text('log')).not.toContain('freeze');
    expect(await page.evaluate<number>('scrollY')).toBe(before);
  });

  it('takes a space in a text field for text', async () => {
    await page.goto(address);
    await page.locator('#token-form').waitFor();
    await page.locator('#token').pressSequentially('a b');
    expect(await page.locator('#token').inputValue()).toBe('a b');
    expect(await page.locator('#log li').count()).toBe(0);
  });

  it.each([
    ['a desk', 1440, 900],
    ['a tablet', 1024, 768],
    ['a standing tablet', 768, 1024],
    ['a phone', 390, 844],
  ])(
    'has the emergency stop in sight on %s, however far it is scrolled, and no sideways scrolling',
    async (_, width, height) => {
      await page.setViewportSize({ width, height });
      await page.goto(address);
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      const box = await page.locator('#estop').boundingBox();
      expect(box).not.toBeNull();
      expect(box!.y).toBeGreaterThanOrEqual(0);
      expect(box!.y + box!.height).toBeLessThanOrEqual(height);
      expect(box!.width * box!.height).toBeGreaterThan(8_000);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );
});
