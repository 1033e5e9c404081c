import { HebbridgeError } from '../../../policy/errors.js';
import type { CdrCursor } from './cdr-cursor.js';

/*
 * builtin_interfaces/Time and Duration: int32 sec, uint32 nanosec in [0, 1e9). Here they are one number in s. Up
 * to a million seconds it keeps every nanosecond; of the time since 1970 it keeps a quarter of a microsecond.
 */

const NANOSECONDS = 1e9;
const LEAST = -(2 ** 31);
const BEYOND = 2 ** 31;

/** In s. */
export function readTime(cursor: CdrCursor, field: string): number {
  const seconds = cursor.int32();
  const nanoseconds = cursor.uint32();
  if (nanoseconds >= NANOSECONDS) cursor.fail(`${field}.nanosec is ${nanoseconds}, not less than 1e9`);
  return seconds + nanoseconds / NANOSECONDS;
}

/**
 * @param time in s
 * @throws HebbridgeError ERR_INTERNAL if it is not finite or does not fit
 */
export function putTime(view: DataView, place: number, time: number): void {
  let seconds = Math.floor(time);
  let nanoseconds = Math.round((time - seconds) * NANOSECONDS);
  if (nanoseconds === NANOSECONDS) {
    seconds += 1;
    nanoseconds = 0;
  }
  // NaN is neither.
  if (!(seconds >= LEAST && seconds < BEYOND)) {
    throw new HebbridgeError('ERR_INTERNAL', `${time} s cannot be told in a ROS message; give -2^31 to 2^31`);
  }
  view.setInt32(place, seconds, true);
  view.setUint32(place + 4, nanoseconds, true);
}
