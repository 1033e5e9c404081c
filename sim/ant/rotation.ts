import { atan2, cos, sin } from '../../policy/math.js';

export interface Vector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A unit quaternion: a rotation. */
export interface Quaternion extends Vector {
  readonly w: number;
}

/** The rotation b followed by a. */
export function multiply(a: Quaternion, b: Quaternion): Quaternion {
  return {
    x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
    y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
    z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
    w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
  };
}

/** A horizontal vector turned about the vertical by `q` (x and y of q are 0). */
export function rotateFlat(q: Quaternion, x: number, y: number): { x: number; y: number } {
  const c = q.w * q.w - q.z * q.z;
  const s = 2 * q.w * q.z;
  return { x: c * x - s * y, y: s * x + c * y };
}

/** The rotation that takes +y (a capsule's axis) to the horizontal unit vector (x, y): about the vertical. */
export function fromYAxisTo(x: number, y: number): Quaternion {
  const half = atan2(-x, y) / 2;
  return { x: 0, y: 0, z: sin(half), w: cos(half) };
}
