import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { ManualClock } from '../bridge/clock.js';
import { Controller } from '../bridge/controller.js';
import { InMemoryTransport } from '../bridge/transport/in-memory-transport.js';
import { decodeBundle, networkFromBundle } from '../policy/bundle/rule-bundle.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';
import { MovingRobot } from './moving-robot.js';

const { controlPeriod } = ANT_CONTRACT;

/** What is measured: the robot's part alone; with the control step; with the loop and the status messages too. */
export const STEP_KINDS = ['no control step', 'control step', 'control step in its loop'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface AllocationFigures {
  readonly steps: number;
  readonly commands: number;
  /** Bytes that the heap grew by while the steps were done; all that they allocated, if nothing was collected. */
  readonly uncollected: number;
  /** Bytes that are left of it once garbage was collected. */
  readonly growth: number;
  /** Garbage collections during the steps, and the longest of them, s. */
  readonly collections: number;
  readonly longestPause: number;
}

/** Steps done in turn; each does what one control period asks for. */
function stepper(kind: StepKind, bundle: Uint8Array): { step: () => void; commands: () => number } {
  const clock = new ManualClock();
  const transport = new InMemoryTransport();
  const robot = new MovingRobot();
  let commands = 0;
  transport.subscribe('jointCommand', () => (commands += 1));
  const robotStep = (): void => {
    robot.moveTo(clock.now());
    transport.publish('robotState', robot.state);
  };
  const robotAlone = (): void => {
    clock.beBusy(controlPeriod);
    robotStep();
  };
  if (kind === 'no control step') return { step: robotAlone, commands: () => commands };
  const looped = kind === 'control step in its loop';
  const controller = new Controller({
    transport,
    clock,
    policy: networkFromBundle(decodeBundle(bundle, 'the bundle to measure')),
    contract: ANT_CONTRACT,
    seed: 1,
    simulated: true,
    safety: { fadeInTime: 0 },
    trigger: looped ? 'timer' : 'call',
    statusPeriod: looped ? 1 : Infinity,
  });
  controller.activate(controlPeriod / 2);
  // Faults of some kinds, so that they are on the measured path.
  for (const [component, type, target, value] of [
    ['sensor', 'noise', 'roll', 0.1],
    ['sensor', 'delay', 'pitch', 3],
    ['sensor', 'drop', 'height', 0.5],
    ['joint', 'weak', 'left_front_hip', 0.5],
  ] as const) {
    const perturbation = { id: target, component, type, target, value };
    transport.publish('perturbationRequest', { operation: 'begin', perturbation });
  }
  const step = looped
    ? (): void => {
        robotStep();
        clock.advance(controlPeriod);
      }
    : (): void => {
        robotAlone();
        controller.step();
      };
  return { step, commands: () => commands };
}

/** `collectGarbage` is that of `node --expose-gc`. */
export async function measureAllocation(
  kind: StepKind,
  bundle: Uint8Array,
  settings: { readonly warmUpSteps: number; readonly steps: number; readonly collectGarbage: () => void },
): Promise<AllocationFigures> {
  const { warmUpSteps, steps, collectGarbage } = settings;
  const { step, commands } = stepper(kind, bundle);
  for (let k = 0; k < warmUpSteps; k++) step();
  const pauses: { readonly start: number; readonly duration: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) pauses.push({ start: startTime, duration });
  });
  observer.observe({ entryTypes: ['gc'] });
  collectGarbage();
  // Collections are told of in a turn of their own; and code may still be compiled.
  await setTimeout(100);
  collectGarbage();
  const commandsBefore = commands();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  for (let k = 0; k < steps; k++) step();
  const ended = performance.now();
  const uncollected = process.memoryUsage().heapUsed - before;
  collectGarbage();
  const growth = process.memoryUsage().heapUsed - before;
  await setTimeout(100);
  observer.disconnect();
  const during = pauses.filter(({ start }) => start >= began && start <= ended);
  return {
    steps,
    commands: commands() - commandsBefore,
    uncollected,
    growth,
    collections: during.length,
    longestPause: Math.max(0, ...during.map(({ duration }) => duration / 1000)),
  };
}
