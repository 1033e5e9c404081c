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

/** The bundle that a run began with, if it is still to be had. */
export type FindBundle = (from: {
  readonly bundle: string;
  readonly tensorsSha256: string;
}) => Pick<LoadedBundle, 'provenance'> | undefined;

const namedOnly = z.strictObject({ bundle: z.string(), tensorsSha256: z.string() });

/**
 * What `bundle` tells of its evolution. One of before ancestries were kept names the rules that it began with and no
 * more: what those tell is put in its place where `find` has them, and so on.
 */
export function ancestryOf(
  { provenance }: Pick<LoadedBundle, 'provenance'>,
  find: FindBundle = () => undefined,
): Ancestry {
  const { morphologies, evolution, seed, generations, evaluation } = provenance;
  // Bundles of before the total was told have the steps to their best center alone.
  const steps = evaluation?.['controlStepsTotal'] ?? evaluation?.['controlSteps'];
  const own = ancestrySchema.parse({
    morphologies,
    evolution,
    seed,
    generations,
    controlSteps: Number.isSafeInteger(steps) && Number(steps) >= 0 ? steps : null,
  });
  const named = namedOnly.safeParse(evolution?.['from']).data;
  const bundleBefore = named && find(named);
  if (!bundleBefore) return own;
  const before = ancestryOf(bundleBefore, find);
  return {
    ...own,
    morphologies: [...new Set([...before.morphologies, ...own.morphologies])],
    evolution: { ...own.evolution, from: { ...named, ...before } },
  };
}
