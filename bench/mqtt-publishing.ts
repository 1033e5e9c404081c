import { setTimeout } from 'node:timers/promises';
import { ControlLoop } from '../bridge/control-loop.js';
import { Controller } from '../bridge/controller.js';
import { DurationHistogram } from '../bridge/duration-histogram.js';
import { MqttTransport } from '../bridge/mqtt/index.js';
import { PreciseClock } from '../bridge/precise-clock.js';
import { DeferredTransport } from '../bridge/transport/deferred-transport.js';
import { InMemoryTransport } from '../bridge/transport/in-memory-transport.js';
import { relay, REQUESTS, TELEMETRY } from '../bridge/transport/relay.js';
import type { Transport } from '../bridge/transport.js';
import { decodeBundle, networkFromBundle } from '../policy/bundle/rule-bundle.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';
import { Random } from '../policy/random.js';
import { MovingRobot } from './moving-robot.js';
import { startBroker } from './mqtt-broker.js';
import { digits, percent, type BenchmarkReport } from './report.js';
import type { Clocks } from './timing.js';

export interface MqttPublishingSettings {
  /** Hz */
  readonly rates: readonly number[];
  /** How often each way is measured, in turns with the others, and how long each time, s. */
  readonly turns: number;
  readonly turnTime: number;
  readonly clocks: Clocks;
  readonly bundle: Uint8Array;
  readonly bundleName: string;
}

interface WayFigures {
  readonly rate: number;
  readonly way: string;
  readonly steps: number;
  /** s from the robot state to the end of everything that the control step did. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time per time. */
  readonly cpuShare: number;
}

/** s between messages with all weights, as a console asks for them. */
const WEIGHTS_PERIOD = 0.2;

/** What it costs the control step that everything is said at an MQTT broker too. */
export async function benchMqttPublishing(settings: MqttPublishingSettings): Promise<BenchmarkReport> {
  const head = {
    name: 'mqtt',
    title: 'From a robot state to the end of the control step, with and without MQTT',
  };
  const broker = await startBroker();
  if (!broker) {
    const reason = 'no mosquitto here (apt-get install mosquitto)';
    return { ...head, figures: { skipped: reason }, table: [['skipped'], [reason]], remarks: [] };
  }
  const figures: WayFigures[] = [];
  try {
    for (const rate of settings.rates) figures.push(...(await measureRate(rate, broker.url, settings)));
  } finally {
    await broker.stop();
  }
  return {
    ...head,
    title: `${head.title}, ${settings.bundleName}; us`,
    figures: { bundle: settings.bundleName, ways: figures },
    table: [
      ['', 'p50', 'p99', 'steps', 'of a core'],
      ...figures.map(({ rate, way, steps, p50, p99, cpuShare }) => [
        `${rate} Hz, ${way}`,
        digits(1e6 * p50),
        digits(1e6 * p99),
        String(steps),
        percent(cpuShare),
      ]),
    ],
    remarks: settings.rates.flatMap((rate) => remarksOn(figures.filter((of) => of.rate === rate))),
  };
}

function remarksOn([without, ...others]: readonly WayFigures[]): string[] {
  return others.map(
    ({ rate, way, p50, p99 }) =>
      `${rate} Hz: ${way}, the control step takes ${digits(p50 / without!.p50)} (p50) and ` +
      `${digits(p99 / without!.p99)} (p99) times as long as without MQTT`,
  );
}

async function measureRate(
  rate: number,
  url: string,
  settings: MqttPublishingSettings,
): Promise<WayFigures[]> {
  const { clocks, turns, turnTime, bundle } = settings;
  const clock = new PreciseClock();
  await clock.ready;
  const random = new Random(1);
  const mqtt = await MqttTransport.connect({
    url,
    robot: 'measured',
    publishes: TELEMETRY,
    subscribes: REQUESTS,
    announces: true,
    clock,
    random: () => random.uniform(0, 1),
    onBadMessage: (topic, problem) => {
      throw new Error(`${topic}: ${problem}`);
    },
  });
  const deferred = new DeferredTransport(mqtt);
  const transport = new InMemoryTransport();
  const controller = new Controller({
    transport,
    clock,
    policy: networkFromBundle(decodeBundle(bundle, 'the bundle to measure')),
    contract: { ...ANT_CONTRACT, controlPeriod: 1 / rate },
    seed: 1,
    weightsPeriod: WEIGHTS_PERIOD,
    trigger: 'call',
    // A late state or step is what is measured here: it must not change what is done.
    safety: { fadeInTime: 0, overrunPolicy: 'report', leastInputRate: 0, stalePeriods: 1e6 },
  });
  controller.activate();
  const robot = new MovingRobot();
  const ways: readonly (readonly [string, Transport | undefined])[] = [
    ['without MQTT', undefined],
    ['with MQTT in the step', mqtt],
    ['with MQTT after the step', deferred],
  ];
  const measured = ways.map(([way, far]) => ({ way, far, times: new DurationHistogram(), cpu: 0, wall: 0 }));
  try {
    for (let turn = -1; turn < turns; turn++) {
      for (const one of measured) {
        const takeApart = one.far ? relay(transport, one.far) : () => undefined;
        const loop = new ControlLoop(clock, 1 / rate, () => {
          robot.moveTo(clock.now());
          const began = clock.now();
          transport.publish('robotState', robot.state);
          controller.step();
          if (turn >= 0) one.times.record(clock.now() - began);
        });
        const [cpu, wall] = [clocks.cpu(), clocks.wall()];
        loop.start();
        await setTimeout(1000 * turnTime);
        loop.stop();
        takeApart();
        if (turn < 0) continue;
        one.cpu += clocks.cpu() - cpu;
        one.wall += clocks.wall() - wall;
      }
    }
    if (mqtt.statistics().droppedPeriodic > 0)
      throw new Error('messages were dropped: the broker is too slow');
    if (controller.status().steps === 0) throw new Error('the policy never acted');
  } finally {
    controller.stop();
    await deferred.close();
    await clock.close();
  }
  return measured.map(({ way, times, cpu, wall }) => ({
    rate,
    way,
    steps: times.count,
    p50: times.percentile(50),
    p99: times.percentile(99),
    cpuShare: cpu / wall,
  }));
}
