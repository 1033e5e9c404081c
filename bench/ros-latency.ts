import { setTimeout } from 'node:timers/promises';
import { ControlLoop } from '../bridge/control-loop.js';
import { PreciseClock } from '../bridge/precise-clock.js';
import { loadRclnodejs, type Rclnodejs } from '../bridge/ros2/rclnodejs.js';
import { HebbridgeError } from '../policy/errors.js';
import { digits, percent, type BenchmarkReport } from './report.js';
import { ClientPort } from './ros-client-port.js';
import { startControlNode, startEcho, type Peer } from './ros-peers.js';
import { quantile, type Clocks } from './timing.js';

export interface RosLatencySettings {
  /** s of each measurement, and before it. */
  readonly time: number;
  readonly warmUpTime: number;
  /** Hz; Infinity: the next one leaves when the last one was answered. */
  readonly rates: readonly number[];
  readonly clocks: Clocks;
  /** Of this process: tells whether a ROS 2 is sourced. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface PeerFigures {
  readonly rate: number | 'back to back';
  readonly peer: string;
  readonly answers: number;
  readonly skipped: number;
  /** s */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Processor time per time. */
  readonly processorShare: number;
}

/** s that may pass until all processes have found each other. */
const PATIENCE = 60;
/** The control period of the shipped rules, s. */
const USUAL_PERIOD = 0.0165;

/**
 * From an observation to its command over ROS 2, through the control node and through a bare echo, each in a process
 * of its own; both are asked in turn all the time, so that whatever else the machine does meets them alike.
 */
export async function benchRosLatency(settings: RosLatencySettings): Promise<BenchmarkReport> {
  const head = { name: 'ros-latency', title: 'observation to command over ROS 2, against a bare raw echo' };
  let rclnodejs: Rclnodejs;
  try {
    rclnodejs = await loadRclnodejs(settings.environment);
  } catch (error) {
    if (!(error instanceof HebbridgeError)) throw error;
    const reason = error.message.split(' What to do', 1)[0]!;
    return { ...head, figures: { skipped: reason }, table: [['skipped'], [reason]], remarks: [] };
  }
  await rclnodejs.init(undefined, []);
  const figures: PeerFigures[] = [];
  for (const rate of settings.rates) figures.push(...(await measureRate(rclnodejs, rate, settings)));
  rclnodejs.shutdown();
  return { ...head, figures: { peers: figures }, table: tableOf(figures), remarks: remarksOn(figures) };
}

async function measureRate(
  rclnodejs: Rclnodejs,
  rate: number,
  settings: RosLatencySettings,
): Promise<PeerFigures[]> {
  const { clocks, time, warmUpTime } = settings;
  const node = rclnodejs.createNode(`client_${Math.round(Math.min(rate, 1e6))}`);
  const port = (observation: string, command: string): ClientPort =>
    new ClientPort(rclnodejs, node, { observation, command }, clocks.wall);
  const period = Number.isFinite(rate) ? Math.min(1 / rate, USUAL_PERIOD) : USUAL_PERIOD;
  const peers = [
    startEcho(port('echo/observation', 'echo/commands')),
    startControlNode(port('hebbridge/observation', 'effort_controller/commands'), period),
  ];
  node.spin();
  try {
    await untilConnected(peers, clocks);
    // As after minutes at the usual rate: by then both are compiled.
    const stopWarmUp = askOneAfterAnother(peers);
    await setTimeout(1000 * warmUpTime);
    await stopWarmUp();
    const stop = await askInTurn(peers, rate);
    await setTimeout(1000 * Math.min(1, warmUpTime));
    const before = peers.map((peer) => peer.processorTime());
    const began = clocks.wall();
    for (const peer of peers) peer.port.begin();
    await setTimeout(1000 * time);
    const took = clocks.wall() - began;
    const figures = peers.map((peer, p) => ({
      rate: Number.isFinite(rate) ? rate : ('back to back' as const),
      peer: peer.name,
      answers: peer.port.roundTrips.length,
      skipped: peer.port.skipped,
      p50: quantile(peer.port.roundTrips, 0.5),
      p99: quantile(peer.port.roundTrips, 0.99),
      p999: quantile(peer.port.roundTrips, 0.999),
      processorShare: (peer.processorTime() - before[p]!) / took,
    }));
    await stop();
    return figures;
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    node.destroy();
  }
}

async function untilConnected(peers: readonly Peer[], { wall }: Clocks): Promise<void> {
  const end = wall() + PATIENCE;
  for (const peer of peers) {
    const { name, port } = peer;
    while (port.roundTrips.length === 0) {
      if (peer.gone || wall() > end) throw new Error(`the ${name} does not answer`);
      if (port.connected) port.send();
      await setTimeout(20);
    }
  }
}

/** Ask each peer in turn: at `rate`, half a period apart, or the next one when one has answered. Returns what ends it. */
async function askInTurn(peers: readonly Peer[], rate: number): Promise<() => Promise<void>> {
  if (!Number.isFinite(rate)) return askOneAfterAnother(peers);
  const clock = new PreciseClock();
  await clock.ready;
  let turn = 0;
  const loop = new ControlLoop(clock, 1 / (rate * peers.length), () =>
    peers[turn++ % peers.length]!.port.send(),
  );
  loop.start();
  return async () => {
    loop.stop();
    await clock.close();
  };
}

function askOneAfterAnother(peers: readonly Peer[]): () => Promise<void> {
  let going = true;
  let turn = 0;
  let asked = 0;
  const next = (): void => {
    if (!going) return;
    asked++;
    peers[turn++ % peers.length]!.port.send(next);
  };
  // An observation that was lost (they are sent at best effort) must not be the end of it.
  let seen = 0;
  const watch = setInterval(() => {
    if (asked === seen) next();
    seen = asked;
  }, 200);
  next();
  return () => {
    going = false;
    clearInterval(watch);
    return Promise.resolve();
  };
}

function tableOf(figures: readonly PeerFigures[]): string[][] {
  return [
    ['', 'round trip p50, ms', 'p99, ms', 'p99.9, ms', 'of a core', 'answers', 'skipped'],
    ...figures.map(({ rate, peer, p50, p99, p999, processorShare, answers, skipped }) => [
      `${rateText(rate)}, ${peer}`,
      ...[p50, p99, p999].map((value) => digits(1000 * value)),
      percent(processorShare),
      String(answers),
      String(skipped),
    ]),
  ];
}

function remarksOn(figures: readonly PeerFigures[]): string[] {
  const remarks: string[] = [];
  for (let k = 0; k + 1 < figures.length; k += 2) {
    const [echo, node] = [figures[k]!, figures[k + 1]!];
    const more = (quantity: 'p50' | 'p99') => `${((node[quantity] - echo[quantity]) * 1000).toFixed(2)} ms`;
    const share = percent(node.processorShare - echo.processorShare);
    remarks.push(
      `${rateText(echo.rate)}: the control node takes ${more('p50')} more at p50, ${more('p99')} at p99, and ${share} of a core`,
    );
  }
  return remarks;
}

function rateText(rate: PeerFigures['rate']): string {
  return typeof rate === 'number' ? `${rate} Hz` : rate;
}
