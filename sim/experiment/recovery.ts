import { perturbationKind, type Perturbation } from '../../policy/perturbation/index.js';
import {
  estimateMean,
  estimateShare,
  quantile,
  type MeanEstimate,
  type ShareEstimate,
} from './statistics.js';

/** When a life is disturbed, in control steps. */
export interface Disturbance {
  /** The first control step that feels it. */
  readonly begin: number;
  /** The first control step that is to recover: where it does not end by itself, `begin`. */
  readonly end: number;
}

/** The measure of recovery; a part `recovery` of a scenario. */
export interface RecoveryMeasure {
  /** Control steps over which speed is averaged. */
  readonly window: number;
  /** Control steps before the disturbance whose mean speed is what there is to get back to. */
  readonly before: number;
  /** Control steps, from the beginning of the window on, over which the mean has to be back as well. */
  readonly lasts: number;
  /** Share of that speed that counts as recovered. */
  readonly share: number;
}

/** How the lives of a condition recovered. */
export interface RecoverySummary {
  readonly recovered: ShareEstimate;
  /** Control steps, over all lives, those that never recovered counted as the longest; null: never. */
  readonly lowerQuartile: number | null;
  readonly median: number | null;
  readonly upperQuartile: number | null;
}

/** Mean speeds (m/s) of lives around a disturbance; absent where there is no control step of that kind. */
export interface SpeedAround {
  /** Over the control steps that there is to get back to. */
  readonly before?: MeanEstimate;
  /** From its beginning to its end. */
  readonly during?: MeanEstimate;
  /** From its end to that of the life. */
  readonly after?: MeanEstimate;
}

/**
 * The control step that is the first to feel something that happens `time` s after a life began. Control step k
 * stands at (k + 1/2) control periods: the controller's steps come half a period after the robot's.
 */
export function stepAt(time: number, controlPeriod: number): number {
  return Math.max(0, Math.ceil(time / controlPeriod - 0.5));
}

/** From the first of `perturbations` to the last; undefined where there are none. */
export function disturbanceOf(
  perturbations: readonly Perturbation[],
  controlPeriod: number,
): Disturbance | undefined {
  if (perturbations.length === 0) return undefined;
  const begins = perturbations.map(({ start }) => stepAt(start, controlPeriod));
  const ends = perturbations.map(({ component, type, start, duration }) => {
    const lasts = duration !== undefined && perturbationKind(component, type)?.instant !== true;
    return stepAt(start + (lasts ? duration : 0), controlPeriod);
  });
  return { begin: Math.min(...begins), end: Math.max(...ends) };
}

/**
 * Control steps from the end of the disturbance until the speed over the last `window` of them is back at `share` of
 * what it was before it began, and stays: its mean over `lasts` steps from that window's beginning on, or over what is
 * left of the life, is back as well. A robot that glides on into its damage has not recovered. The window holds no step
 * that was disturbed, so that the least is `window`. Null: not within this life, or the robot did not walk before.
 *
 * Gaits are uneven: what lives have that nothing disturbs, measured at the same time, is what there is to compare with.
 *
 * @param speed [steps], m/s
 */
export function recoverySteps(
  speed: ArrayLike<number>,
  { begin, end }: Disturbance,
  { window, before, lasts, share }: RecoveryMeasure,
): number | null {
  const from = Math.max(0, begin - before);
  if (begin === from) return null;
  const wanted = share * meanOf(speed, from, begin);
  if (!(wanted > 0)) return null;
  for (let at = end; at + window <= speed.length; at++) {
    const back = meanOf(speed, at, at + window) >= wanted;
    const stays = back && meanOf(speed, at, Math.min(speed.length, at + Math.max(window, lasts))) >= wanted;
    if (stays) return at + window - end;
  }
  return null;
}

/** Of at least one life; `speeds` of each, [steps] in m/s. */
export function speedAround(
  speeds: readonly ArrayLike<number>[],
  { begin, end }: Disturbance,
  { before }: Pick<RecoveryMeasure, 'before'>,
): SpeedAround {
  const length = Math.min(...speeds.map((speed) => speed.length));
  const between = (from: number, to: number): MeanEstimate | undefined =>
    from < to ? estimateMean(speeds.map((speed) => meanOf(speed, from, to))) : undefined;
  const [ahead, during, after] = [
    between(Math.max(0, begin - before), begin),
    between(begin, Math.min(end, length)),
    between(end, length),
  ];
  return { ...(ahead && { before: ahead }), ...(during && { during }), ...(after && { after }) };
}

/** Of at least one life; `steps` of each, as {@link recoverySteps} tells them. */
export function summariseRecovery(steps: readonly (number | null)[]): RecoverySummary {
  const times = steps.map((value) => value ?? Infinity);
  const at = (probability: number): number | null => {
    const value = quantile(times, probability);
    return Number.isFinite(value) ? value : null;
  };
  return {
    recovered: estimateShare(times.filter(Number.isFinite).length, times.length),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
  };
}

/** [steps]: mean of the last `window` values up to and with each, of fewer where there are not so many yet. */
export function trailingMean(speed: ArrayLike<number>, window: number): Float64Array {
  return Float64Array.from({ length: speed.length }, (_, step) =>
    meanOf(speed, Math.max(0, step + 1 - window), step + 1),
  );
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += values[k]!;
  return sum / (to - from);
}
