import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MonotonicClock } from '../../bridge/clock.js';
import { InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import { serveConsole } from '../../launch/console-options.js';
import { launchBrowser } from './browser.js';
import {
  consoleValues,
  OPERATOR,
  openPage,
  raiseConsole,
  until,
  whyNoPage,
  type ConsoleStage,
} from './console-stage.js';

const missing = whyNoPage();
if (missing !== undefined) console.log(missing);

describe.skipIf(missing !== undefined)('the console in a browser, without a valid token', () => {
  let browser: Browser;
  let stage: ConsoleStage;

  beforeAll(async () => {
    browser = await launchBrowser();
    stage = await raiseConsole({ token: OPERATOR });
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  async function open(fragment = '') {
    const opened = await openPage(browser, `${stage.url}${fragment}`);
    onTestFinished(() => opened.page.close());
    return opened;
  }

  it('says that there is no connection, when it tries again, and asks for a token', async () => {
    const { page, text } = await open();
    await page.locator('#token-form').waitFor();
    expect(await text('line-words')).toMatch(/^(no connection; again in [\d.]+ s|connecting)$/);
    expect(await text('state-words')).toBe('nothing heard');
  });

  it('connects with the token that is typed', async () => {
    const { page, text } = await open();
    await page.locator('#token').fill(OPERATOR);
    await page.keyboard.press('Enter');
    await page.locator('#line[data-level=good]').waitFor();
    expect(await text('line-words')).toBe('connected to hebbridge demo');
    expect(await page.locator('#token-form').isVisible()).toBe(false);
  });

  it('takes the token out of the address at once, and keeps it for a reload of the tab', async () => {
    const { page } = await open(`#token=${OPERATOR}`);
    await until(page, `location.hash === ''`);
    await page.locator('#line[data-level=good]').waitFor();
    expect(page.url()).not.toContain(OPERATOR);
    await page.reload();
    await page.locator('#line[data-level=good]').waitFor();
  });

  it('says that an emergency stop was not sent, and insists', async () => {
    const { page, text } = await open();
    await page.locator('#token-form').waitFor();
    await page.locator('#estop').click();
    await page.locator('#log .note').waitFor();
    expect(await text('log')).toMatch(/emergency stop \? no answer\s+not sent: /);
    expect(await text('estop-key')).toBe('asked, no answer yet');
    await page.waitForTimeout(1200);
    expect(await page.locator('#log li').count()).toBe(1);
    expect(stage.walk.status.latched).toBeNull();
    // It is asked for until it is heard.
    await page.locator('#token').fill(OPERATOR);
    await page.keyboard.press('Enter');
    await page.locator('#stopped').waitFor();
    expect(stage.walk.status.latched).toBe('emergency stop');
    stage.walk.controller.clearStop();
  });

  it('takes a space for an emergency stop, on a button too, and neither scrolls nor presses it', async () => {
    const { page, text } = await open();
    await page.setViewportSize({ width: 800, height: 500 });
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
    const { page } = await open();
    await page.locator('#token-form').waitFor();
    await page.locator('#token').pressSequentially('a b');
    expect(await page.locator('#token').inputValue()).toBe('a b');
    expect(await page.locator('#log li').count()).toBe(0);
  });

  it.each([
    ['a desk', 1440, 900],
    ['a tablet', 1024, 768],
    ['a standing tablet', 820, 1180],
    ['a phone', 400, 800],
    ['a small phone', 320, 568],
  ])(
    'has the emergency stop in sight on %s, however far it is scrolled, and no sideways scrolling',
    async (_, width, height) => {
      const { page } = await open(`#token=${OPERATOR}`);
      await page.setViewportSize({ width, height });
      await page.locator('#weights canvas').first().waitFor();
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

describe.skipIf(missing !== undefined)('the console of a controller without a simulator', () => {
  it('shows no choice of rules, and says that nobody restarts a robot', async () => {
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const served = await serveConsole(
      consoleValues({}),
      { environment: {}, progress: () => undefined },
      {
        transport: new InMemoryTransport(),
        clock: new MonotonicClock(),
        name: 'hebbridge control',
        parameters: () => [{ name: 'bundle', value: 'rules/ant.safetensors' }],
      },
    );
    onTestFinished(() => served!.close());
    const { page, complaints, text } = await openPage(browser, served!.url);
    await page.locator('#line[data-level=good]').waitFor();
    expect(await text('line-words')).toBe('connected to hebbridge control');
    await page.locator('#restart-form button').first().click();
    await page.locator('#log li', { hasText: 'refused' }).waitFor();
    expect(await text('log')).toContain('ERR_NO_ANSWER: no simulator answered');
    expect(await page.locator('#restart-bundle-row').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });
});
