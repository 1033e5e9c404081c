import { z } from 'zod';
import type { LoadedBundle } from '../../policy/bundle/rule-bundle.js';

/** What the rules that a run begins with tell of their own evolution; `null` for what they do not tell. */
export const ancestrySchema = z.strictObject({
  /** All that they were evolved on, and those before them. */
  morphologies: z.array(z.string()),
  /** Their settings; `from` in it has the ancestry of the rules that they began with in turn. */
  evolution: z.record(z.string(), z.json()).nullable(),
  seed: z.number().nullable(),
  generations: z.number().nullable(),
  /** Control steps that the runs behind them lived. */
  controlSteps: z.number().int().min(0).nullable(),
});

export type Ancestry = z.infer<typeof ancestrySchema>;

export function ancestryOf({ provenance }: Pick<LoadedBundle, 'provenance'>): Ancestry {
  const { morphologies, evolution, seed, generations, evaluation } = provenance;
  // Bundles of before the total was told have the steps to their best center alone.
  const steps = evaluation?.['controlStepsTotal'] ?? evaluation?.['controlSteps'];
  return ancestrySchema.parse({
    morphologies,
    evolution,
    seed,
    generations,
    controlSteps: Number.isSafeInteger(steps) && Number(steps) >= 0 ? steps : null,
  });
}
