import { DEFAULT_SOLVER, type SolverSettings } from '../sim/ant/solver-settings.js';
import { loadRapier } from '../sim/rapier.js';
import { antTable, measureAnts, type AntBenchmarkSettings } from './ant-timing.js';
import { RapierAnt, solverText } from './rapier-ant.js';
import type { BenchmarkReport } from './report.js';

/** World steps, solver iterations, internal PGS iterations. Rapier's defaults are 1 x 4 x 1. */
const CANDIDATES: readonly (readonly [number, number, number])[] = [
  [1, 4, 1],
  [4, 1, 1],
  [1, 2, 8],
  [1, 2, 16],
  [1, 3, 8],
  [1, 4, 4],
  [1, 4, 12],
  [1, 6, 8],
  [2, 2, 8],
  [4, 1, 8],
  [4, 4, 8],
];

/** Settings of Rapier's solver: what a control step costs and how well the joints hold. */
export async function benchSolver(settings: AntBenchmarkSettings): Promise<BenchmarkReport> {
  await loadRapier();
  const solvers: SolverSettings[] = CANDIDATES.map(
    ([worldSteps, solverIterations, internalPgsIterations]) => ({
      worldSteps,
      solverIterations,
      internalPgsIterations,
    }),
  );
  const ants = [DEFAULT_SOLVER, ...solvers].map((solver) => new RapierAnt(solver));
  try {
    const figures = await measureAnts(ants, settings);
    return {
      name: 'solver',
      title: `Rapier's solver: world steps x iterations x internal PGS iterations; in use: ${solverText(DEFAULT_SOLVER)}`,
      figures: { ants: figures },
      table: antTable(figures),
      remarks: [],
    };
  } finally {
    for (const ant of ants) ant.dispose();
  }
}
