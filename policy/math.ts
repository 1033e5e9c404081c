/**
 * Elementary functions with the same bits on every machine.
 *
 * `Math.sin`, `Math.tanh` and their kin are left to the JavaScript engine; everything here uses only the
 * operations that IEEE 754 rounds correctly (+ - * / sqrt) in a fixed order. Double precision unless named F32.
 */

const f32 = Math.fround;

/**
 * tanh in single precision: the odd rational approximation of degree 13/6 that Eigen and XLA use (their
 * published coefficients), clamped where tanh rounds to 1. Within 4e-7 of tanh everywhere; NaN stays NaN.
 * The SIMD kernel repeats these operations in this order (policy/kernel/assembly/tanh.ts).
 */
export function tanhF32(value: number): number {
  const limit = f32(7.90531110763549805);
  const x = Math.max(Math.min(f32(value), limit), -limit);
  const x2 = f32(x * x);
  let p = f32(f32(f32(-2.76076847742355e-16) * x2) + f32(2.00018790482477e-13));
  p = f32(f32(p * x2) + f32(-8.60467152213735e-11));
  p = f32(f32(p * x2) + f32(5.12229709037114e-8));
  p = f32(f32(p * x2) + f32(1.48572235717979e-5));
  p = f32(f32(p * x2) + f32(6.37261928875436e-4));
  p = f32(f32(p * x2) + f32(4.89352455891786e-3));
  p = f32(p * x);
  let q = f32(f32(f32(1.19825839466702e-6) * x2) + f32(1.18534705686654e-4));
  q = f32(f32(q * x2) + f32(2.268434632439e-3));
  q = f32(f32(q * x2) + f32(4.89352518554385e-3));
  return Math.max(Math.min(f32(p / q), 1), -1);
}

const PI = Math.PI;
const HALF_PI = PI / 2;

/** Arc tangent of y / x in the quadrant of (x, y), rad in [-pi, pi]; atan2(0, 0) is 0. Within 7e-16, beyond +-2 within 9e-16. */
export function atan2(y: number, x: number): number {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  if (ax === 0 && ay === 0) return 0;
  let angle = ay <= ax ? atanUnit(ay / ax) : HALF_PI - atanUnit(ax / ay);
  if (x < 0) angle = PI - angle;
  return y < 0 ? -angle : angle;
}

/** Arc sine, rad; values beyond [-1, 1] (by rounding) count as the nearest bound. */
export function asin(value: number): number {
  const s = Math.max(-1, Math.min(1, value));
  return atan2(s, Math.sqrt((1 - s) * (1 + s)));
}

/** atan on [0, 1]: two half-angle steps bring the argument below 0.2, then the Taylor series. */
function atanUnit(t: number): number {
  const t1 = t / (1 + Math.sqrt(1 + t * t));
  const t2 = t1 / (1 + Math.sqrt(1 + t1 * t1));
  const s = t2 * t2;
  let sum = 0;
  for (let k = 23; k >= 1; k -= 2) sum = 1 / k - s * sum;
  return 4 * t2 * sum;
}

/** pi/2 in two parts (those of fdlibm): products of the first, of 33 bits, with small integers are exact. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** sin x; within 1e-15 for |x| up to a thousand rad. */
export function sin(x: number): number {
  const quarter = Math.round(x / HALF_PI);
  const r = x - quarter * HALF_PI_HIGH - quarter * HALF_PI_LOW;
  const phase = ((quarter % 4) + 4) % 4;
  const value = phase % 2 === 0 ? sinSeries(r) : cosSeries(r);
  return phase >= 2 ? -value : value;
}

/** cos x; accuracy as {@link sin}. */
export function cos(x: number): number {
  const quarter = Math.round(x / HALF_PI);
  const r = x - quarter * HALF_PI_HIGH - quarter * HALF_PI_LOW;
  const phase = ((quarter % 4) + 4) % 4;
  const value = phase % 2 === 0 ? cosSeries(r) : sinSeries(r);
  return phase === 1 || phase === 2 ? -value : value;
}

function sinSeries(r: number): number {
  const s = r * r;
  let sum = 1;
  for (let k = 17; k >= 3; k -= 2) sum = 1 - (s / (k * (k - 1))) * sum;
  return r * sum;
}

function cosSeries(r: number): number {
  const s = r * r;
  let sum = 1;
  for (let k = 18; k >= 2; k -= 2) sum = 1 - (s / (k * (k - 1))) * sum;
  return sum;
}

const SQRT_HALF = Math.SQRT1_2;
const LN2 = Math.LN2;

/** Natural logarithm of a positive normal number; relative error below 1e-14. */
export function log(x: number): number {
  let exponent = 0;
  let mantissa = x;
  while (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  while (mantissa > 2 * SQRT_HALF) {
    mantissa /= 2;
    exponent += 1;
  }
  const t = (mantissa - 1) / (mantissa + 1);
  const s = t * t;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = 1 / k + s * sum;
  return exponent * LN2 + 2 * t * sum;
}
