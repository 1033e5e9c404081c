/** A mean and how sure it is. */
export interface MeanEstimate {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; 0 of a single value. */
  readonly sd: number;
  /** 95 % confidence interval of the mean, by Student's t; absent for a single value, of which nothing is known. */
  readonly interval?: readonly [low: number, high: number];
}

/** So many of so many, and how sure that share is. */
export interface ShareEstimate {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  /** 95 % confidence interval of the share, Wilson's score interval. */
  readonly interval: readonly [low: number, high: number];
}

/** The normal distribution's quantile at 97.5 %. */
const Z = 1.959963984540054;

/** Of at least one value. */
export function estimateMean(values: ArrayLike<number>): MeanEstimate {
  const count = values.length;
  const mean = sumOf(values, (value) => value) / count;
  if (count < 2) return { count, mean, sd: 0 };
  const sd = Math.sqrt(sumOf(values, (value) => (value - mean) ** 2) / (count - 1));
  const reach = (studentQuantile(0.975, count - 1) * sd) / Math.sqrt(count);
  return { count, mean, sd, interval: [mean - reach, mean + reach] };
}

/** The ends of its interval; the mean itself where nothing is known of the spread. */
export function boundsOf({ mean, interval: [low, high] = [mean, mean] }: MeanEstimate): {
  readonly low: number;
  readonly high: number;
} {
  return { low, high };
}

/** E. B. Wilson 1927: unlike the textbook's interval it is right near 0 and 1, where experiments end. `of` is at least 1. */
export function estimateShare(count: number, of: number): ShareEstimate {
  const share = count / of;
  const shrunk = 1 + Z ** 2 / of;
  const centre = (share + Z ** 2 / (2 * of)) / shrunk;
  const reach = (Z / shrunk) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  // Rounding must not leave a sliver beside what is certain.
  const low = count === 0 ? 0 : centre - reach;
  const high = count === of ? 1 : centre + reach;
  return { count, of, share, interval: [low, high] };
}

/**
 * Quantile of Student's t distribution, `probability` in (0.5, 1), for whole degrees of freedom: the finite sums of
 * Abramowitz and Stegun 26.7.3 and 26.7.4, inverted by bisection.
 */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  const wanted = 2 * probability - 1;
  let low = 0;
  let high = Math.PI / 2;
  for (let turn = 0; turn < 80; turn++) {
    const middle = (low + high) / 2;
    if (withinStudent(middle, degreesOfFreedom) < wanted) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2);
}

/** Probability that |t| is at most sqrt(n) tan(angle). */
function withinStudent(angle: number, n: number): number {
  const sine = Math.sin(angle);
  const squared = Math.cos(angle) ** 2;
  const odd = n % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = n > 1 ? term : 0;
  for (let k = odd ? 3 : 2; k < n; k += 2) {
    term *= ((k - 1) / k) * squared;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/**
 * Quantile of `values`, linear between them (type 7 of Hyndman and Fan 1996); `probability` in [0, 1]. Infinity may be
 * among them, and may be the answer. Of at least one value.
 */
export function quantile(values: readonly number[], probability: number): number {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  const place = probability * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below === above ? below : below + (place - Math.floor(place)) * (above - below);
}

/** The shape of a distribution. */
export interface Moments {
  readonly mean: number;
  /** Of the values themselves, not of what they are a sample of. */
  readonly sd: number;
  /** 0 for what is symmetric, more where the tail above the mean is the longer one. */
  readonly skewness: number;
  /** 0 for a normal distribution, more for one with longer tails. */
  readonly excessKurtosis: number;
}

/** Of at least one value; where all are the same there is no shape, and 0 stands for it. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const moment = (power: number, about: number): number =>
    sumOf(values, (value) => (value - about) ** power) / values.length;
  const mean = moment(1, 0);
  const variance = moment(2, mean);
  return {
    mean,
    sd: Math.sqrt(variance),
    skewness: variance === 0 ? 0 : moment(3, mean) / variance ** 1.5,
    excessKurtosis: variance === 0 ? 0 : moment(4, mean) / variance ** 2 - 3,
  };
}

function sumOf(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += of(values[k]!);
  return sum;
}
