import type { MessageMap, Topic } from '../message-map.js';
import { encodeFloat32s } from './base64-floats.js';
import { parseBoundedJson, TOO_DEEP } from './bounded-json.js';
import { bareEmergencyStop, isEmergencyStop } from './emergency-stop.js';
import { MESSAGE_SCHEMAS } from './message-schemas.js';

/** The messages that are rare, and read by people: JSON, even where a transport has something better for others. */
export type JsonTopic = Exclude<Topic, 'robotState' | 'observation' | 'jointCommand'>;

export const JSON_TOPICS = [
  'perturbationRequest',
  'operatorRequest',
  'bodyPerturbation',
  'simulationRequest',
  'acknowledgement',
  'status',
  'weights',
] as const satisfies readonly JsonTopic[];

export type DecodedJson<T extends Topic> = { readonly message: MessageMap[T] } | { readonly problem: string };

/** Typed arrays become arrays, those of weights base64; what is not finite becomes null. */
export function encodeJson<T extends Topic>(topic: T, message: MessageMap[T]): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    if (value instanceof Float32Array) return topic === 'weights' ? encodeFloat32s(value) : Array.from(value);
    return value instanceof Float64Array ? Array.from(value) : value;
  });
}

/**
 * The message that `text` holds, or what is wrong with it. A request to the controller that is no JSON at all is
 * handed on as the text that it is, and one that is nested too deep without its depths: to be refused there. A bare
 * perturbation is taken for the request to begin it; of an emergency stop nothing else is handed on. Never throws.
 */
export function decodeJson<T extends Topic>(topic: T, text: string): DecodedJson<T> {
  const toController = topic === 'perturbationRequest' || topic === 'operatorRequest';
  let value: unknown;
  let tooDeep = false;
  try {
    ({ value, tooDeep } = parseBoundedJson(text));
  } catch {
    value = text;
    if (!toController) return { problem: `is no JSON: ${text.slice(0, 80)}` };
  }
  if (tooDeep && !toController) return { problem: `is ${TOO_DEEP}` };
  if (topic === 'operatorRequest' && isEmergencyStop(value)) value = bareEmergencyStop(value);
  if (topic === 'perturbationRequest' && isBarePerturbation(value)) {
    value = { operation: 'begin', perturbation: value };
  }
  const parsed = MESSAGE_SCHEMAS[topic].safeParse(value);
  // JSON has no undefined, so fields that may be absent are absent, as the types want it.
  if (parsed.success) return { message: parsed.data as MessageMap[T] };
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}` };
}

function isBarePerturbation(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'component' in value && !('operation' in value);
}
