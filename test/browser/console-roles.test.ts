import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConsoleValues } from '../../launch/console-options.js';
import { launchBrowser } from './browser.js';
import { OPERATOR, openConnected, raiseConsole, VIEWER, WAIT, whyNoPage } from './console-stage.js';

/** s; pages that are drawn in software, on a busy machine, are late. */
const DEAD_MAN = 8;

describe.skipIf(whyNoPage() !== undefined)('who sits at the console', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  async function raise(values: Partial<ConsoleValues>, environment: Record<string, string> = {}) {
    const stage = await raiseConsole(values, environment);
    onTestFinished(() => stage.close());
    const open = async (token?: string) => {
      const opened = await openConnected(
        browser,
        token === undefined ? stage.url : `${stage.url}#token=${token}`,
      );
      onTestFinished(() => opened.page.close());
      return opened;
    };
    return { stage, open };
  }
  const latched = (stage: Awaited<ReturnType<typeof raiseConsole>>) => stage.walk.controller.status().latched;

  it('a viewer sees everything, has no control but the emergency stop, and stops no robot by leaving', async () => {
    const { stage, open } = await raise(
      { deadMan: DEAD_MAN, token: OPERATOR },
      { HEBBRIDGE_VIEWER_TOKEN: VIEWER },
    );
    const viewer = await open(VIEWER);
    expect(await viewer.text('line-words')).toBe('connected to hebbridge demo as viewer');
    expect(await viewer.text('looking-on')).toContain('you look on');
    expect(await viewer.page.locator('#dead-man').isVisible()).toBe(false);
    await viewer.page.locator('#weights figure > canvas').nth(2).waitFor();
    const controls = await viewer.page.evaluate<string[]>(
      `Array.from(document.querySelectorAll('button, select, input'))
        .filter((one) => one.checkVisibility()).map(({ id }) => id)`,
    );
    expect(controls).toEqual(['estop']);
    await viewer.page.waitForTimeout(1000 * 1.5 * DEAD_MAN);
    expect(latched(stage)).toBeNull();
    await viewer.page.keyboard.press('Space');
    await vi.waitFor(() => expect(latched(stage)).toBe('emergency stop'), WAIT);
  });

  it('an operator with a page in sight keeps a robot with a dead-man walking, and stops it by closing the page', async () => {
    const { stage, open } = await raise({ deadMan: DEAD_MAN });
    const operator = await open();
    expect(await operator.text('dead-man')).toBe('dead-man 8 s: keep this page in sight');
    await operator.page.waitForTimeout(1000 * 1.5 * DEAD_MAN);
    expect(latched(stage)).toBeNull();
    await operator.page.close();
    await vi.waitFor(() => expect(latched(stage)).toBe('emergency stop'), WAIT);
  });

  it('an operator whose page is out of sight stops it too, and not while another one looks', async () => {
    const { stage, open } = await raise({ deadMan: DEAD_MAN });
    const [one, other] = [await open(), await open()];
    const hide = (page: typeof one.page): Promise<unknown> =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await hide(one.page);
    await one.page.waitForTimeout(1000 * 1.5 * DEAD_MAN);
    expect(latched(stage)).toBeNull();
    await hide(other.page);
    await vi.waitFor(() => expect(latched(stage)).toBe('emergency stop'), WAIT);
  });
});
