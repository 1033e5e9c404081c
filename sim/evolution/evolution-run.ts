import { mixSeed } from '../../policy/random.js';
import type { BestCenter, Checkpoint } from './checkpoint.js';
import type { Evaluator } from './evaluator.js';
import {
  actionSmoothingAt,
  costShareAt,
  horizonAt,
  shareDone,
  trainingLabel,
  type EvolutionSettings,
} from './evolution-settings.js';
import { FITNESS_SHAPINGS, withinGroups } from './fitness-shaping.js';
import type { GenerationPlan } from './candidate-evaluation.js';
import { ask, startOpenEs, tell } from './open-es.js';

/** What a generation came to; a line of the log. In units, one entry a morphology. */
export interface GenerationReport {
  readonly generation: number;
  readonly horizon: number;
  readonly sigma: number;
  /** Fitness of the candidates: distance less head start and costs. */
  readonly mean: Readonly<Record<string, number>>;
  readonly max: Readonly<Record<string, number>>;
  /** Mean distance of the center over fresh lives; present every `validateEvery` generations. */
  readonly validation?: Readonly<Record<string, number>>;
  /** Control steps that its candidates lived, and all so far; lives of validation are not counted. */
  readonly steps: number;
  readonly stepsTotal: number;
}

export interface EvolutionHooks {
  /** After each pair, while a generation is going on. */
  readonly onPair?: (done: number, pairs: number) => void;
  /** After each generation, with what a checkpoint holds. The run waits for it. */
  readonly onGeneration?: (report: GenerationReport, checkpoint: Checkpoint) => void | Promise<void>;
  /** Ends the run after the generation that is going on is given up. */
  readonly signal?: AbortSignal;
}

/**
 * Evolve from the beginning, or on from `from`, to `settings.generations`. The outcome depends on the settings
 * alone: not on the evaluator's workers, nor on interruptions.
 */
export async function evolve(
  settings: EvolutionSettings,
  parameters: number,
  evaluator: Evaluator,
  hooks: EvolutionHooks = {},
  from?: Checkpoint,
): Promise<Checkpoint> {
  const state = from?.state ?? startOpenEs(settings, parameters, settings.seed);
  let best = from?.best;
  let stepsTotal = from?.stepsTotal ?? 0;
  const ancestry = from?.ancestry;
  const names = settings.morphologies.map(trainingLabel);
  const columns = names.length;

  while (shareDone(settings, state.generation, stepsTotal) < 1 && !hooks.signal?.aborted) {
    const asked = ask(settings, state, settings.seed);
    const horizon = horizonAt(settings, state.generation);
    const plan: GenerationPlan = {
      generation: asked.generation,
      center: state.center,
      sigma: asked.sigma,
      horizon,
      actionSmoothing: actionSmoothingAt(settings, state.generation),
      costShare: costShareAt(settings, state.generation),
    };
    let done = 0;
    const pairs = asked.pairSeeds.map((seed, pair) => ({ seed, group: pair % settings.seedGroups }));
    const results = await evaluator.evaluatePairs(plan, pairs, () => hooks.onPair?.(++done, pairs.length));
    const fitness = new Float64Array(settings.population * columns);
    let steps = 0;
    results.forEach((result, pair) => {
      fitness.set(result.fitness, pair * 2 * columns);
      steps += result.steps;
    });
    stepsTotal += steps;
    tell(
      settings,
      state,
      asked,
      withinGroups(FITNESS_SHAPINGS[settings.shaping], settings.seedGroups)(
        fitness,
        settings.population,
        columns,
      ),
    );

    let validation: Record<string, number> | undefined;
    const last = shareDone(settings, state.generation, stepsTotal) >= 1;
    if (state.generation % settings.validateEvery === 0 || last) {
      const means = await validate(settings, evaluator, { ...plan, generation: state.generation });
      validation = Object.fromEntries(names.map((name, m) => [name, means[m]!]));
      best = better(best, {
        generation: state.generation,
        steps: stepsTotal,
        score: meanOf(means),
        means,
        center: state.center,
      });
    }
    await hooks.onGeneration?.(
      {
        generation: state.generation,
        horizon,
        sigma: asked.sigma,
        ...summary(names, fitness, settings.population),
        ...(validation && { validation }),
        steps,
        stepsTotal,
      },
      { settings, state, best, stepsTotal, ancestry },
    );
  }
  return { settings, state, best, stepsTotal, ancestry };
}

/** Mean distance of the center over fresh lives, one a morphology. */
async function validate(
  settings: EvolutionSettings,
  evaluator: Evaluator,
  plan: GenerationPlan,
): Promise<number[]> {
  const lives = settings.morphologies.flatMap((_, morphology) =>
    Array.from({ length: settings.validationRollouts }, (_, r) => ({
      morphology,
      seed: mixSeed(settings.seed, 0x7a11d, plan.generation, morphology, r),
    })),
  );
  const distances = await evaluator.validate(plan, lives);
  return settings.morphologies.map((_, m) => {
    const own = distances.slice(m * settings.validationRollouts, (m + 1) * settings.validationRollouts);
    return meanOf(own);
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function better(best: BestCenter | undefined, candidate: BestCenter): BestCenter {
  if (best && best.score >= candidate.score) return best;
  return { ...candidate, center: candidate.center.slice() };
}

function summary(names: readonly string[], fitness: Float64Array, population: number) {
  const mean: Record<string, number> = {};
  const max: Record<string, number> = {};
  names.forEach((name, m) => {
    let sum = 0;
    let top = -Infinity;
    for (let i = 0; i < population; i++) {
      const value = fitness[i * names.length + m]!;
      sum += value;
      top = Math.max(top, value);
    }
    mean[name] = sum / population;
    max[name] = top;
  });
  return { mean, max };
}
