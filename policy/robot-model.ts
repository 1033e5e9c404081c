import { cos, sin } from './math.js';
import { ANT_LEGS, type AntLeg } from './robot-contract.js';

/*
 * The Ant of ant.xml (gym, PyBullet) as data: what its body is made of, and where the parts are in a pose. For
 * whoever builds it (sim/ant) and whoever draws it. Lengths in m, axes of REP-103 (x forward, y left, z up).
 */

export const TORSO_RADIUS = 0.25;
/** All capsules lie along their link. */
export const CAPSULE_RADIUS = 0.08;
/** A leg's direction in the horizontal plane, per axis: the hip's place is (+-0.2, +-0.2). */
export const HIP_OFFSET = 0.2;
/** Thigh, from hip to ankle, per axis. */
export const THIGH_LENGTH = 0.2;
/** Foot, from ankle to tip, per axis. The paper's damage shortens it to 0.1. */
export const FOOT_LENGTH = 0.4;

/** Unit steps along x and y towards a leg: front is +x, left is +y. */
export const LEG_DIRECTION: Readonly<Record<AntLeg, { readonly x: 1 | -1; readonly y: 1 | -1 }>> = {
  left_front: { x: 1, y: 1 },
  right_front: { x: 1, y: -1 },
  left_back: { x: -1, y: 1 },
  right_back: { x: -1, y: -1 },
};

/** A part of the robot: a sphere, or a capsule. */
export interface RobotPart {
  /** `torso`, `left_front_stub`, `left_front_thigh`, `left_front_foot`, ... */
  readonly name: string;
  readonly shape: 'sphere' | 'capsule';
  readonly radius: number;
  /** The leg that it belongs to; the stubs and the torso are of none, for no damage reaches them. */
  readonly leg?: AntLeg;
  /** The joint that moves it against the part before it. */
  readonly joint?: string;
}

const capsule = { shape: 'capsule', radius: CAPSULE_RADIUS } as const;

/**
 * The 13 parts: the torso, then of each leg the stub (fixed to the torso, up to the hip), the thigh (from hip to
 * ankle) and the foot (from ankle to tip).
 */
export const ANT_PARTS: readonly RobotPart[] = [
  { name: 'torso', shape: 'sphere', radius: TORSO_RADIUS },
  ...ANT_LEGS.flatMap((leg): RobotPart[] => [
    { name: `${leg}_stub`, ...capsule },
    { name: `${leg}_thigh`, ...capsule, leg, joint: `${leg}_hip` },
    { name: `${leg}_foot`, ...capsule, leg, joint: `${leg}_ankle` },
  ]),
];

/** What {@link placeParts} needs to know. */
export interface RobotPose {
  /** [3] m, world frame: the torso's centre. */
  readonly position: ArrayLike<number>;
  /** [4] unit quaternion x y z w, world from body. */
  readonly orientation: ArrayLike<number>;
  /** [8] rad, in the order of ANT_CONTRACT: hip and ankle of each leg. */
  readonly jointPosition: ArrayLike<number>;
  /** [4] m per axis, in the order of ANT_LEGS; {@link FOOT_LENGTH} is intact. */
  readonly footLength: ArrayLike<number>;
}

/** Where the parts are, in the order of {@link ANT_PARTS}. */
export interface PartPoses {
  /** [13, 3] m, world frame: centres. */
  readonly position: Float64Array;
  /** [13, 4] unit quaternions x y z w that turn +z to the capsule's axis, away from the torso. */
  readonly orientation: Float64Array;
  /** [13] m: of the capsule's axis, without its round ends; 0 for the sphere. */
  readonly length: Float64Array;
}

export function createPartPoses(): PartPoses {
  const parts = ANT_PARTS.length;
  return {
    position: new Float64Array(3 * parts),
    orientation: new Float64Array(4 * parts),
    length: new Float64Array(parts),
  };
}

/** Scratch, so that nothing is allocated: the links' rotations x y z w, and the joint that is at work, m. */
const torso = new Float64Array(4);
const thigh = new Float64Array(4);
const foot = new Float64Array(4);
const step = new Float64Array(4);
const joint = new Float64Array(3);
/** What turns +z to each leg's direction at rest, x y z w. */
const toDirection = ANT_LEGS.map((leg) => {
  const { x, y } = LEG_DIRECTION[leg];
  // A quarter turn about the horizontal axis across the leg: axis (-y, x, 0) / sqrt 2, half its angle 45 degrees.
  return Float64Array.of(-y / 2, x / 2, 0, Math.SQRT1_2);
});

/**
 * Forward kinematics: where every part is. All links stand unrotated at joint position 0; hips turn about the
 * vertical of the torso, ankles about the horizontal axis across the thigh, positive down. Allocates nothing.
 */
export function placeParts(pose: RobotPose, out: PartPoses): void {
  const { position, orientation, jointPosition, footLength } = pose;
  for (let k = 0; k < 4; k++) torso[k] = orientation[k]!;
  for (let k = 0; k < 3; k++) out.position[k] = position[k]!;
  out.orientation.set(torso, 0);
  out.length[0] = 0;
  for (let l = 0; l < ANT_LEGS.length; l++) {
    const { x, y } = LEG_DIRECTION[ANT_LEGS[l]!];
    for (let k = 0; k < 3; k++) joint[k] = position[k]!;
    placeCapsule(3 * l + 1, l, torso, HIP_OFFSET, out);

    const hip = jointPosition[2 * l]!;
    setQuaternion(step, 0, 0, sin(hip / 2), cos(hip / 2));
    multiply(torso, step, thigh);
    placeCapsule(3 * l + 2, l, thigh, THIGH_LENGTH, out);

    const ankle = jointPosition[2 * l + 1]!;
    const s = sin(ankle / 2) * Math.SQRT1_2;
    setQuaternion(step, -y * s, x * s, 0, cos(ankle / 2));
    multiply(thigh, step, foot);
    placeCapsule(3 * l + 3, l, foot, footLength[l]!, out);
  }
}

/** A capsule from `joint`, of `length` m per axis along the leg in `link`; `joint` moves on to its other end. */
function placeCapsule(part: number, leg: number, link: Float64Array, length: number, out: PartPoses): void {
  const { x, y } = LEG_DIRECTION[ANT_LEGS[leg]!];
  const qx = link[0]!;
  const qy = link[1]!;
  const qz = link[2]!;
  const qw = link[3]!;
  // The rotation matrix's first two columns times the direction; v = (x, y, 0).
  const vx = x * length;
  const vy = y * length;
  const reachX = (1 - 2 * (qy * qy + qz * qz)) * vx + 2 * (qx * qy - qw * qz) * vy;
  const reachY = 2 * (qx * qy + qw * qz) * vx + (1 - 2 * (qx * qx + qz * qz)) * vy;
  const reachZ = 2 * (qx * qz - qw * qy) * vx + 2 * (qy * qz + qw * qx) * vy;
  out.position[3 * part] = joint[0]! + reachX / 2;
  out.position[3 * part + 1] = joint[1]! + reachY / 2;
  out.position[3 * part + 2] = joint[2]! + reachZ / 2;
  out.length[part] = length * Math.SQRT2;
  multiply(link, toDirection[leg]!, step);
  out.orientation.set(step, 4 * part);
  joint[0]! += reachX;
  joint[1]! += reachY;
  joint[2]! += reachZ;
}

function setQuaternion(out: Float64Array, x: number, y: number, z: number, w: number): void {
  out[0] = x;
  out[1] = y;
  out[2] = z;
  out[3] = w;
}

/** out = the rotation b followed by a. `out` is neither of them. */
function multiply(a: Float64Array, b: Float64Array, out: Float64Array): void {
  const ax = a[0]!;
  const ay = a[1]!;
  const az = a[2]!;
  const aw = a[3]!;
  const bx = b[0]!;
  const by = b[1]!;
  const bz = b[2]!;
  const bw = b[3]!;
  out[0] = aw * bx + ax * bw + ay * bz - az * by;
  out[1] = aw * by - ax * bz + ay * bw + az * bx;
  out[2] = aw * bz + ax * by - ay * bx + az * bw;
  out[3] = aw * bw - ax * bx - ay * by - az * bz;
}
