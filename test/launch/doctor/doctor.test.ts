import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { checkBroker, parseBroker } from '../../../launch/doctor/broker-check.js';
import { checksText, verdict, type Check } from '../../../launch/doctor/check.js';
import {
  checkClockResolution,
  checkCores,
  checkNode,
  checkWakeUps,
} from '../../../launch/doctor/machine-checks.js';
import {
  checkOptionalPackage,
  checkShipped,
  installedPackage,
} from '../../../launch/doctor/package-checks.js';
import {
  builtAddon,
  checkDistribution,
  checkMessages,
  checkMiddleware,
  checkRclnodejs,
  MESSAGE_PACKAGES,
} from '../../../launch/doctor/ros-checks.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text = ''): string {
  const full = path.join(folder, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

describe('Node', () => {
  it.each(['20.19.0', '20.20.2', '22.1.0', '24.0.0'])('%s is fine', (version) => {
    expect(checkNode(version)).toMatchObject({ result: 'ok', found: version });
  });

  it.each(['18.20.0', '20.18.3', '20.9.0'])('%s is too old', (version) => {
    expect(checkNode(version)).toMatchObject({
      result: 'problem',
      needed: true,
      advice: 'install Node 20.19 or newer, or 22 or 24',
    });
  });

  it('of another version works, and is said not to be tested', () => {
    expect(checkNode('23.1.0')).toMatchObject({
      result: 'ok',
      found: '23.1.0 (tested are 20.19, 22 and 24)',
    });
  });
});

describe('the machine', () => {
  it('has a problem with a single core', () => {
    expect(checkCores(1).result).toBe('problem');
    expect(checkCores(2).result).toBe('ok');
  });

  it('has a clock with the smallest step that it makes', () => {
    let time = 0;
    const now = (): number => (time += time % 2 === 0 ? 3e-6 : 1e-6);
    expect(checkClockResolution(now)).toMatchObject({ result: 'ok' });
    let readings = 0;
    const coarse = (): number => Math.floor(++readings / 10) * 1e-3;
    expect(checkClockResolution(coarse)).toMatchObject({ result: 'problem', found: 'resolution 1000 us' });
  });

  it('has no clock at all if that never moves', () => {
    expect(checkClockResolution(() => 5).result).toBe('problem');
  });

  /** Wakes up as late as it is told. */
  function lateClock(late: (n: number) => number) {
    const clock = new ManualClock();
    let wakeUps = 0;
    return {
      ready: Promise.resolve(true),
      now: () => clock.now(),
      callAt(time: number, callback: () => void) {
        const cancel = clock.callAt(time + late(wakeUps++), callback);
        setImmediate(() => clock.advanceTo(time + 1));
        return cancel;
      },
    };
  }

  it('wakes up in time, or late now and then', async () => {
    expect(
      await checkWakeUps(
        lateClock(() => 0.1e-3),
        50,
      ),
    ).toMatchObject({ result: 'ok' });
    expect(
      await checkWakeUps(
        lateClock((n) => (n === 30 ? 0.02 : 0)),
        50,
      ),
    ).toMatchObject({ result: 'ok' });
  });

  it('has a problem when it often wakes up late, or cannot start a thread', async () => {
    expect(
      await checkWakeUps(
        lateClock((n) => (n % 5 === 0 ? 0.02 : 0)),
        50,
      ),
    ).toMatchObject({
      result: 'problem',
      needed: false,
    });
    const threadless = { ...lateClock(() => 0), ready: Promise.resolve(false) };
    expect((await checkWakeUps(threadless, 50)).advice).toContain('no thread can be started');
  });
});

describe('what ships', () => {
  it('is fine if it can be used, and is told with the first line of what is wrong otherwise', async () => {
    expect(await checkShipped('rules', () => 'a.safetensors')).toMatchObject({
      result: 'ok',
      found: 'a.safetensors',
    });
    const broken = await checkShipped('rules', () => Promise.reject(new Error('is cut off\nat 12')));
    expect(broken).toMatchObject({ result: 'problem', found: 'is cut off', needed: true });
  });
});

describe('an optional package', () => {
  it('is found where an import would find it: in the nearest node_modules above', () => {
    put('node_modules/engine/package.json', '{"version":"1.2.3"}');
    mkdirSync(path.join(folder, 'node_modules/hebbridge'), { recursive: true });
    const from = path.join(folder, 'node_modules/hebbridge');
    expect(installedPackage(from, 'engine')).toEqual({
      folder: path.join(folder, 'node_modules/engine'),
      version: '1.2.3',
    });
    expect(checkOptionalPackage(from, 'engine')).toMatchObject({ result: 'ok', found: '1.2.3' });
  });

  it('is missing otherwise, which is no problem', () => {
    expect(checkOptionalPackage(folder, 'no-such-engine')).toMatchObject({
      result: 'missing',
      needed: false,
      advice: expect.stringContaining('npm install no-such-engine') as string,
    });
  });
});

describe('ROS 2', () => {
  const sourced = () => ({ ROS_DISTRO: 'jazzy', AMENT_PREFIX_PATH: folder });
  const installed = () => ({ folder: path.join(folder, 'rclnodejs'), version: '2.2.0' });
  const machine = { platform: 'linux', arch: 'x64', codename: 'noble' };
  const loads = () => Promise.resolve(undefined);

  it('is missing where none is sourced, and nothing more is said about it', () => {
    expect(checkDistribution({})).toMatchObject({ result: 'missing', needed: false });
    expect(checkMessages({})).toBeUndefined();
    expect(checkMiddleware({})).toBeUndefined();
  });

  it('is told by its name, with folders that are gone', () => {
    expect(checkDistribution(sourced())).toMatchObject({ result: 'ok', found: 'jazzy' });
    const gone = path.join(folder, 'gone');
    const broken = checkDistribution({ ...sourced(), AMENT_PREFIX_PATH: `${folder}:${gone}` });
    expect(broken).toMatchObject({ result: 'problem', found: expect.stringContaining(gone) as string });
  });

  it('has the message packages, in whichever of its folders', () => {
    const [first, ...others] = MESSAGE_PACKAGES;
    const index = 'share/ament_index/resource_index/rosidl_interfaces';
    for (const name of others) put(path.join('one', index, name));
    const environment = {
      ROS_DISTRO: 'jazzy',
      AMENT_PREFIX_PATH: `${path.join(folder, 'two')}:${path.join(folder, 'one')}`,
    };
    expect(checkMessages(environment)).toMatchObject({
      result: 'problem',
      found: 'without std_msgs',
      advice: 'apt-get install ros-jazzy-std-msgs, then npm rebuild rclnodejs',
    });
    put(path.join('two', index, first));
    expect(checkMessages(environment)).toMatchObject({ result: 'ok' });
  });

  it('has the middleware that was chosen, or the default one', () => {
    put('lib/librmw_fastrtps_cpp.so');
    expect(checkMiddleware(sourced())).toMatchObject({
      result: 'ok',
      found: 'rmw_fastrtps_cpp by default, ROS_DOMAIN_ID 0',
    });
    expect(checkMiddleware({ ...sourced(), RMW_IMPLEMENTATION: 'rmw_cyclonedds_cpp' })).toMatchObject({
      result: 'problem',
      advice: expect.stringContaining('apt-get install ros-jazzy-rmw-cyclonedds-cpp') as string,
    });
  });

  it.each(['233', '-1', 'robot', '1.5'])('has no domain %s', (domain) => {
    put('lib/librmw_fastrtps_cpp.so');
    expect(checkMiddleware({ ...sourced(), ROS_DOMAIN_ID: domain })).toMatchObject({
      result: 'problem',
      advice: 'set ROS_DOMAIN_ID to a whole number from 0 to 232',
    });
  });

  it('needs rclnodejs', async () => {
    const check = await checkRclnodejs(undefined, undefined, sourced(), loads);
    expect(check).toMatchObject({ result: 'missing', needed: false });
    expect(check.advice).toContain('npm install --no-save rclnodejs');
  });

  it('finds what of rclnodejs is built: here, or elsewhere for this very system', () => {
    expect(builtAddon(installed(), sourced(), machine)).toBeUndefined();
    const here = put('rclnodejs/build/Release/rclnodejs.node');
    expect(builtAddon(installed(), sourced(), machine)).toBe(here);
    const elsewhere = put('rclnodejs/prebuilds/linux-x64/jazzy-noble-x64-node-rclnodejs.node');
    expect(builtAddon(installed(), sourced(), machine)).toBe(elsewhere);
    expect(builtAddon(installed(), sourced(), { ...machine, codename: 'bookworm' })).toBe(here);
  });

  it('does not load an rclnodejs that is not built, because that would begin to build', async () => {
    let tried = false;
    const tryAddon = () => {
      tried = true;
      return Promise.resolve(undefined);
    };
    expect(await checkRclnodejs(installed(), undefined, sourced(), tryAddon)).toMatchObject({
      result: 'problem',
      found: '2.2.0, not built',
      advice: 'npm rebuild rclnodejs',
    });
    const forced = { ...sourced(), RCLNODEJS_FORCE_BUILD: '1' };
    expect((await checkRclnodejs(installed(), 'addon', forced, tryAddon)).result).toBe('problem');
    expect((await checkRclnodejs(installed(), 'addon', {}, tryAddon)).result).toBe('ok');
    expect(tried).toBe(false);
  });

  it('says whether rclnodejs loads, and why it does not', async () => {
    expect(await checkRclnodejs(installed(), 'addon', sourced(), loads)).toMatchObject({
      result: 'ok',
      found: '2.2.0, built, and loads',
    });
    const wrong = () => Promise.resolve('librcl.so: cannot open shared object file');
    expect(await checkRclnodejs(installed(), 'addon', sourced(), wrong)).toMatchObject({
      result: 'problem',
      found: '2.2.0, built, but does not load: librcl.so: cannot open shared object file',
      advice: 'npm rebuild rclnodejs, for the ROS 2 that is sourced',
    });
  });
});

describe('a broker', () => {
  it.each([
    ['mqtt://robot', 'robot', 1883],
    ['mqtts://robot', 'robot', 8883],
    ['ws://robot:9001/mqtt', 'robot', 9001],
    ['wss://robot', 'robot', 443],
    ['mqtt://[::1]:1884', '::1', 1884],
  ])('%s is at %s, port %i', (text, host, port) => {
    expect(parseBroker(text, '--broker')).toMatchObject({ host, port });
  });

  it('is told without user and password', () => {
    expect(parseBroker('mqtt://me:secret@robot:1883', '--broker').url).toBe('mqtt://robot:1883');
  });

  it.each(['robot', 'http://robot', 'robot:1883', 'mqtt://', 'mqtt://robot:99999'])('%s is none', (text) => {
    expect(() => parseBroker(text, '--broker')).toThrow(`--broker: '${text}' is not the URL of a broker`);
  });

  it('is not looked for unless it is asked for', async () => {
    expect(await checkBroker(undefined, 100)).toMatchObject({ result: 'missing', needed: false });
  });

  it('is fine when it takes connections, and a problem when it does not', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const broker = parseBroker(`mqtt://127.0.0.1:${port}`, '--broker');
    expect(await checkBroker(broker, 5000)).toMatchObject({ result: 'ok', needed: true });
    await new Promise((resolve) => server.close(resolve));
    expect(await checkBroker(broker, 5000)).toMatchObject({
      result: 'problem',
      found: `mqtt://127.0.0.1:${port}: ECONNREFUSED`,
      needed: true,
    });
  });
});

describe('the report', () => {
  const ok: Check = { subject: 'Node', result: 'ok', found: '22.1.0', needed: true };
  const optional: Check = { subject: 'ROS 2', result: 'missing', found: 'none', needed: false };

  it('is aligned, with what to do below what it is about', () => {
    const advised = { ...optional, advice: 'do this\nand that' };
    expect(checksText([ok, advised])).toBe(
      [
        'Node   ok       22.1.0',
        'ROS 2  missing  none',
        '                -> do this',
        '                -> and that',
      ].join('\n'),
    );
  });

  it('is good when all is there that is needed', () => {
    expect(verdict([ok, optional])).toEqual({ good: true, text: 'Ready for npm start.' });
  });

  it('is good, and names the problem, when that is with something that is not needed', () => {
    expect(verdict([ok, { ...optional, result: 'problem' }])).toEqual({
      good: true,
      text: 'Ready for npm start; there are problems with: ROS 2.',
    });
  });

  it('is bad when what is needed is not there', () => {
    expect(verdict([{ ...ok, result: 'problem' }, optional])).toEqual({
      good: false,
      text: 'Not ready: Node.',
    });
    expect(verdict([{ ...ok, result: 'missing' }]).good).toBe(false);
  });

  it('is good for robots too where ROS 2 and rclnodejs are', () => {
    const ros: Check = { ...optional, result: 'ok' };
    expect(verdict([ok, ros, { ...ros, subject: 'rclnodejs' }]).text).toBe(
      'Ready for npm start, and for robots.',
    );
  });
});
