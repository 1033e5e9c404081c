import type { OperatorRequest } from '../message-map.js';

type EmergencyStop = Extract<OperatorRequest, { operation: 'emergency-stop' }>;

/** Whatever its type says: a request comes from outside and may not be parsed yet. */
export function isEmergencyStop(
  given: unknown,
): given is { readonly operation: 'emergency-stop'; readonly id?: unknown } {
  return (
    typeof given === 'object' &&
    given !== null &&
    'operation' in given &&
    given.operation === 'emergency-stop'
  );
}

/**
 * An emergency stop and nothing else, whatever came with it: what is not there keeps nobody from hearing it. Without
 * an id that can be repeated, its answer has none.
 */
export function bareEmergencyStop(given: { readonly id?: unknown }): EmergencyStop {
  const { id } = given;
  return { operation: 'emergency-stop', id: typeof id === 'string' && id.length <= 64 ? id : '' };
}
