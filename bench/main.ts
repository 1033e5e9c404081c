import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { HebbridgeError } from '../policy/errors.js';
import { benchAllocation } from './allocation.js';
import { benchControlLoop } from './control-loop.js';
import { benchMqttPublishing } from './mqtt-publishing.js';
import { benchPlasticStep } from './plastic-step.js';
import { randomBundle } from './random-bundle.js';
import { markdownTable, type BenchmarkReport } from './report.js';
import { benchRollouts } from './rollouts.js';
import { benchRosLatency } from './ros-latency.js';
import { benchRosMessages } from './ros-messages.js';
import { benchSafetyLimits } from './safety-limits.js';
import { benchSimulator } from './simulator.js';
import { benchSolver } from './solver.js';
import type { Clocks } from './timing.js';
import { benchWebSocketClients } from './websocket-clients.js';

const clocks: Clocks = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return 1e-6 * (user + system);
  },
  wall: () => 1e-3 * performance.now(),
};

const BENCHMARKS = {
  'plastic-step': () => benchPlasticStep({ rounds: 41, warmUpRounds: 5, steps: 3000, clocks }),
  simulator: () => benchSimulator({ rounds: 60, warmUpRounds: 6, episodes: 60, steps: 200, clocks }),
  solver: () => benchSolver({ rounds: 30, warmUpRounds: 4, episodes: 60, steps: 200, clocks }),
  'ros-messages': () => benchRosMessages({ rounds: 41, warmUpRounds: 5, messages: 20_000, clocks }),
  'ros-latency': () =>
    benchRosLatency({
      rates: [Infinity, 60.6, 500],
      time: 15,
      warmUpTime: 3,
      clocks,
      environment: process.env,
    }),
  'control-loop': () =>
    benchControlLoop({ rates: [60.6, 200, 500], turns: 10, turnTime: 1, clocks, ...bundleToLive() }),
  'websocket-clients': () =>
    benchWebSocketClients({ rate: 60.6, clients: 50, turns: 10, turnTime: 3, clocks, ...bundleToLive() }),
  mqtt: () => benchMqttPublishing({ rates: [60.6, 200], turns: 10, turnTime: 2, clocks, ...bundleToLive() }),
  allocation: () =>
    benchAllocation({ steps: 1e6, countedSteps: 1e5, warmUpSteps: 50_000, ...bundleToLive() }),
  'safety-limits': () => benchSafetyLimits({ lives: 20, steps: 1000, ...bundleToLive() }),
  rollouts: () => benchRollouts({ rounds: 7, lives: 10, horizon: 1000, clocks, ...bundleToLive() }),
} as const satisfies Record<string, () => Promise<BenchmarkReport>>;
type BenchmarkName = keyof typeof BENCHMARKS;
const NAMES = Object.keys(BENCHMARKS) as BenchmarkName[];

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof HebbridgeError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error.code === 'ERR_USAGE' ? 2 : 1;
}

async function main(argv: string[]): Promise<void> {
  const { names, json } = readCommandLine(argv);
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    loadAtStart: loadavg()[0]!,
  };
  const reports: BenchmarkReport[] = [];
  if (!json) {
    const { processor, cores, node, platform, loadAtStart } = machine;
    print(`${processor}, ${cores} cores, ${platform}, Node ${node}; load ${loadAtStart.toFixed(1)} at start`);
  }
  for (const name of names) {
    const report = await BENCHMARKS[name]();
    reports.push(report);
    if (json) continue;
    print(`\n${report.name}: ${report.title}\n\n${markdownTable(report.table)}`);
    if (report.remarks.length > 0) print(`\n${report.remarks.map((remark) => `- ${remark}`).join('\n')}`);
  }
  if (json) {
    const results = reports.map(({ name, title, figures, remarks }) => ({ name, title, figures, remarks }));
    print(JSON.stringify({ machine, results }));
  }
}

function readCommandLine(argv: string[]): { names: readonly BenchmarkName[]; json: boolean } {
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
  const names = parsed.positionals.map((text) => {
    const name = NAMES.find((candidate) => candidate === text);
    if (name === undefined) throw usageError(`there is no benchmark '${text}'`);
    return name;
  });
  return { names: names.length === 0 ? NAMES : names, json: parsed.values.json ?? false };
}

function usageError(message: string): HebbridgeError {
  return new HebbridgeError('ERR_USAGE', `${message}; npm run bench -- [${NAMES.join('] [')}] [--json]`);
}

/** The rules that ship, or random ones where there are none yet. */
function bundleToLive(): { bundle: Uint8Array; bundleName: string } {
  const root = path.dirname(createRequire(import.meta.url).resolve('hebbridge/package.json'));
  const file = path.join(root, 'rules', 'ant.safetensors');
  return existsSync(file)
    ? { bundle: readFileSync(file), bundleName: 'rules/ant.safetensors' }
    : { bundle: randomBundle(), bundleName: 'random rules' };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
