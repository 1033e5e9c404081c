import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import path from 'node:path';
import { PreciseClock } from '../bridge/precise-clock.js';
import { relay } from '../bridge/transport/relay.js';
import { CHANNELS } from '../bridge/websocket/channels.js';
import { WebSocketServerTransport } from '../bridge/websocket/index.js';
import { LoopMeasurement, type LoopFigures } from './control-loop.js';
import { ControllerLoop } from './loop-contenders.js';
import { digits, percent, type BenchmarkReport } from './report.js';
import type { Clocks } from './timing.js';

export interface WebSocketClientsSettings {
  /** Of the control loop and of what the clients hear, Hz. */
  readonly rate: number;
  readonly clients: number;
  /** How often the loop is measured with and without clients, in turns, and how long each time, s. */
  readonly turns: number;
  readonly turnTime: number;
  readonly clocks: Clocks;
  readonly bundle: Uint8Array;
  readonly bundleName: string;
}

/** s, as where there is a console. */
const WEIGHTS_PERIOD = 0.2;
/** They stand for programs on other machines: what is measured is what they cost the server. */
const CLIENTS_NICENESS = 10;

/** What many clients of the WebSocket cost the control loop: it with and without them, in turns, in one run. */
export async function benchWebSocketClients(settings: WebSocketClientsSettings): Promise<BenchmarkReport> {
  const { rate, clients, turns, turnTime, clocks, bundle, bundleName } = settings;
  const clock = new PreciseClock();
  await clock.ready;
  const controller = new ControllerLoop(clock, 1 / rate, bundle, WEIGHTS_PERIOD);
  let ids = 0;
  const server = await WebSocketServerTransport.listen({
    host: '127.0.0.1',
    port: 0,
    clock,
    wallClock: () => 1000 * clocks.wall(),
    newId: () => `client-${++ids}`,
  });
  const takeApart = relay(controller.transport, server);
  const crowd = startClients();
  const alone = new LoopMeasurement(controller, 1 / rate, clocks);
  const crowded = new LoopMeasurement(controller, 1 / rate, clocks);
  let messages = 0;
  try {
    for (let turn = -1; turn < turns; turn++) {
      await alone.run(turnTime, turn >= 0);
      await ask(crowd, {
        connect: clients,
        url: server.url.replace(/^http/, 'ws'),
        channels: CHANNELS.map(({ id }) => id),
      });
      await crowded.run(turnTime, turn >= 0);
      const heard = await ask(crowd, 'close');
      if (turn >= 0) messages += Number(heard);
    }
  } finally {
    crowd.disconnect();
    takeApart();
    await server.close();
    await clock.close();
  }
  const figures = [alone.figures(), crowded.figures()] as const;
  const perSecond = messages / (turns * turnTime * clients);
  return {
    name: 'websocket-clients',
    title: `Control loop at ${rate} Hz without and with ${clients} WebSocket clients, ${bundleName}; us, p50 / p99 / p99.9`,
    figures: { bundle: bundleName, rate, clients, alone: figures[0], crowded: figures[1], perSecond },
    table: [
      ['', 'late', 'period error', 'state to command', 'missed', 'of a core'],
      ...figures.map((figure, k) => row(k === 0 ? 'nobody connected' : `${clients} clients`, figure)),
    ],
    remarks: [remarkOn(figures[0], figures[1]), `each client heard ${digits(perSecond)} messages a second`],
  };
}

function row(name: string, figure: Omit<LoopFigures, 'rate' | 'load'>): readonly string[] {
  const { lateness, periodError, stateToCommand, missedPeriods, steps, cpuShare } = figure;
  const spread = ({ p50, p99, p999 }: LoopFigures['lateness']): string =>
    [p50, p99, p999].map((seconds) => (1e6 * seconds).toFixed(0)).join(' / ');
  return [
    name,
    spread(lateness),
    spread(periodError),
    spread(stateToCommand),
    `${missedPeriods} of ${steps}`,
    percent(cpuShare),
  ];
}

function remarkOn(
  alone: Omit<LoopFigures, 'rate' | 'load'>,
  crowded: Omit<LoopFigures, 'rate' | 'load'>,
): string {
  const share = crowded.lateness.p99 / alone.lateness.p99 - 1;
  return `p99 of the lateness is ${percent(share)} of itself more than with nobody connected`;
}

/** The clients' process, as it was built. */
function startClients(): ChildProcess {
  const root = path.dirname(createRequire(import.meta.url).resolve('hebbridge/package.json'));
  const child = fork(path.join(root, 'dist', 'bench', 'websocket-clients-process.js'));
  if (child.pid !== undefined) setPriority(child.pid, CLIENTS_NICENESS);
  return child;
}

function ask(process: ChildProcess, order: object | string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new Error('the process of the clients ended'));
    process.once('exit', end);
    process.once('message', (answer) => {
      process.off('exit', end);
      resolve(answer);
    });
    process.send(order);
  });
}
