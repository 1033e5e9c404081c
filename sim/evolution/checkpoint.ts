import { z } from 'zod';
import { decodeSafetensors, encodeSafetensors, float32Tensor } from '../../policy/bundle/safetensors.js';
import { HebbridgeError } from '../../policy/errors.js';
import { ancestrySchema, type Ancestry } from './ancestry.js';
import { evolutionSettingsSchema, type EvolutionSettings } from './evolution-settings.js';
import type { OpenEsState } from './open-es.js';
import { createOptimizer } from './optimizer.js';

/** The best center so far, by validation. */
export interface BestCenter {
  readonly generation: number;
  /** Control steps that evolution took to get there; absent in checkpoints of before they were counted. */
  readonly steps?: number | undefined;
  /** Mean of its means: the least of them is that of the hardest morphology, and mostly luck. */
  readonly score: number;
  /** Mean validation distance a morphology, in the settings' order. */
  readonly means: readonly number[];
  readonly center: Float32Array;
}

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly settings: EvolutionSettings;
  readonly state: OpenEsState;
  readonly best: BestCenter | undefined;
  /** Control steps that candidates lived so far, those behind `from` included; lives of validation are not counted. */
  readonly stepsTotal: number;
  /** Of the rules that it began with; absent without any, and in checkpoints of before it was kept. */
  readonly ancestry?: Ancestry | undefined;
  /** By what it was lived, in order (`evolutionProgram`); absent in checkpoints of before it was kept. */
  readonly programs?: readonly string[] | undefined;
}

const FORMAT = 'hebbridge-checkpoint-1';

const metadataSchema = z.strictObject({
  format: z.literal(FORMAT),
  generation: z.number().int().min(0),
  stepsTotal: z.number().int().min(0),
  ancestry: ancestrySchema.optional(),
  programs: z.array(z.string()).optional(),
  settings: evolutionSettingsSchema,
  best: z
    .strictObject({
      generation: z.number().int(),
      steps: z.number().int().min(0).optional(),
      score: z.number(),
      means: z.array(z.number()),
    })
    .nullable(),
});

/** A checkpoint as a safetensors file. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { settings, state, best, stepsTotal, ancestry, programs } = checkpoint;
  const tensors = new Map([['center', float32Tensor(state.center)]]);
  for (const [name, vector] of Object.entries(state.optimizer.memory)) {
    tensors.set(`optimizer.${name}`, float32Tensor(vector));
  }
  if (best) tensors.set('best', float32Tensor(best.center));
  const metadata: z.input<typeof metadataSchema> = {
    format: FORMAT,
    generation: state.generation,
    stepsTotal,
    ...(ancestry && { ancestry }),
    ...(programs && { programs: [...programs] }),
    settings,
    best: best
      ? { generation: best.generation, steps: best.steps, score: best.score, means: [...best.means] }
      : null,
  };
  return encodeSafetensors(tensors, new Map([['checkpoint', JSON.stringify(metadata)]]));
}

export function decodeCheckpoint(bytes: Uint8Array, source: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const refuse = (reason: string): never => {
    throw new HebbridgeError('ERR_CHECKPOINT', `${source}: ${reason}`);
  };
  const text = metadata.get('checkpoint') ?? refuse('it has no checkpoint metadata; is it a rule bundle?');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    refuse('its metadata are not JSON');
  }
  const parsed = metadataSchema.safeParse(json);
  if (!parsed.success)
    return refuse(`its metadata are not those of ${FORMAT}: ${parsed.error.issues[0]!.message}`);
  const { settings, generation, stepsTotal, ancestry, programs, best } = parsed.data;
  const vector = (name: string, length?: number): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== 'F32') return refuse(`it lacks the float32 tensor '${name}'`);
    if (length !== undefined && tensor.data.length !== length) {
      return refuse(`its tensor '${name}' has ${tensor.data.length} values, not ${length}`);
    }
    return tensor.data;
  };
  const center = vector('center');
  const optimizer = createOptimizer(settings.optimizer, center.length);
  for (const [name, memory] of Object.entries(optimizer.memory)) {
    memory.set(vector(`optimizer.${name}`, center.length));
  }
  return {
    settings,
    state: { generation, center, optimizer },
    best: best ? { ...best, center: vector('best', center.length) } : undefined,
    stepsTotal,
    ...(ancestry && { ancestry }),
    ...(programs && { programs }),
  };
}
