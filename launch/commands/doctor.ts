import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { PreciseClock } from '../../bridge/precise-clock.js';
import { kernelSupported } from '../../policy/kernel/kernel-step.js';
import { loadRapier } from '../../sim/rapier.js';
import { readBundle } from '../bundle-file.js';
import { defineCommand, type CommandContext } from '../command.js';
import { checkBroker, parseBroker } from '../doctor/broker-check.js';
import { checksText, verdict, type Check } from '../doctor/check.js';
import { checkClockResolution, checkCores, checkNode, checkWakeUps } from '../doctor/machine-checks.js';
import { checkOptionalPackage, checkShipped, installedPackage } from '../doctor/package-checks.js';
import {
  builtAddon,
  checkDistribution,
  checkMessages,
  checkMiddleware,
  checkRclnodejs,
} from '../doctor/ros-checks.js';
import { parsedOption } from '../options.js';
import { packageFolder, shippedRules } from '../shipped-rules.js';

const WAKE_UPS = 50;
const BROKER_TIMEOUT_MS = 3000;
const ADDON_TIMEOUT_MS = 10_000;

export default defineCommand({
  name: 'doctor',
  describe: 'Look at what hebbridge needs on this machine, and say what to do about what is missing',
  examples: [
    ['hebbridge doctor', 'Node, clock, rules, ROS 2, and whatever else is there'],
    ['hebbridge doctor --broker mqtt://localhost:1883', 'a broker besides'],
  ],
  positionals: {},
  options: {
    broker: parsedOption({ describe: 'Broker to check, like mqtt://localhost:1883' }, parseBroker),
  },

  async run({ broker }, { environment }) {
    const folder = packageFolder();
    const rclnodejs = installedPackage(folder, 'rclnodejs');
    const machine = { platform: process.platform, arch: process.arch, codename: linuxCodename() };
    const clock = new PreciseClock();
    const wakeUps = await checkWakeUps(clock, WAKE_UPS);
    await clock.close();
    const checks: readonly (Check | undefined)[] = [
      checkNode(process.versions.node),
      checkCores(availableParallelism()),
      checkClockResolution(() => performance.now() / 1000),
      wakeUps,
      await checkShipped('SIMD kernel', () => {
        if (!kernelSupported()) throw new Error('this Node has no WebAssembly SIMD');
        return 'WebAssembly SIMD';
      }),
      await checkShipped('rules', () => {
        const file = shippedRules();
        readBundle(file);
        return file;
      }),
      await checkShipped('Rapier', async () => {
        await loadRapier();
        return 'loads';
      }),
      checkDistribution(environment),
      await checkRclnodejs(
        rclnodejs,
        rclnodejs && builtAddon(rclnodejs, environment, machine),
        environment,
        (file) => loadInOtherProcess(file, environment),
      ),
      checkMessages(environment),
      checkMiddleware(environment),
      checkOptionalPackage(folder, 'onnxruntime-node'),
      checkOptionalPackage(folder, '@tensorflow/tfjs'),
      await checkBroker(broker, BROKER_TIMEOUT_MS),
    ];
    const made = checks.filter((check) => check !== undefined);
    const { good, text } = verdict(made);
    return {
      json: { good, verdict: text, checks: made },
      text: `${checksText(made)}\n${text}`,
      exitCode: good ? 0 : 1,
    };
  },
});

/** Of the Linux distribution: prebuilt copies of rclnodejs are for one each. */
function linuxCodename(): string | undefined {
  try {
    return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]?.trim();
  } catch {
    return undefined;
  }
}

/** A native module may take its process down; here, not ours. */
async function loadInOtherProcess(
  file: string,
  env: CommandContext['environment'],
): Promise<string | undefined> {
  const program = 'process.dlopen({ exports: {} }, process.argv[1])';
  try {
    await promisify(execFile)(process.execPath, ['-e', program, file], { env, timeout: ADDON_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    return (/^Error: (.*)$/m.exec(stderr)?.[1] ?? message).slice(0, 200);
  }
}
