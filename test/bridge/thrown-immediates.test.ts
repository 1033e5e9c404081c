import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist/bridge');
const imported = (name: string, file: string): string =>
  `const { ${name} } = await import(${JSON.stringify(pathToFileURL(path.join(DIST, file)).href)});`;

/**
 * Something throws in an immediate, and what stands behind it in the queue is called off by whoever hears of that:
 * Node 20 then fails, or loops for ever, if that is done with clearImmediate.
 */
function run(prepare: string, schedule: string, callOff: string) {
  const source = `
    ${prepare}
    process.on('uncaughtException', ({ message }) => { console.log(message); ${callOff} });
    setTimeout(() => {
      setImmediate(() => { throw new Error('thrown'); });
      ${schedule}
      setImmediate(() => { console.log('the next immediate'); setTimeout(() => process.exit(0), 20); });
    }, 20);`;
  const words = ['--no-warnings', '--input-type=module', '--eval', source];
  const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 20_000 });
  return { status, stdout };
}

describe('after an exception in an immediate', () => {
  it.each([
    [
      'a deferred transport can be closed',
      `${imported('DeferredTransport', 'transport/deferred-transport.js')}
       ${imported('InMemoryTransport', 'transport/in-memory-transport.js')}
       const transport = new DeferredTransport(new InMemoryTransport());`,
      `transport.publish('acknowledgement', { id: 'a', from: 'robot', accepted: true, reason: '' });`,
      `void transport.close();`,
    ],
    [
      'what fans out to clients can be sent at once',
      `${imported('FanOut', 'websocket/fan-out.js')}
       ${imported('MonotonicClock', 'clock.js')}
       ${imported('channelId', 'websocket/channels.js')}
       const session = { subscriptions: new Map([[channelId('acknowledgement'), 1]]), together: (act) => act(),
         sendFrame: () => console.log('sent') };
       const fanOut = new FanOut({ sessions: () => [session], clock: new MonotonicClock(), wallClock: () => 0,
         hotPeriod: 1 });`,
      `fanOut.offer('acknowledgement', () => () => '{}');`,
      `fanOut.flush();`,
    ],
    [
      'an appointment with the precise clock can be withdrawn',
      `${imported('PreciseClock', 'precise-clock.js')}
       const clock = new PreciseClock();`,
      `const withdraw = clock.callAt(clock.now() - 1, () => console.log('kept'));
       globalThis.withdraw = withdraw;`,
      `withdraw();`,
    ],
  ])('%s, and the process goes on', (_what, prepare, schedule, callOff) => {
    const { status, stdout } = run(prepare, schedule, callOff);
    expect(stdout.replace('sent\n', '')).toBe('thrown\nthe next immediate\n');
    expect(status).toBe(0);
  });
});
