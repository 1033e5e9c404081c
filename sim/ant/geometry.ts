import { ANT_LEGS, type AntLeg } from '../../policy/robot-contract.js';

/** The Ant of ant.xml (gym, PyBullet): lengths in m, density in kg/m3, all capsules lying along their link. */
export const TORSO_RADIUS = 0.25;
export const CAPSULE_RADIUS = 0.08;
/** A leg's direction in the horizontal plane, per axis: the hip's place is (+-0.2, +-0.2). */
export const HIP_OFFSET = 0.2;
/** Thigh, from hip to ankle, per axis. */
export const THIGH_LENGTH = 0.2;
/** Foot, from ankle to tip, per axis. The paper's damage shortens it to 0.1. */
export const FOOT_LENGTH = 0.4;
export const DAMAGED_FOOT_LENGTH = 0.1;
/** PyBullet's default, with which the paper's robot was simulated: 182 kg in all. */
export const DENSITY = 1000;
export const FRICTION = 1.5;
export const GRAVITY = 9.8;

/** Unit steps along x and y towards a leg: front is +x, left is +y. */
export const LEG_DIRECTION: Readonly<Record<AntLeg, { readonly x: 1 | -1; readonly y: 1 | -1 }>> = {
  left_front: { x: 1, y: 1 },
  right_front: { x: 1, y: -1 },
  left_back: { x: -1, y: 1 },
  right_back: { x: -1, y: -1 },
};

/** Index of a leg's hip in the contract's joints; its ankle follows. */
export function hipIndex(leg: AntLeg): number {
  return 2 * ANT_LEGS.indexOf(leg);
}

/** Mass of a capsule whose axis has this length, kg. */
export function capsuleMass(length: number, radius = CAPSULE_RADIUS): number {
  return DENSITY * Math.PI * radius * radius * (length + (4 / 3) * radius);
}
