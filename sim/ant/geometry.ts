import { ANT_LEGS, type AntLeg } from '../../policy/robot-contract.js';
import { CAPSULE_RADIUS } from '../../policy/robot-model.js';

export {
  CAPSULE_RADIUS,
  FOOT_LENGTH,
  HIP_OFFSET,
  LEG_DIRECTION,
  THIGH_LENGTH,
  TORSO_RADIUS,
} from '../../policy/robot-model.js';

/** m per axis: the foot of the paper's damaged leg. */
export const DAMAGED_FOOT_LENGTH = 0.1;
/** PyBullet's default, with which the paper's robot was simulated: 182 kg in all. */
export const DENSITY = 1000;
export const FRICTION = 1.5;
export const GRAVITY = 9.8;

/** Index of a leg's hip in the contract's joints; its ankle follows. */
export function hipIndex(leg: AntLeg): number {
  return 2 * ANT_LEGS.indexOf(leg);
}

/** Mass of a capsule whose axis has this length, kg. */
export function capsuleMass(length: number, radius = CAPSULE_RADIUS): number {
  return DENSITY * Math.PI * radius * radius * (length + (4 / 3) * radius);
}
