import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../policy/errors.js';
import { perturbationSchema } from '../../policy/perturbation/index.js';
import type { Topic } from '../message-map.js';
import { SUPERVISOR_PHASES } from '../supervisor/supervisor.js';
import { decodeFloat32s } from './base64-floats.js';

const percentiles = z.object({ p50: z.number(), p99: z.number() }).nullable();
const number = z.number().nullable();
/** JSON has no NaN: null stands for what is not finite. */
const float64s = z
  .array(number)
  .max(1024)
  .transform((values) => Float64Array.from(values, (value) => value ?? NaN));
const float32s = z
  .array(number)
  .max(1024)
  .transform((values) => Float32Array.from(values, (value) => value ?? NaN));
const neurons = z.int().positive().max(4096);
/** Many numbers: little-endian float32 as base64. */
const base64Float32s = z
  .base64()
  .max(2 ** 22)
  .transform(decodeFloat32s);
const names = z.array(z.string().max(128)).max(1024);
const id = z.string().max(64);
const seed = z.int().nonnegative().max(0xffffffff);

/**
 * What each message must look like where it comes from outside as JSON. Requests to the controller pass as they are:
 * it parses, and answers, every request itself, so that whoever asked learns what was wrong.
 */
export const MESSAGE_SCHEMAS = {
  robotState: z.object({
    stamp: z.number(),
    episode: z.int().nonnegative(),
    joints: z.object({ names, position: float64s, velocity: float64s, effort: float64s }),
    torso: z.object({ position: float64s, orientation: float64s, linearVelocity: float64s }),
    feet: z.object({ names, contact: float64s }),
  }),
  observation: z.object({ stamp: z.number(), episode: z.int().nonnegative(), values: float32s }),
  jointCommand: z.object({
    stamp: z.number(),
    names,
    interface: z.enum(['effort', 'position']),
    values: float64s,
  }),
  perturbationRequest: z.unknown(),
  operatorRequest: z.unknown(),
  bodyPerturbation: z.object({ operation: z.enum(['begin', 'end']), perturbation: perturbationSchema }),
  simulationRequest: z.discriminatedUnion('operation', [
    z.strictObject({
      operation: z.literal('restart'),
      id,
      seed: seed.optional(),
      morphology: z.string().max(64).optional(),
      bundle: z.string().max(64).optional(),
    }),
    z.strictObject({ operation: z.literal('pause'), id, paused: z.boolean() }),
  ]),
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
    goalHeading: z.number(),
    activePerturbations: z.array(perturbationSchema),
  }),
  weights: z.object({
    stamp: z.number(),
    layers: z.array(z.object({ pre: neurons, post: neurons, values: base64Float32s })).max(16),
  }),
} as const satisfies Record<Topic, z.ZodType>;
