import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../policy/errors.js';
import { perturbationSchema } from '../../policy/perturbation/index.js';
import type { MessageMap } from '../message-map.js';
import { SUPERVISOR_PHASES } from '../supervisor/supervisor.js';

/** The messages that travel as JSON wherever a transport has nothing better for them: rare, and read by people. */
export type JsonTopic = Exclude<keyof MessageMap, 'robotState' | 'observation' | 'jointCommand'>;

export const JSON_TOPICS = [
  'perturbationRequest',
  'operatorRequest',
  'bodyPerturbation',
  'restartRequest',
  'acknowledgement',
  'status',
] as const satisfies readonly JsonTopic[];

const percentiles = z.object({ p50: z.number(), p99: z.number() }).nullable();
const number = z.number().nullable();
const seed = z.int().nonnegative().max(0xffffffff);

/**
 * What each must look like. Requests to the controller pass as they are: it parses, and answers, every request
 * itself, so that whoever asked learns what was wrong.
 */
const schemas = {
  perturbationRequest: z.unknown(),
  operatorRequest: z.unknown(),
  bodyPerturbation: z.object({ operation: z.enum(['begin', 'end']), perturbation: perturbationSchema }),
  restartRequest: z.object({ id: z.string().max(64), seed: seed.optional() }),
  acknowledgement: z.object({
    id: z.string(),
    from: z.enum(['controller', 'robot']),
    accepted: z.boolean(),
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode]).optional(),
    reason: z.string(),
  }),
  status: z.object({
    stamp: z.number(),
    time: z.number(),
    state: z.enum(SUPERVISOR_PHASES),
    reason: z.string(),
    latched: z.string().nullable(),
    steps: z.number(),
    safeSteps: z.number(),
    overruns: z.number(),
    missedPeriods: z.number(),
    stateAge: number,
    inputRate: number,
    outputRate: number,
    stepTime: percentiles,
    jitter: percentiles,
    plasticity: z
      .object({
        layerRms: z.array(number),
        drift: number,
        saturation: number,
        frozenBy: z.array(z.enum(['operator', 'perturbation', 'health'])),
        health: z.enum(['healthy', 'freeze', 'damp', 'stop']),
      })
      .nullable(),
    weightRms: number,
    frozen: z.boolean(),
    activePerturbations: z.array(perturbationSchema),
  }),
} as const satisfies Record<JsonTopic, z.ZodType>;

export type DecodedJson<T extends JsonTopic> =
  { readonly message: MessageMap[T] } | { readonly problem: string };

export function encodeJson(message: MessageMap[JsonTopic]): string {
  return JSON.stringify(message);
}

/**
 * The message that `text` holds, or what is wrong with it. A request to the controller that is no JSON at all is
 * handed on as the text that it is: to be refused there. A bare perturbation is taken for the request to begin it.
 */
export function decodeJson<T extends JsonTopic>(topic: T, text: string): DecodedJson<T> {
  const toController = topic === 'perturbationRequest' || topic === 'operatorRequest';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = text;
    if (!toController) return { problem: `is no JSON: ${text.slice(0, 80)}` };
  }
  if (topic === 'perturbationRequest' && isBarePerturbation(value)) {
    value = { operation: 'begin', perturbation: value };
  }
  const parsed = schemas[topic].safeParse(value);
  // JSON has no undefined, so fields that may be absent are absent, as the types want it.
  if (parsed.success) return { message: parsed.data as MessageMap[T] };
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}` };
}

function isBarePerturbation(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'component' in value && !('operation' in value);
}
