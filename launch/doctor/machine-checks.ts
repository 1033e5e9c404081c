import type { Clock } from '../../bridge/clock.js';
import type { Check } from './check.js';

/** `version`: as in process.versions.node. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const subject = 'Node';
  if (major < 20 || (major === 20 && minor < 19)) {
    const advice = 'install Node 20.19 or newer, or 22 or 24';
    return { subject, result: 'problem', found: version, advice, needed: true };
  }
  const tested = major === 20 || major === 22 || major === 24;
  const found = tested ? version : `${version} (tested are 20.19, 22 and 24)`;
  return { subject, result: 'ok', found, needed: true };
}

export function checkCores(cores: number): Check {
  const subject = 'cores';
  if (cores > 1) return { subject, result: 'ok', found: String(cores), needed: false };
  const advice = 'give the controller a second core, so that it need not wait for others';
  return { subject, result: 'problem', found: String(cores), advice, needed: false };
}

/** Steps of the clock that are looked at. */
const STEPS = 100;
/** Readings after which a clock that never moves is given up. */
const MOST_READINGS = 1_000_000;
/** s: a tenth of a fast control period. */
const COARSEST = 0.2e-3;

/** `now`: s. The smallest step that it makes. */
export function checkClockResolution(now: () => number): Check {
  const subject = 'clock';
  let smallest = Infinity;
  let last = now();
  for (let steps = 0, readings = 0; steps < STEPS && readings < MOST_READINGS; readings++) {
    const time = now();
    if (time === last) continue;
    smallest = Math.min(smallest, time - last);
    last = time;
    steps++;
  }
  const found = `resolution ${microseconds(smallest)}`;
  if (smallest <= COARSEST) return { subject, result: 'ok', found, needed: false };
  const advice = 'the clock of this machine or container is too coarse for control';
  return { subject, result: 'problem', found, advice, needed: false };
}

/** s between wake-ups. */
const PERIOD = 5e-3;
/** s: a quarter of the control period of the rules that ship. */
const LATEST = 4e-3;

/** Wake-ups before those that are judged: the clock learns from them. */
const FIRST_ONES = 10;

/** How late `wakeUps` appointments on the clock are kept. A single late one may be anybody's; one in ten is not. */
export async function checkWakeUps(
  clock: Clock & { readonly ready: Promise<boolean> },
  wakeUps: number,
): Promise<Check> {
  const subject = 'wake-ups';
  const threaded = await clock.ready;
  const lateness: number[] = [];
  for (let k = 0; k < FIRST_ONES + wakeUps; k++) {
    const due = clock.now() + PERIOD;
    const late = await new Promise<number>((resolve) => clock.callAt(due, () => resolve(clock.now() - due)));
    if (k >= FIRST_ONES) lateness.push(late);
  }
  lateness.sort((a, b) => a - b);
  const p50 = lateness[Math.floor(0.5 * wakeUps)]!;
  const p90 = lateness[Math.floor(0.9 * wakeUps)]!;
  const worst = lateness.at(-1)!;
  const found = `late by ${microseconds(p50)} at p50, ${microseconds(p90)} at p90, ${microseconds(worst)} at worst`;
  if (!threaded) {
    const advice = 'no thread can be started: wake-ups come up to 2 ms late';
    return { subject, result: 'problem', found, advice, needed: false };
  }
  if (p90 <= LATEST) return { subject, result: 'ok', found, needed: false };
  const advice =
    'other programs keep the cores busy: end them, or give the controller a core of its own (taskset)';
  return { subject, result: 'problem', found, advice, needed: false };
}

function microseconds(seconds: number): string {
  return `${Number((1e6 * seconds).toPrecision(2))} us`;
}
