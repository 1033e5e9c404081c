import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PreciseClock } from '../../bridge/precise-clock.js';
import { describeClockContract, passUntil, reallyPass } from '../contract/clock-contract.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Node 20 knows the permission model by its first name only, later ones by both or the second. */
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** Run `body` with a `clock` in a process of its own; what it printed, and how it ended. */
function runWithClock(body: string, ...flags: readonly string[]) {
  const module = JSON.stringify(path.join(root, 'dist/bridge/precise-clock.js'));
  const source = `const { PreciseClock } = await import(${module}); const clock = new PreciseClock(); ${body}`;
  const { status, stdout } = spawnSync(
    process.execPath,
    [...flags, '--no-warnings', '--input-type=module', '--eval', source],
    { encoding: 'utf8', timeout: 20_000 },
  );
  return { status, stdout };
}

const clock = new PreciseClock();
beforeAll(() => clock.ready);
afterAll(() => clock.close());
describeClockContract('the precise clock', () => ({ clock, pass: reallyPass }));
describeClockContract('a precise clock whose thread may not be up yet', () => {
  const young = new PreciseClock();
  return { clock: young, pass: reallyPass };
});
describeClockContract('a precise clock that was closed', () => {
  const closed = new PreciseClock();
  void closed.close();
  return { clock: closed, pass: reallyPass };
});

describe('the precise clock', () => {
  it('has its thread', async () => {
    expect(await clock.ready).toBe(true);
  });

  it('keeps appointments of the same time in the order in which they were made', async () => {
    const calls: string[] = [];
    const time = clock.now() + 0.005;
    for (const name of ['a', 'b', 'c']) clock.callAt(time, () => calls.push(name));
    await passUntil(reallyPass, calls, 3);
    expect(calls).toEqual(['a', 'b', 'c']);
  });

  it('lets messages through between two appointments that are due at once', async () => {
    const events: string[] = [];
    const time = clock.now() + 0.005;
    clock.callAt(time, () => {
      events.push('first');
      setImmediate(() => events.push('message'));
    });
    clock.callAt(time, () => events.push('second'));
    await passUntil(reallyPass, events, 3);
    expect(events).toEqual(['first', 'message', 'second']);
  });

  it('keeps an appointment that was made before it was closed', async () => {
    const closing = new PreciseClock();
    await closing.ready;
    const calls: string[] = [];
    closing.callAt(closing.now() + 3, () => calls.push('kept'));
    await closing.close();
    expect(calls).toEqual([]);
    await passUntil(reallyPass, calls, 1);
    expect(calls).toEqual(['kept']);
  });

  it('keeps the process alive as long as there is an appointment, and no longer', () => {
    const { status, stdout } = runWithClock(`
      await clock.ready;
      clock.callAt(clock.now() + 0.05, () => console.log('kept'));
      clock.callAt(clock.now() + 3600, () => console.log('withdrawn'))();
      process.on('exit', () => console.log(clock.now() < 10 ? 'ended' : 'ended late'));`);
    expect(stdout).toBe('kept\nended\n');
    expect(status).toBe(0);
  });

  it('does not keep a process alive that made no appointment', () => {
    expect(runWithClock('')).toEqual({ status: 0, stdout: '' });
  });

  it('does without a thread where there may be none', () => {
    const { status, stdout } = runWithClock(
      `console.log(await clock.ready);
       const time = clock.now() + 0.02;
       clock.callAt(time, () => console.log(clock.now() >= time ? 'kept' : 'early'));
       await clock.close();`,
      permission,
      '--allow-fs-read=*',
    );
    expect(stdout).toBe('false\nkept\n');
    expect(status).toBe(0);
  });

  it('goes on after a callback that threw', () => {
    const { stdout } = runWithClock(`
      process.on('uncaughtException', ({ message }) => console.log(message));
      clock.callAt(clock.now() + 0.01, () => { throw new Error('thrown'); });
      clock.callAt(clock.now() + 0.02, () => console.log('kept'));`);
    expect(stdout).toBe('thrown\nkept\n');
  });
});
