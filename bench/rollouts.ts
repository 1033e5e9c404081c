import type { LifeReport, LifeTask } from '../sim/evaluation/bundle-work.js';
import { evaluationWorkerUrl, WorkerPool } from '../sim/evaluation/worker-pool.js';
import { digits, type BenchmarkReport } from './report.js';
import { quantile, type Clocks } from './timing.js';

export interface RolloutsSettings {
  readonly rounds: number;
  /** Lives of a worker in a round. */
  readonly lives: number;
  /** Control steps of a life; one that falls is shorter. */
  readonly horizon: number;
  readonly clocks: Clocks;
  /** A bundle's file, and what to call it. */
  readonly bundle: Uint8Array;
  readonly bundleName: string;
}

interface Workers {
  readonly count: number;
  readonly pool: WorkerPool<undefined, LifeTask, LifeReport>;
  readonly livesPerSecond: number[];
  readonly stepsPerSecond: number[];
}

const WORKER_COUNTS = [1, 2];

/** Whole lives, network and physics, in worker threads: time on the wall, for that is what evolution waits for. */
export async function benchRollouts(settings: RolloutsSettings): Promise<BenchmarkReport> {
  const { rounds, lives, horizon, clocks, bundle, bundleName } = settings;
  const crews = WORKER_COUNTS.map((count): Workers => ({
    count,
    pool: new WorkerPool(evaluationWorkerUrl(), { kind: 'bundle', bytes: bundle }, count),
    livesPerSecond: [],
    stepsPerSecond: [],
  }));
  try {
    // Round -1 warms up: modules are loaded, code is compiled.
    for (let round = -1; round < rounds; round++) {
      for (const { count, pool, livesPerSecond, stepsPerSecond } of crews) {
        const tasks = Array.from({ length: lives * count }, (_, k) => ({
          morphology: 'intact',
          seed: 1000 * (round + 1) + k,
          horizon,
        }));
        const before = clocks.wall();
        const reports = await pool.run(tasks);
        const seconds = clocks.wall() - before;
        if (round < 0) continue;
        livesPerSecond.push(tasks.length / seconds);
        stepsPerSecond.push(reports.reduce((sum, { steps }) => sum + steps, 0) / seconds);
      }
    }
  } finally {
    await Promise.all(crews.map(({ pool }) => pool.close()));
  }

  const figures = crews.map(({ count, livesPerSecond, stepsPerSecond }) => ({
    workers: count,
    livesPerSecond: quantile(livesPerSecond, 0.5),
    lowerQuartile: quantile(livesPerSecond, 0.25),
    upperQuartile: quantile(livesPerSecond, 0.75),
    stepsPerSecond: quantile(stepsPerSecond, 0.5),
  }));
  const [one, two] = figures;
  return {
    name: 'rollouts',
    title: `Whole lives of at most ${horizon} control steps, ${bundleName}`,
    figures: { bundle: bundleName, horizon, crews: figures },
    table: [
      ['', 'lives per s', 'quartiles', 'control steps per s'],
      ...figures.map(({ workers, livesPerSecond, lowerQuartile, upperQuartile, stepsPerSecond }) => [
        `${workers} worker${workers === 1 ? '' : 's'}`,
        digits(livesPerSecond),
        `${digits(lowerQuartile)}-${digits(upperQuartile)}`,
        String(Math.round(stepsPerSecond)),
      ]),
    ],
    remarks: [`2 workers do ${digits(two!.stepsPerSecond / one!.stepsPerSecond)} x the steps of one`],
  };
}
