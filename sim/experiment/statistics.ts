/** A 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What a sample says of a mean. */
export interface MeanEstimate {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; absent for a sample of one. */
  readonly sd?: number;
  /** Of the mean, by Student's t; absent for a sample of one. */
  readonly interval?: Interval;
}

/** Mean, standard deviation and confidence interval; undefined for no values. */
export function estimateMean(values: ArrayLike<number>): MeanEstimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  if (n === 1) return { n, mean };
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  const sd = Math.sqrt(squares / (n - 1));
  const half = (studentQuantile(n - 1) * sd) / Math.sqrt(n);
  return { n, mean, sd, interval: { low: mean - half, high: mean + half } };
}

const known = new Map<number, number>();

/** The t that a Student variable of `degrees` of freedom stays within, on either side of 0, with 95 %. */
export function studentQuantile(degrees: number): number {
  let quantile = known.get(degrees);
  if (quantile === undefined) {
    let low = 0;
    let high = 13;
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (studentShare(middle, degrees) < 0.95) low = middle;
      else high = middle;
    }
    quantile = low;
    known.set(degrees, quantile);
  }
  return quantile;
}

/** P(|T| <= t). Abramowitz and Stegun 26.7.3 and 26.7.4: a finite sum for whole degrees of freedom. */
function studentShare(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** Confidence interval of a share of which `k` of `n` were seen (Wilson's score interval). */
export function shareInterval(k: number, n: number): Interval {
  const z = 1.959963984540054;
  const share = k / n;
  const center = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  // At 0 and n the ends are 0 and 1, which floating point misses.
  return { low: k === 0 ? 0 : (center - half) / whole, high: k === n ? 1 : (center + half) / whole };
}

/** Quantile by linear interpolation between order statistics (R's type 7); undefined for no values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}

/** [steps]: mean of the last `window` values at each step; of those that there are, at the beginning. */
export function runningMean(values: ArrayLike<number>, window: number): Float64Array {
  const means = new Float64Array(values.length);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! - (i >= window ? values[i - window]! : 0);
    means[i] = sum / Math.min(window, i + 1);
  }
  return means;
}

export interface RecoveryRule {
  /** Control steps over which the speed is averaged. */
  readonly window: number;
  /** Control steps before the perturbation that say what the speed was. */
  readonly before: number;
  /** Of that speed, at which a life counts as recovered. */
  readonly share: number;
}

/**
 * Control steps from `end` (the first step that the perturbation no longer acts on) until the speed over the last
 * `window` steps, all of them since then, is back at `share` of what it was over the `before` steps before `begin`. Never
 * less than `window`. null: never, or there was no way forward to come back to.
 */
export function recoverySteps(
  speed: ArrayLike<number>,
  begin: number,
  end: number,
  { window, before, share }: RecoveryRule,
): number | null {
  const first = Math.max(0, begin - before);
  let sum = 0;
  for (let step = first; step < begin && step < speed.length; step++) sum += speed[step]!;
  const threshold = (share * sum) / (begin - first);
  if (!(threshold > 0)) return null;
  let recent = 0;
  for (let step = end; step < speed.length; step++) {
    recent += speed[step]! - (step - window >= end ? speed[step - window]! : 0);
    const lasted = step - end + 1;
    if (lasted >= window && recent / window >= threshold) return lasted;
  }
  return null;
}
