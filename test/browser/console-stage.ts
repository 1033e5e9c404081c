import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { MonotonicClock, type MessageMap, type Topic, type Transport } from '../../bridge/index.js';
import { DEFAULT_SAFETY } from '../../bridge/supervisor/safety-settings.js';
import {
  consoleOptions,
  serveConsole,
  type ConsoleValues,
  type ServedConsole,
} from '../../launch/console-options.js';
import { offerBundles } from '../../launch/demo/offered-bundles.js';
import { SimulatedWalk } from '../../launch/demo/simulated-walk.js';
import type { Option } from '../../launch/options.js';
import { shippedRules } from '../../launch/shipped-rules.js';
import { loadRapier } from '../../sim/rapier.js';
import { AntRobot } from '../../sim/robot/ant-robot.js';
import { offered, randomAntRules } from '../launch/demo/ant-rules.js';
import { whyNoBrowser } from './browser.js';

/** ms: how long tests wait for what they expect. */
export const WAIT = { timeout: 20_000, interval: 100 };

export const OPERATOR = 'the-token-of-an-operator';
export const VIEWER = 'the-token-of-a-viewer';

/** Why the tests of the page are skipped here; undefined: they are not. */
export function whyNoPage(): string | undefined {
  const built = fileURLToPath(new URL('../../dist/console', import.meta.url));
  const unbuilt = existsSync(built) ? undefined : 'skipped: the page is not built (npm run build)';
  return whyNoBrowser() ?? unbuilt;
}

/** What went over the network between robot, controller and operators, in order. */
export type Heard = { readonly [T in Topic]: { readonly topic: T; readonly message: MessageMap[T] } }[Topic];

/** The walk of `hebbridge demo` and its console, in this process, so that tests hear every message. */
export interface ConsoleStage {
  readonly walk: SimulatedWalk;
  readonly url: string;
  /** Requests, as they come from pages, the robot's states, commands and answers. */
  readonly heard: readonly Heard[];
  /** End the server, and not the walk. */
  endServer(): Promise<void>;
  /** Serve again on the same port. */
  serveAgain(): Promise<void>;
  close(): Promise<void>;
}

/** What the options of the console are when nothing but `given` is typed, on any free port. */
export function consoleValues(given: Partial<ConsoleValues>): ConsoleValues {
  const options = Object.entries<Option<unknown>>(consoleOptions);
  const defaults = Object.fromEntries(options.map(([name, { absent }]) => [name, absent]));
  return { ...(defaults as unknown as ConsoleValues), port: 0, ...given };
}

/** What stops the robot is to be what the page asks for, and not that the machine has too much to do. */
const UNSHAKEN = {
  ...DEFAULT_SAFETY,
  fadeInTime: 0.5,
  largestActionRate: Infinity,
  largestTilt: Infinity,
  largestJointVelocity: Infinity,
  overrunPolicy: 'report',
  leastInputRate: 0,
  stalePeriods: 60,
} as const;

/** @param environment as the command sees it, for tokens */
export async function raiseConsole(
  given: Partial<ConsoleValues> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<ConsoleStage> {
  await loadRapier();
  const clock = new MonotonicClock();
  const walk = new SimulatedWalk({
    robot: new AntRobot(),
    morphology: 'intact',
    bundles: [...offerBundles(shippedRules(), []), offered('random', randomAntRules())],
    clock,
    seed: 1,
    statusPeriod: 1,
    controller: { weightsPeriod: 0.2, safety: UNSHAKEN },
  });
  const heard: Heard[] = [];
  const note = <T extends Topic>(topic: T, message: MessageMap[T]): void =>
    void heard.push({ topic, message: structuredClone(message) } as Heard);
  for (const topic of ['robotState', 'jointCommand', 'acknowledgement', 'bodyPerturbation'] as const) {
    walk.operator.subscribe(topic, (message) => note(topic, message));
  }
  // What pages ask for is noted before anybody can answer it.
  const operator: Transport = {
    publish: (topic, message) => {
      note(topic, message);
      walk.operator.publish(topic, message);
    },
    subscribe: (topic, listener) => walk.operator.subscribe(topic, listener),
    close: () => Promise.resolve(),
  };
  const values = consoleValues(given);
  const serve = async (port: number): Promise<ServedConsole> => {
    const context = { environment, progress: () => undefined };
    const served = await serveConsole({ ...values, port }, context, {
      transport: operator,
      clock,
      name: 'hebbridge demo',
      parameters: () => [
        { name: 'bundles', value: ['ant', 'random'] },
        { name: 'bundle', value: walk.bundle.name },
        { name: 'morphology', value: walk.morphology },
      ],
    });
    return served!;
  };
  let served = await serve(0);
  const { url } = served;
  walk.start();
  return {
    walk,
    url,
    heard,
    endServer: () => served.close(),
    serveAgain: async () => {
      served = await serve(Number(new URL(url).port));
    },
    close: async () => {
      await served.close();
      await walk.stop();
    },
  };
}

/** A page that was opened, and what its browser complained about. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** What an element of index.html says. */
  readonly text: (id: string) => Promise<string>;
}

/** Functions for the page are text: only the console's own files know a browser's globals. */
export async function openPage(browser: Browser, address: string): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Browsers tell of every WebSocket that does not open, or is lost.
    const expected = message.text().startsWith('WebSocket connection to');
    if (message.type() === 'error' && !expected) complaints.push(message.text());
  });
  await page.goto(address);
  return {
    page,
    complaints,
    text: async (id) => (await page.locator(`#${id}`).innerText()).trim(),
  };
}

/** A page that is connected, and shows a robot under control. */
export async function openConnected(browser: Browser, address: string): Promise<OpenPage> {
  const open = await openPage(browser, address);
  await open.page.locator('#line[data-level=good]').waitFor();
  await until(open.page, `document.getElementById('distance').textContent !== '– m'`);
  return open;
}

/** Wait for what an expression in JavaScript says of the page. (The page's own policy forbids to evaluate it there.) */
export async function until(page: Page, expression: string): Promise<void> {
  await vi.waitFor(async () => expect(await page.evaluate<boolean>(expression), expression).toBe(true), WAIT);
}

/** Share of the pixels of a picture (PNG) that are of a colour, `test` of `r`, `g` and `b` in JavaScript. */
export async function shareOfPixels(browser: Browser, png: Buffer, test: string): Promise<number> {
  const page = await browser.newPage();
  try {
    return await page.evaluate<number>(`(async () => {
      const image = new Image();
      image.src = 'data:image/png;base64,${png.toString('base64')}';
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let count = 0;
      for (let k = 0; k < data.length; k += 4) {
        const [r, g, b] = [data[k], data[k + 1], data[k + 2]];
        if (${test}) count++;
      }
      return (4 * count) / data.length;
    })()`);
  } finally {
    await page.close();
  }
}
