import { z } from 'zod';
import type { MessageMap, Topic } from '../message-map.js';

/** What is recorded of what travels: everything but the weights, which follow from the rest. */
export const RECORDED_TOPICS = [
  'robotState',
  'observation',
  'jointCommand',
  'operatorRequest',
  'perturbationRequest',
  'acknowledgement',
  'bodyPerturbation',
  'simulationRequest',
  'status',
] as const satisfies readonly Topic[];

export type RecordedTopic = (typeof RECORDED_TOPICS)[number];

export function isRecordedTopic(topic: string): topic is RecordedTopic {
  return (RECORDED_TOPICS as readonly string[]).includes(topic);
}

/** Any number but NaN. */
export const exactNumber = z.custom<number>(
  (value) => typeof value === 'number' && !Number.isNaN(value),
  'should be a number',
);
/** Null stands for NaN. */
const anyNumber = exactNumber.nullable().transform((value) => value ?? NaN);
const float64s = z.array(anyNumber).transform((values) => Float64Array.from(values));
const float32s = z.array(anyNumber).transform((values) => Float32Array.from(values));
const names = z.array(z.string());

/**
 * What a controller may have heard, and how it is read back: whatever numbers it was, since a controller in the same
 * process as its robot hears more than a transport would let through. Requests it parses itself.
 */
const HEARD = {
  robotState: z.object({
    stamp: anyNumber,
    episode: anyNumber,
    joints: z.object({ names, position: float64s, velocity: float64s, effort: float64s }),
    torso: z.object({ position: float64s, orientation: float64s, linearVelocity: float64s }),
    feet: z.object({ names, contact: float64s }),
  }),
  observation: z.object({ stamp: anyNumber, episode: anyNumber, values: float32s }),
  operatorRequest: z.unknown(),
  perturbationRequest: z.unknown(),
  acknowledgement: z.object({
    id: z.string(),
    from: z.enum(['controller', 'robot']),
    accepted: z.boolean(),
    reason: z.string(),
  }),
} as const;

export type HeardTopic = keyof typeof HEARD;

export function isHeardTopic(topic: string): topic is HeardTopic {
  return Object.hasOwn(HEARD, topic);
}

/** The message that was heard, or what is wrong with its record. */
export function readHeardMessage(
  topic: HeardTopic,
  value: unknown,
): { readonly message: MessageMap[HeardTopic] } | { readonly problem: string } {
  const parsed = HEARD[topic].safeParse(value);
  if (parsed.success) return { message: parsed.data as MessageMap[HeardTopic] };
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}` };
}

/** Of a published command, for whoever compares. */
export const recordedCommandSchema = z.object({
  stamp: anyNumber,
  names,
  interface: z.string(),
  values: z.array(anyNumber),
});
