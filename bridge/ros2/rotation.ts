/**
 * Rotate `vector` by the unit quaternion `q` (x y z w), or by its inverse, into `out` (may be `vector`); v' = v +
 * 2 w (u x v) + 2 u x (u x v). Allocates nothing.
 */
export function rotate(
  q: ArrayLike<number>,
  vector: ArrayLike<number>,
  out: Float64Array,
  inverse = false,
): void {
  const sign = inverse ? -1 : 1;
  const ux = sign * q[0]!;
  const uy = sign * q[1]!;
  const uz = sign * q[2]!;
  const w = q[3]!;
  const x = vector[0]!;
  const y = vector[1]!;
  const z = vector[2]!;
  const tx = 2 * (uy * z - uz * y);
  const ty = 2 * (uz * x - ux * z);
  const tz = 2 * (ux * y - uy * x);
  out[0] = x + w * tx + (uy * tz - uz * ty);
  out[1] = y + w * ty + (uz * tx - ux * tz);
  out[2] = z + w * tz + (ux * ty - uy * tx);
}

/** How far from 1 the squared length of a quaternion that is meant as a rotation may be. */
const LENGTH_TOLERANCE = 0.1;

/** Whether the quaternion `q` (x y z w) is a rotation: of length 1. Drivers that have not begun to measure say zeros. */
export function isRotation(q: ArrayLike<number>): boolean {
  const square = q[0]! * q[0]! + q[1]! * q[1]! + q[2]! * q[2]! + q[3]! * q[3]!;
  return Math.abs(square - 1) < LENGTH_TOLERANCE;
}
