import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from './browser.js';
import {
  openConnected,
  raiseConsole,
  shareOfPixels,
  until,
  WAIT,
  whyNoPage,
  type ConsoleStage,
  type OpenPage,
} from './console-stage.js';

/** What a shortened leg is painted in, in light and dark themes: nothing else in the picture of the robot is. */
const ORANGE = 'r > 140 && g > 0.2 * r && g < 0.68 * r && b < 0.5 * g';

describe.skipIf(whyNoPage() !== undefined)('an operator at the console of a simulated robot', () => {
  let browser: Browser;
  let stage: ConsoleStage;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    stage = await raiseConsole();
    open = await openConnected(browser, stage.url);
    page = open.page;
  });
  afterEach(async () => {
    await page.close();
    await stage.close();
    expect(open.complaints).toEqual([]);
  });

  const weightPictures = (): Promise<string[]> =>
    page.evaluate<string[]>(
      `Array.from(document.querySelectorAll('#weights figure > canvas'), (canvas) => canvas.toDataURL())`,
    );
  const robotPicture = (): Promise<Buffer> => page.locator('#robot-view').screenshot();
  const loggedAs = (outcome: string, text: string): Promise<void> =>
    page.locator('#log li', { hasText: text }).filter({ hasText: outcome }).first().waitFor();

  it('sees the robot walk', async () => {
    const first = await robotPicture();
    await until(page, `parseFloat(document.getElementById('distance').textContent) > 0.5`);
    expect((await robotPicture()).equals(first)).toBe(false);
    expect(await open.text('state-words')).toBe('running');
    expect(parseFloat(await open.text('distance'))).toBeLessThanOrEqual(stage.walk.travelled.distance);
  });

  it('damages a leg, which reaches the simulator and shows, and ends it', async () => {
    const before = await shareOfPixels(browser, await robotPicture(), ORANGE);
    await page.locator('#perturb-component').selectOption('leg');
    await page.locator('#perturb-type').selectOption('shorten');
    await page.locator('#perturb-target').selectOption('left_front');
    await page.locator('#perturb-value').fill('0.15');
    await page.locator('#perturb-form button').click();
    await loggedAs('accepted', 'leg:left_front:shorten=0.15');
    await page.locator('#active', { hasText: 'leg:left_front:shorten=0.15' }).waitFor();
    const body = stage.heard.filter(({ topic }) => topic === 'bodyPerturbation');
    expect(body).toMatchObject([
      { message: { operation: 'begin', perturbation: { target: 'left_front', value: 0.15 } } },
    ]);
    expect(
      stage.heard.some(
        ({ topic, message }) => topic === 'acknowledgement' && message.from === 'robot' && message.accepted,
      ),
    ).toBe(true);
    await page.locator('#legend li[data-present=true]', { hasText: 'shortened' }).waitFor();
    expect(before).toBeLessThan(0.0005);
    // The leg may be behind the torso, for as long as the robot does not turn: the operator turns the picture.
    await vi.waitFor(async () => {
      for (let times = 0; times < 4; times++) await page.locator('#robot-view').press('ArrowRight');
      expect(await shareOfPixels(browser, await robotPicture(), ORANGE)).toBeGreaterThan(0.001);
    }, WAIT);
    await page.locator('#active button').click();
    await page.locator('#active', { hasText: 'nothing' }).waitFor();
    expect(stage.walk.status.activePerturbations).toEqual([]);
  });

  it('is told what was refused, and why', async () => {
    for (let times = 0; times < 2; times++) {
      await page.locator('#perturb-target').selectOption('left_front');
      await page.locator('#perturb-form button').click();
      await page.locator('#active', { hasText: 'leg:left_front:shorten' }).waitFor();
    }
    await loggedAs('refused', 'leg:left_front:shorten');
    expect(await open.text('log')).toContain('ERR_PERTURBATION_OVERLAP: the length of left_front is held by');
    await page.locator('#perturb-value').fill('7');
    await page.locator('#perturb-form button').click();
    expect(await open.text('perturb-problem')).toContain('0.02 to 0.4');
  });

  it('stops the robot with the space bar: the next command and all later ones are the safe one', async () => {
    await vi.waitFor(() => expect(stage.walk.status.state).toBe('running'), WAIT);
    await page.keyboard.press('Space');
    await page.locator('#stopped').waitFor();
    const at = stage.heard.findIndex(
      ({ topic, message }) => topic === 'operatorRequest' && message.operation === 'emergency-stop',
    );
    expect(at).toBeGreaterThan(0);
    const commands = () =>
      stage.heard.slice(at).flatMap(({ topic, message }) => (topic === 'jointCommand' ? [message] : []));
    await vi.waitFor(() => expect(commands().length).toBeGreaterThan(10), WAIT);
    for (const { values } of commands()) expect([...values]).toEqual(Array(8).fill(0));
    // The robot does not even get to tell its next state before.
    const next = stage.heard
      .slice(at)
      .find(({ topic }) => topic === 'jointCommand' || topic === 'robotState');
    expect(next!.topic).toBe('jointCommand');
    expect(await open.text('state-words')).toBe('STOPPED');
    expect(await open.text('stopped')).toContain('press c in its terminal');
    expect(await open.text('stopped')).toContain('~/clear_estop');
    stage.walk.controller.clearStop();
    await page.locator('#stopped').waitFor({ state: 'hidden' });
  });

  it('sees the weights change, and stand still when they are frozen', async () => {
    await page.locator('#weights figure > canvas').nth(2).waitFor();
    const first = await weightPictures();
    expect(first).toHaveLength(3);
    await vi.waitFor(async () => {
      const now = await weightPictures();
      now.forEach((picture, layer) => expect(picture).not.toBe(first[layer]));
    }, WAIT);
    await page.locator('#freeze').click();
    await page.locator('#health', { hasText: 'frozen by operator' }).waitFor();
    // The last change is on its way.
    await vi.waitFor(async () => {
      const before = await weightPictures();
      await page.waitForTimeout(500);
      expect(await weightPictures()).toEqual(before);
    }, WAIT);
    const frozen = await weightPictures();
    const { steps } = stage.walk.controller.status();
    await page.waitForTimeout(1000);
    expect(await weightPictures()).toEqual(frozen);
    expect(stage.walk.controller.status().steps).toBeGreaterThan(steps);
    await page.locator('#thaw').click();
    await vi.waitFor(async () => expect(await weightPictures()).not.toEqual(frozen), WAIT);
  });

  it('has buttons for what is often wanted', async () => {
    await page.locator('#zero').click();
    await loggedAs('accepted', 'weights:zero=0.33');
    await page.locator('#saturate').click();
    await loggedAs('accepted', 'outputs:saturated');
    await page.locator('#reset').click();
    await loggedAs('accepted', 'reset the weights');
    expect(await page.locator('#log li', { hasText: 'refused' }).count()).toBe(0);
  });

  it('pauses the simulator, and lets it go on', async () => {
    await page.locator('#pause').click();
    await page.locator('#robot-note', { hasText: 's old' }).waitFor();
    const { periods } = stage.walk.travelled;
    await page.waitForTimeout(300);
    expect(stage.walk.travelled.periods).toBe(periods);
    await page.locator('#continue').click();
    await page.locator('#robot-note').waitFor({ state: 'hidden' });
    expect(stage.walk.travelled.periods).toBeGreaterThan(periods);
  });

  it('restarts the simulator with other rules and another body, which every page shows', async () => {
    const onlooker = await openConnected(browser, stage.url);
    try {
      await page.locator('#restart-bundle').selectOption('random');
      await page.locator('#restart-morphology').selectOption('right_back');
      await page.locator('#restart-seed').fill('7');
      await page.locator('#restart-form button').first().click();
      await loggedAs('accepted', 'restart with seed 7, morphology right_back, bundle random');
      expect(stage.walk.bundle.name).toBe('random');
      expect(stage.walk.morphology).toBe('right_back');
      for (const each of [page, onlooker.page]) {
        await each
          .locator('#restart-bundle option', { hasText: 'as now: random' })
          .waitFor({ state: 'attached' });
        await each
          .locator('#restart-morphology option', { hasText: 'as now: right back shortened' })
          .waitFor({ state: 'attached' });
        await each.locator('#legend li[data-present=true]', { hasText: 'shortened' }).waitFor();
        await until(each, `document.querySelectorAll('#weights figure').length === 2`);
        expect(await each.locator('#episode').innerText()).toBe('1');
      }
      await page.locator('#state-words', { hasText: 'running' }).waitFor();
    } finally {
      await onlooker.page.close();
    }
  });

  it('is connected again when the server is back on its port', async () => {
    // They stand for half a second.
    await page.evaluate(`window.words = [];
      new MutationObserver(() => words.push(document.getElementById('line-words').textContent))
        .observe(document.getElementById('line-words'), { childList: true, characterData: true, subtree: true })`);
    await stage.endServer();
    await page.locator('#line[data-level=bad]').waitFor();
    expect(await page.evaluate<string[]>('words')).toContain('connection lost; again in 0.5 s');
    await page.locator('#robot-note', { hasText: 's old' }).waitFor();
    await stage.serveAgain();
    await page.locator('#line[data-level=good]').waitFor();
    await page.locator('#robot-note').waitFor({ state: 'hidden' });
    await page.locator('#freeze').click();
    await loggedAs('accepted', 'freeze the weights');
    expect(stage.walk.controller.status().frozen).toBe(true);
  });

  it('hears of what somebody else asked for', async () => {
    stage.walk.ask({
      operation: 'begin',
      perturbation: { id: 'from-a-program', component: 'leg', type: 'off', target: 'left_back' },
    });
    await loggedAs('accepted', 'from elsewhere: from-a-program');
    await page.locator('#legend li[data-present=true]', { hasText: 'off' }).waitFor();
  });

  describe('who has only a keyboard', () => {
    const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.id');
    const tabTo = async (id: string): Promise<void> => {
      for (let presses = 0; (await focused()) !== id; presses++) {
        if (presses > 60) throw new Error(`Tab does not get to ${id}`);
        await page.keyboard.press('Tab');
      }
    };

    it('damages a leg, and gives it back', async () => {
      await tabTo('perturb-component');
      await page.keyboard.type('leg');
      await tabTo('perturb-type');
      await page.keyboard.type('shorten');
      await tabTo('perturb-target');
      await page.keyboard.type('right f');
      await tabTo('perturb-value');
      await page.keyboard.type('0.2');
      await page.keyboard.press('Enter');
      await page.locator('#active', { hasText: 'leg:right_front:shorten=0.2' }).waitFor();
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press('Tab');
        const ends = await page.evaluate<boolean>(`document.activeElement.dataset.ends !== undefined`);
        if (ends) break;
      }
      await page.keyboard.press('Enter');
      await page.locator('#active', { hasText: 'nothing' }).waitFor();
    });

    it('gets to every control, sees where it is, and turns the pictures', async () => {
      const reached = new Set<string>();
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press('Tab');
        const id = await focused();
        reached.add(id);
        if (id !== '') {
          const outline = await page.evaluate<string>(
            `getComputedStyle(document.activeElement).outlineStyle`,
          );
          expect(`${id}: ${outline}`).toBe(`${id}: solid`);
        }
      }
      const all = await page.evaluate<string[]>(
        `Array.from(document.querySelectorAll('button, select, input, [tabindex]'))
          .filter((one) => one.offsetParent !== null || one.id === 'estop').map(({ id }) => id)`,
      );
      expect(all.filter((id) => id !== '' && !reached.has(id))).toEqual([]);
      await tabTo('path');
      const before = await page.locator('#path').screenshot();
      await page.keyboard.press('ArrowLeft');
      expect((await page.locator('#path').screenshot()).equals(before)).toBe(false);
    });
  });
});
