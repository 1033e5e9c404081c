import type { CdrCursor } from './cdr-cursor.js';

/**
 * A float64[] beside a list of joint names: as long as that, or empty.
 * @param joints how many names there are
 * @param into where the numbers go if it has their length
 * @returns `into`, or another array of the right length
 */
export function readJointNumbers(
  cursor: CdrCursor,
  field: string,
  joints: number,
  into: Float64Array,
): Float64Array {
  const count = cursor.sequenceLength(field, 8);
  if (count !== 0 && count !== joints) {
    cursor.fail(`${field} has ${count} entries for ${joints} joint names; there must be as many, or none`);
  }
  const values = into.length === count ? into : new Float64Array(count);
  cursor.float64s(values);
  return values;
}
