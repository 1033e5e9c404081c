import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { mixSeed } from '../../policy/random.js';
import type { LifeReport, LifeTask } from './bundle-work.js';
import { evaluationWorkerUrl, WorkerPool } from './worker-pool.js';

/** A life counts as solved from this distance on (the paper's section 4.1), in units. */
export const SOLVED_DISTANCE = 100;

export interface EvaluationSettings {
  readonly morphologies: readonly string[];
  /** Lives with each morphology. */
  readonly rollouts: number;
  readonly seed: number;
  readonly horizon: number;
  readonly freezeAt?: number;
}

/** What the lives with one morphology came to; distances in units. */
export interface MorphologyResult {
  readonly morphology: string;
  readonly rollouts: number;
  readonly mean: number;
  /** Sample standard deviation. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
  /** Mean way towards the goal of a life, m. */
  readonly metres: number;
  /** Way of all lives by the time that they lasted, m/s. */
  readonly speed: number;
  /** Number of lives of at least SOLVED_DISTANCE. */
  readonly solved: number;
  readonly distances: readonly number[];
  readonly weightRms: LifeReport['weightRms'];
  readonly saturated: number;
  readonly actionChange: number;
}

/** Live the lives of a bundle (its file's bytes) in worker threads. Life r has the same seed in every morphology. */
export async function evaluateBundle(
  bytes: Uint8Array,
  settings: EvaluationSettings,
  workers: number,
  hooks: { readonly onLife?: (done: number, lives: number) => void; readonly signal?: AbortSignal } = {},
): Promise<MorphologyResult[]> {
  const { morphologies, rollouts, seed, horizon, freezeAt } = settings;
  const tasks: LifeTask[] = morphologies.flatMap((morphology) =>
    Array.from({ length: rollouts }, (_, r) => ({
      morphology,
      seed: mixSeed(seed, r),
      horizon,
      ...(freezeAt !== undefined && { freezeAt }),
    })),
  );
  const pool = new WorkerPool<undefined, LifeTask, LifeReport>(
    evaluationWorkerUrl(),
    { kind: 'bundle', bytes },
    workers,
  );
  hooks.signal?.addEventListener('abort', () => void pool.close());
  try {
    let done = 0;
    const lives = await pool.run(tasks, () => hooks.onLife?.(++done, tasks.length));
    return morphologies.map((morphology, m) =>
      summariseLives(morphology, lives.slice(m * rollouts, (m + 1) * rollouts)),
    );
  } finally {
    await pool.close();
  }
}

/** What at least one life with `morphology` came to. */
export function summariseLives(morphology: string, lives: readonly LifeReport[]): MorphologyResult {
  const distances = lives.map(({ distance }) => distance);
  // More lives than a call can have arguments, as `Math.min(...distances)` would need.
  let [min, max] = [Infinity, -Infinity];
  for (const distance of distances) {
    min = Math.min(min, distance);
    max = Math.max(max, distance);
  }
  const average = (of: (life: LifeReport) => number): number =>
    lives.reduce((sum, life) => sum + of(life), 0) / lives.length;
  const mean = average(({ distance }) => distance);
  const squares = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0);
  return {
    morphology,
    rollouts: lives.length,
    mean,
    sd: Math.sqrt(squares / Math.max(1, lives.length - 1)),
    min,
    max,
    metres: mean * ANT_CONTRACT.controlPeriod,
    speed: mean / average(({ steps }) => steps),
    solved: distances.filter((distance) => distance >= SOLVED_DISTANCE).length,
    distances,
    weightRms: {
      step0: average(({ weightRms }) => weightRms.step0),
      step100: average(({ weightRms }) => weightRms.step100),
      end: average(({ weightRms }) => weightRms.end),
    },
    saturated: average(({ saturated }) => saturated),
    actionChange: average(({ actionChange }) => actionChange),
  };
}
