import { parentPort, workerData } from 'node:worker_threads';
import { experimentWork, type ExperimentPlan } from '../experiment/experiment-work.js';
import { evolutionWork } from '../evolution/evolution-work.js';
import type { EvolutionSettings } from '../evolution/evolution-settings.js';
import { loadRapier } from '../rapier.js';
import { bundleWork } from './bundle-work.js';
import type { FromWorker, ToWorker } from './worker-pool.js';

/** What a worker thread is started for. */
export type WorkerPurpose =
  | { readonly kind: 'evolution'; readonly settings: EvolutionSettings }
  | { readonly kind: 'bundle'; readonly bytes: Uint8Array }
  | { readonly kind: 'experiment'; readonly plan: ExperimentPlan };

await loadRapier();
const port = parentPort!;
const work = workFor(workerData as WorkerPurpose);
let context: unknown;

port.on('message', (message: ToWorker<unknown, unknown>) => {
  if (message.type === 'context') {
    context = message.context;
    return;
  }
  let answer: FromWorker<unknown>;
  try {
    answer = { type: 'result', id: message.id, result: work(message.task, context) };
  } catch (error) {
    answer = { type: 'failed', id: message.id, message: String(error) };
  }
  port.postMessage(answer);
});

/** The pool that started this worker sends it the tasks of its purpose and no others. */
function workFor(purpose: WorkerPurpose): (task: unknown, context: unknown) => unknown {
  return workOf(purpose) as (task: unknown, context: unknown) => unknown;
}

function workOf(purpose: WorkerPurpose): unknown {
  switch (purpose.kind) {
    case 'evolution':
      return evolutionWork(purpose.settings);
    case 'bundle':
      return bundleWork(purpose.bytes);
    case 'experiment':
      return experimentWork(purpose.plan);
  }
}
