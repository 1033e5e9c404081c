import { isEmergencyStop } from './emergency-stop.js';

/** s between emergency stops that are heard although their sender says too much; the first has stopped the robot. */
export const STOP_SPACING = 0.05;

/** Bytes of the longest message that can be one. */
const LONGEST_STOP = 1024;
const STOP = Buffer.from('emergency-stop');

/** Whether it is worth reading whether a payload is an emergency stop. Cheap; others may mention one as well. */
export function mayBeEmergencyStop(payload: Buffer): boolean {
  return payload.length <= LONGEST_STOP && payload.includes(STOP);
}

/** What merely mentions one must not stand in the way of one. Never throws, whatever came. */
export function readsAsEmergencyStop(payload: Buffer): boolean {
  if (!mayBeEmergencyStop(payload)) return false;
  try {
    return isEmergencyStop(JSON.parse(payload.toString()));
  } catch {
    return false;
  }
}
