import { loadRapier } from '../rapier.js';
import {
  CandidateEvaluation,
  type CandidatePair,
  type GenerationPlan,
  type PairResult,
} from './candidate-evaluation.js';
import type { EvolutionResult, EvolutionTask } from './evolution-work.js';
import type { EvolutionSettings } from './evolution-settings.js';
import { evaluationWorkerUrl, WorkerPool } from '../evaluation/worker-pool.js';

/** A life of the center with a trained morphology (its index), for validation. */
export interface ValidationLife {
  readonly morphology: number;
  readonly seed: number;
}

/** Evaluates generations, here or in threads; the numbers that come back are the same bits. */
export interface Evaluator {
  /** One result a pair, in order. `onPair` is called as they come in. */
  evaluatePairs(
    plan: GenerationPlan,
    pairs: readonly CandidatePair[],
    onPair?: (result: PairResult) => void,
  ): Promise<PairResult[]>;
  /** Distances of the plan's center, one a life, in order. */
  validate(plan: GenerationPlan, lives: readonly ValidationLife[]): Promise<number[]>;
  close(): Promise<void>;
}

/** Evaluates in the calling thread: tests and single lives. */
export async function createInProcessEvaluator(settings: EvolutionSettings): Promise<Evaluator> {
  await loadRapier();
  const evaluation = new CandidateEvaluation(settings);
  return {
    evaluatePairs(plan, pairs, onPair) {
      return Promise.resolve(
        pairs.map((pair) => {
          const result = evaluation.evaluatePair(plan, pair);
          onPair?.(result);
          return result;
        }),
      );
    },
    validate(plan, lives) {
      return Promise.resolve(
        lives.map(({ morphology, seed }) => evaluation.validate(plan.center, morphology, seed).distance),
      );
    },
    close() {
      evaluation.dispose();
      return Promise.resolve();
    },
  };
}

/** Evaluates in `workers` threads. */
export function createThreadEvaluator(
  settings: EvolutionSettings,
  workers: number,
  onReplaced?: (reason: string) => void,
): Evaluator & { readonly pool: WorkerPool<GenerationPlan, EvolutionTask, EvolutionResult> } {
  const pool = new WorkerPool<GenerationPlan, EvolutionTask, EvolutionResult>(
    evaluationWorkerUrl(),
    { kind: 'evolution', settings },
    workers,
  );
  if (onReplaced) pool.onReplaced = onReplaced;
  return {
    pool,
    async evaluatePairs(plan, pairs, onPair) {
      pool.setContext(plan);
      const results = await pool.run(
        pairs.map((pair) => ({ kind: 'pair', pair })),
        (result) => {
          if (result.kind === 'pair') onPair?.(result);
        },
      );
      return results.filter((result) => result.kind === 'pair');
    },
    async validate(plan, lives) {
      pool.setContext(plan);
      const results = await pool.run(lives.map((life) => ({ kind: 'validate', ...life })));
      return results.filter((result) => result.kind === 'validate').map(({ distance }) => distance);
    },
    close: () => pool.close(),
  };
}
