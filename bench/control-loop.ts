import { setTimeout } from 'node:timers/promises';
import { MonotonicClock } from '../bridge/clock.js';
import { ControlLoop } from '../bridge/control-loop.js';
import { DurationHistogram } from '../bridge/duration-histogram.js';
import { PreciseClock } from '../bridge/precise-clock.js';
import { keepCoreBusy } from './busy-core.js';
import { BareLoop, ControllerLoop, type LoopContender } from './loop-contenders.js';
import { MovingRobot } from './moving-robot.js';
import { digits, percent, type BenchmarkReport } from './report.js';
import type { Clocks } from './timing.js';

export interface ControlLoopSettings {
  /** Hz */
  readonly rates: readonly number[];
  /** How often each contender has its turn, and how long that is, s; the first turns of all do not count. */
  readonly turns: number;
  readonly turnTime: number;
  readonly clocks: Clocks;
  /** A bundle's file, and what to call it. */
  readonly bundle: Uint8Array;
  readonly bundleName: string;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** What was measured of one contender, s. */
export interface LoopFigures {
  readonly rate: number;
  readonly load: 'idle' | 'other core busy';
  readonly contender: string;
  readonly steps: number;
  readonly missedPeriods: number;
  /** How long after its deadline, start + k x period, a step was done. */
  readonly lateness: Percentiles;
  /** How far the time between two steps was from the period. */
  readonly periodError: Percentiles;
  /** From the publication of a robot state, half a period before the deadline, to the command. */
  readonly stateToCommand: Percentiles;
  /** Of one core: of the process, with the robot's loop and the clock's thread. */
  readonly cpuShare: number;
}

/** How punctual the control loop is, and how long a robot state takes to become a command, in memory. */
export async function benchControlLoop(settings: ControlLoopSettings): Promise<BenchmarkReport> {
  const figures: LoopFigures[] = [];
  for (const load of ['idle', 'other core busy'] as const) {
    const relieve = load === 'idle' ? undefined : keepCoreBusy();
    try {
      for (const rate of settings.rates) figures.push(...(await measureRate(rate, load, settings)));
    } finally {
      relieve?.();
    }
  }
  return {
    name: 'control-loop',
    title: `Control loop in memory, ${settings.bundleName}; us, p50 / p99 / p99.9`,
    figures: { bundle: settings.bundleName, loops: figures },
    table: [
      ['', 'late', 'period error', 'state to command', 'missed', 'of a core'],
      ...figures.map((figure) => [
        `${figure.rate} Hz, ${figure.load}, ${figure.contender}`,
        microseconds(figure.lateness),
        microseconds(figure.periodError),
        microseconds(figure.stateToCommand),
        `${figure.missedPeriods} of ${figure.steps}`,
        percent(figure.cpuShare),
      ]),
    ],
    remarks: figures
      .filter(({ contender }) => contender.startsWith('controller'))
      .map((controller) => remarkOn(controller, figures)),
  };
}

/** What the control step adds to a loop with an empty step. */
function remarkOn(controller: LoopFigures, figures: readonly LoopFigures[]): string {
  const { rate, load } = controller;
  const bare = figures.find(
    (other) => other.rate === rate && other.load === load && other.contender === 'bare loop, precise clock',
  )!;
  const added = (key: keyof Percentiles): string =>
    digits(1e6 * (controller.lateness[key] - bare.lateness[key]));
  return (
    `${rate} Hz, ${load}: the controller is done ${added('p50')} us (p50), ${added('p99')} us (p99) after ` +
    `the bare loop, for ${percent(controller.cpuShare - bare.cpuShare)} of a core more`
  );
}

async function measureRate(
  rate: number,
  load: LoopFigures['load'],
  settings: ControlLoopSettings,
): Promise<LoopFigures[]> {
  const period = 1 / rate;
  const precise = new PreciseClock();
  await precise.ready;
  const controller = new ControllerLoop(precise, period, settings.bundle);
  const measurements = [
    new BareLoop('bare loop, plain timers', new MonotonicClock(), period),
    new BareLoop('bare loop, precise clock', precise, period),
    controller,
  ].map((contender) => new LoopMeasurement(contender, period, settings.clocks));
  for (let turn = -1; turn < settings.turns; turn++) {
    for (const measurement of measurements) await measurement.run(settings.turnTime, turn >= 0);
  }
  await precise.close();
  if (controller.policySteps === 0)
    throw new Error('the policy never acted: what was measured is no control step');
  return measurements.map((measurement) => ({ rate, load, ...measurement.figures() }));
}

/** Turns of one contender, and how late it was in them. */
export class LoopMeasurement {
  private readonly contender: LoopContender;
  private readonly period: number;
  private readonly clocks: Clocks;
  private readonly robot = new MovingRobot();
  private readonly robotLoop: ControlLoop;
  private readonly lateness = new DurationHistogram();
  private readonly periodError = new DurationHistogram();
  private readonly stateToCommand = new DurationHistogram();
  private missedPeriods = 0;
  private cpu = 0;
  private wall = 0;

  constructor(contender: LoopContender, period: number, clocks: Clocks) {
    const { clock, transport } = contender;
    this.contender = contender;
    this.period = period;
    this.clocks = clocks;
    this.robotLoop = new ControlLoop(clock, period, () => {
      this.robot.moveTo(clock.now());
      transport.publish('robotState', this.robot.state);
    });
  }

  /** One turn, of `seconds`. */
  async run(seconds: number, counts: boolean): Promise<void> {
    const { contender, period, clocks } = this;
    const { clock } = contender;
    const firstDeadline = clock.now() + 2 * period;
    const missedBefore = contender.missedPeriods;
    let step = 0;
    let last = NaN;
    const cpuBefore = clocks.cpu();
    const wallBefore = clocks.wall();
    this.robotLoop.start(firstDeadline - period / 2);
    contender.start(firstDeadline, () => {
      const now = clock.now();
      // Which deadline it was for: the loop leaves out the periods that it missed.
      const deadline = firstDeadline + (step + contender.missedPeriods - missedBefore) * period;
      step++;
      if (counts) {
        this.lateness.record(now - deadline);
        if (!Number.isNaN(last)) this.periodError.record(Math.abs(now - last - period));
        this.stateToCommand.record(now - this.robot.state.stamp);
      }
      last = now;
    });
    await setTimeout(1000 * seconds);
    contender.pause();
    this.robotLoop.stop();
    if (!counts) return;
    this.cpu += clocks.cpu() - cpuBefore;
    this.wall += clocks.wall() - wallBefore;
    this.missedPeriods += contender.missedPeriods - missedBefore;
  }

  figures(): Omit<LoopFigures, 'rate' | 'load'> {
    return {
      contender: this.contender.name,
      steps: this.lateness.count,
      missedPeriods: this.missedPeriods,
      lateness: percentiles(this.lateness),
      periodError: percentiles(this.periodError),
      stateToCommand: percentiles(this.stateToCommand),
      cpuShare: this.cpu / this.wall,
    };
  }
}

function percentiles(histogram: DurationHistogram): Percentiles {
  return {
    p50: histogram.percentile(50),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
  };
}

function microseconds({ p50, p99, p999 }: Percentiles): string {
  return [p50, p99, p999].map((seconds) => (1e6 * seconds).toFixed(0)).join(' / ');
}
