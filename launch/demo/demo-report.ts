import { formatPerturbation } from '../../policy/perturbation/index.js';
import type { SimulatedWalk } from './simulated-walk.js';

/** What the demo says at its end. */
export interface DemoReport {
  /** Of the rules at the end, the file. */
  readonly bundle: string;
  readonly morphology: string;
  readonly seed: number;
  /** s by the clock. */
  readonly duration: number;
  /** m along +x. */
  readonly distance: number;
  /** As the paper tells it: the sum over control steps of m / control period. */
  readonly distanceUnits: number;
  /** m/s of simulated time. */
  readonly meanSpeed: number;
  /** Control steps of the policy; `safeSteps`: those with the safe command. */
  readonly steps: number;
  readonly safeSteps: number;
  readonly overruns: number;
  readonly missedPeriods: number;
  readonly stepTime: { readonly p50Ms: number; readonly p99Ms: number } | null;
  /** null: not finite. */
  readonly weightRms: number | null;
  readonly frozen: boolean;
  readonly fallen: boolean;
}

/** Read off a walk before it is stopped; the stop's own safe command is no part of it. */
export function reportOn(walk: SimulatedWalk, seed: number, controlPeriod: number): DemoReport {
  const { stepTime, weightRms, frozen } = walk.controller.status();
  const { distance, periods } = walk.travelled;
  const { time, ...steps } = walk.work;
  return {
    bundle: walk.bundle.file,
    morphology: walk.morphology,
    seed,
    duration: time,
    distance,
    distanceUnits: distance / controlPeriod,
    meanSpeed: periods === 0 ? 0 : distance / (periods * controlPeriod),
    ...steps,
    stepTime: stepTime && { p50Ms: 1000 * stepTime.p50, p99Ms: 1000 * stepTime.p99 },
    weightRms,
    frozen,
    fallen: walk.fallen,
  };
}

/** The report for people. */
export function reportText(report: DemoReport): string {
  const { stepTime } = report;
  const times = stepTime
    ? `step time p50 ${stepTime.p50Ms.toFixed(3)} ms, p99 ${stepTime.p99Ms.toFixed(3)} ms; `
    : '';
  return [
    `walked ${report.distance.toFixed(1)} m (${report.distanceUnits.toFixed(0)} units) ` +
      `in ${report.duration.toFixed(1)} s, ${report.meanSpeed.toFixed(2)} m/s on average` +
      (report.fallen ? '; fallen at the end' : ''),
    `${report.steps} control steps, ${report.safeSteps} safe ones, ${report.overruns} overruns; ` +
      `${times}weights ${weightText(report.weightRms)} rms`,
  ].join('\n');
}

/** One line about this moment; `speed` in m/s over the time since the line before. */
export function statusLine(walk: SimulatedWalk, speed: number): string {
  const status = walk.controller.status();
  const { morphology } = walk;
  const { stepTime } = status;
  const damages = status.activePerturbations
    .filter(({ component }) => component !== 'plasticity')
    .map((active) => formatPerturbation({ ...active, start: 0 }));
  return [
    `${walk.work.time.toFixed(1).padStart(6)} s`,
    `${walk.travelled.distance.toFixed(1).padStart(6)} m`,
    `${speed.toFixed(2).padStart(5)} m/s`,
    `weights ${weightText(status.weightRms)}`,
    `step ${stepTime ? (1000 * stepTime.p50).toFixed(2) : '-'} ms`,
    status.frozen ? 'frozen' : 'plastic',
    ...(status.state === 'running' ? [] : [`${status.state}: ${status.reason}`]),
    ...(walk.fallen ? ['fallen'] : []),
    ...(morphology === 'intact' && damages.length > 0 ? damages : [morphology, ...damages]),
  ].join('  ');
}

function weightText(rms: number | null): string {
  return rms === null ? 'not finite' : rms.toPrecision(3);
}
