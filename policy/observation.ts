import { asin, atan2, cos, sin } from './math.js';
import type { RobotContract } from './robot-contract.js';

/**
 * The observation of the Ant, that of PyBullet's AntBulletEnv; every value is clipped to [-5, 5]:
 *
 * | index  | meaning                                                              | unit          |
 * |--------|----------------------------------------------------------------------|---------------|
 * | 0      | torso height above its height at reset                               | m             |
 * | 1, 2   | sin, cos of the angle from the torso's heading to the goal's         | 1             |
 * | 3 4 5  | 0.3 x torso velocity in the yaw-aligned body frame, x y z            | 0.3 m/s       |
 * | 6, 7   | roll, pitch                                                          | rad           |
 * | 8..23  | a joint each two: position scaled to [-1, 1], 0.1 x velocity         | 1, 0.1 rad/s  |
 * | 24..27 | foot contacts                                                        | 0 or 1        |
 */
export const OBSERVATION = {
  height: 0,
  sinHeading: 1,
  cosHeading: 2,
  velocity: 3,
  roll: 6,
  pitch: 7,
  joints: 8,
} as const;

export const OBSERVATION_CLIP = 5;

/** The state of a robot that the observation is made of; filled by a simulator or from messages. */
export interface BodyState {
  /** Torso height, m. */
  height: number;
  /** Torso orientation, unit quaternion x y z w (world from body). */
  readonly orientation: Float64Array;
  /** Torso velocity in the world frame, m/s, x y z. */
  readonly linearVelocity: Float64Array;
  /** [joints], rad, in the contract's order. */
  readonly jointPosition: Float64Array;
  /** [joints], rad/s. */
  readonly jointVelocity: Float64Array;
  /** [feet], 0 or 1. */
  readonly footContact: Float64Array;
}

export function createBodyState(contract: RobotContract): BodyState {
  return {
    height: 0,
    orientation: Float64Array.of(0, 0, 0, 1),
    linearVelocity: new Float64Array(3),
    jointPosition: new Float64Array(contract.joints.length),
    jointVelocity: new Float64Array(contract.joints.length),
    footContact: new Float64Array(contract.feet.length),
  };
}

/**
 * Write the observation of `state` into `out` ([28] for the Ant). Allocates nothing.
 *
 * @param referenceHeight torso height at reset, m
 * @param goalHeading direction of the goal in the world frame, rad from +x towards +y
 */
export function observe(
  contract: RobotContract,
  state: BodyState,
  referenceHeight: number,
  goalHeading: number,
  out: Float32Array,
): void {
  const { orientation, linearVelocity, jointPosition, jointVelocity, footContact } = state;
  const x = orientation[0]!;
  const y = orientation[1]!;
  const z = orientation[2]!;
  const w = orientation[3]!;

  // Yaw as a unit vector, straight from the quaternion.
  let cosYaw = 1 - 2 * (y * y + z * z);
  let sinYaw = 2 * (w * z + x * y);
  const length = Math.sqrt(cosYaw * cosYaw + sinYaw * sinYaw);
  if (length > 1e-9) {
    cosYaw /= length;
    sinYaw /= length;
  } else {
    cosYaw = 1;
    sinYaw = 0;
  }
  const cosGoal = goalHeading === 0 ? 1 : cos(goalHeading);
  const sinGoal = goalHeading === 0 ? 0 : sin(goalHeading);
  const vx = linearVelocity[0]!;
  const vy = linearVelocity[1]!;

  out[0] = state.height - referenceHeight;
  out[1] = sinGoal * cosYaw - cosGoal * sinYaw;
  out[2] = cosGoal * cosYaw + sinGoal * sinYaw;
  out[3] = 0.3 * (cosYaw * vx + sinYaw * vy);
  out[4] = 0.3 * (cosYaw * vy - sinYaw * vx);
  out[5] = 0.3 * linearVelocity[2]!;
  out[6] = atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y));
  out[7] = asin(2 * (w * y - z * x));
  let at: number = OBSERVATION.joints;
  for (let j = 0; j < contract.joints.length; j++) {
    const { lower, upper } = contract.joints[j]!;
    out[at++] = (2 * jointPosition[j]! - lower - upper) / (upper - lower);
    out[at++] = 0.1 * jointVelocity[j]!;
  }
  for (let f = 0; f < contract.feet.length; f++) out[at++] = footContact[f]!;
  clip(out, at);
}

/**
 * Clip the first `size` values. All at once, for V8 would put every number on the heap that goes through a function.
 * NaN stays; the controller checks that an observation is finite before it acts on it.
 */
function clip(out: Float32Array, size: number): void {
  for (let k = 0; k < size; k++) {
    if (out[k]! > OBSERVATION_CLIP) out[k] = OBSERVATION_CLIP;
    else if (out[k]! < -OBSERVATION_CLIP) out[k] = -OBSERVATION_CLIP;
  }
}
