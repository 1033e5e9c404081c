import type { Topic } from '../message-map.js';
import { decodeJson, type DecodedJson } from '../transport/json-messages.js';
import { DELIVERIES } from './deliveries.js';

/** Of the JSON messages, told with each of them as the user property `schema`. */
export const SCHEMA_VERSION = '1';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The message that came as `payload`, or what is wrong with it. Never throws, whatever came.
 *
 * @param schema the user property; undefined: from somebody who does not know about it, and is believed
 */
export function readPayload<T extends Topic>(
  topic: T,
  payload: Uint8Array,
  schema: string | undefined,
): DecodedJson<T> {
  const { largestPayload } = DELIVERIES[topic];
  if (payload.length > largestPayload) {
    return { problem: `${payload.length} bytes are more than the ${largestPayload} that are read` };
  }
  if (schema !== undefined && schema !== SCHEMA_VERSION) {
    return {
      problem: `is of schema version '${schema.slice(0, 20)}'; this hebbridge reads ${SCHEMA_VERSION}`,
    };
  }
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return { problem: 'is no UTF-8' };
  }
  return decodeJson(topic, text);
}
