import { imu, odometry } from './body-codecs.js';
import type { Codec } from './codec.js';
import { jointState, jointTrajectory } from './joint-codecs.js';
import { bool, clock, float32MultiArray, float64, float64MultiArray } from './value-codecs.js';

/** Each with messages of its own type only: what goes into one of its functions came out of another. */
export const CODECS = [
  jointState,
  imu,
  odometry,
  jointTrajectory,
  float64MultiArray,
  float32MultiArray,
  clock,
  bool,
  float64,
] as readonly Codec<unknown>[];
