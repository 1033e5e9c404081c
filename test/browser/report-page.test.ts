import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../sim/experiment/report/index.js';
import { fullResult } from '../sim/experiment/report/a-result.js';
import { launchBrowser, whyNoBrowser } from './browser.js';

const why = whyNoBrowser();
if (why) console.warn(`test/browser/report-page.test.ts: ${why}`);

describe.skipIf(why !== undefined)(
  `the report of an experiment, in a browser${why ? ` (${why})` : ''}`,
  () => {
    let browser: Browser;
    let folder: string;
    let address: string;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-report-'));
      const file = path.join(folder, 'report.html');
      writeFileSync(file, renderReport(fullResult('<img src=x onerror="fetch(1)"> & rules')).html);
      address = pathToFileURL(file).href;
      browser = await launchBrowser();
    });

    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    async function open(
      width: number,
      colorScheme: 'light' | 'dark' = 'light',
    ): Promise<{ page: Page; heard: string[] }> {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const heard: string[] = [];
      page.on('console', (message) => heard.push(message.text()));
      page.on('pageerror', (error) => heard.push(error.message));
      page.on('request', (request) => {
        if (request.url() !== address && !request.url().startsWith('data:')) heard.push(request.url());
      });
      await page.goto(address);
      return { page, heard };
    }

    it('opens without a complaint, and asks nobody for anything', async () => {
      const { page, heard } = await open(1100);
      expect(await page.title()).toBe('<img src=x onerror="fetch(1)"> & rules');
      expect(await page.locator('figure').count()).toBeGreaterThan(7);
      expect(heard).toEqual([]);
      await page.close();
    });

    it('shows every image of its weights', async () => {
      const { page } = await open(1100);
      const sizes = await page.evaluate<number[]>(`[...document.images].map((image) => image.naturalWidth)`);
      expect(sizes.length).toBeGreaterThan(2);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      await page.close();
    });

    it.each([
      [1100, '.wide', '.narrow'],
      [360, '.narrow', '.wide'],
    ])('fits a page %d pixels wide, with the pictures for it', async (width, shown, hidden) => {
      const { page } = await open(width);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      for (const picture of await page.locator(`figure ${shown}`).all())
        expect(await picture.isVisible()).toBe(true);
      for (const picture of await page.locator(`figure ${hidden}`).all())
        expect(await picture.isVisible()).toBe(false);
      await page.close();
    });

    it('is light or dark as the reader has it, pictures and text alike, and light on paper', async () => {
      const colours = `(() => {
      const text = document.querySelector('figure .wide svg text');
      return [getComputedStyle(document.body).backgroundColor, getComputedStyle(text).fill];
    })()`;
      const lightness = async (page: Page): Promise<number[]> => {
        const found = await page.evaluate<string[]>(colours);
        return found.map((colour) => Number(/\d+/.exec(colour)![0]));
      };
      const { page } = await open(1100, 'dark');
      const [ground, ink] = await lightness(page);
      expect(ground).toBeLessThan(60);
      expect(ink).toBeGreaterThan(200);
      await page.emulateMedia({ media: 'print' });
      const [paper, print] = await lightness(page);
      expect(paper).toBe(255);
      expect(print).toBeLessThan(60);
      await page.close();
    });
  },
);
