import {
  CandidateEvaluation,
  type CandidatePair,
  type GenerationPlan,
  type PairResult,
} from './candidate-evaluation.js';
import type { EvolutionSettings } from './evolution-settings.js';

/** What the workers of an evolution do: live a pair's lives, or one of the center's. */
export type EvolutionTask =
  | { readonly kind: 'pair'; readonly pair: CandidatePair }
  | { readonly kind: 'validate'; readonly morphology: number; readonly seed: number };

export type EvolutionResult =
  | ({ readonly kind: 'pair' } & PairResult)
  | { readonly kind: 'validate'; readonly distance: number; readonly steps: number };

/** The work of one evolution worker; `loadRapier()` must have resolved. */
export function evolutionWork(
  settings: EvolutionSettings,
): (task: EvolutionTask, plan: GenerationPlan) => EvolutionResult {
  const evaluation = new CandidateEvaluation(settings);
  return (task, plan) => {
    if (task.kind === 'pair') return { kind: 'pair', ...evaluation.evaluatePair(plan, task.pair) };
    return { kind: 'validate', ...evaluation.validate(plan.center, task.morphology, task.seed) };
  };
}
