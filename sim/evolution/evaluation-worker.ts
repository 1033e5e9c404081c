import { parentPort, workerData } from 'node:worker_threads';
import { loadRapier } from '../rapier.js';
import { CandidateEvaluation, type GenerationPlan, type PairResult } from './candidate-evaluation.js';
import type { EvolutionSettings } from './evolution-settings.js';
import type { FromWorker, ToWorker } from './worker-pool.js';

/** What the workers of an evolution do: live a pair's lives, or one of the center's. */
export type EvolutionTask =
  | { readonly kind: 'pair'; readonly pairSeed: number }
  | { readonly kind: 'validate'; readonly morphology: number; readonly seed: number };

export type EvolutionResult =
  | ({ readonly kind: 'pair' } & PairResult)
  | { readonly kind: 'validate'; readonly distance: number; readonly steps: number };

await loadRapier();
const port = parentPort!;
const evaluation = new CandidateEvaluation((workerData as { settings: EvolutionSettings }).settings);
let plan: GenerationPlan | undefined;

port.on('message', (message: ToWorker<GenerationPlan, EvolutionTask>) => {
  if (message.type === 'context') {
    plan = message.context;
    return;
  }
  let answer: FromWorker<EvolutionResult>;
  try {
    answer = { type: 'result', id: message.id, result: perform(message.task, plan!) };
  } catch (error) {
    answer = { type: 'failed', id: message.id, message: String(error) };
  }
  port.postMessage(answer);
});

function perform(task: EvolutionTask, current: GenerationPlan): EvolutionResult {
  if (task.kind === 'pair') return { kind: 'pair', ...evaluation.evaluatePair(current, task.pairSeed) };
  return { kind: 'validate', ...evaluation.validate(current.center, task.morphology, task.seed) };
}
