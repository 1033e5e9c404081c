/**
 * How Rapier solves the Ant's joints and contacts. Chosen by measurement: `npm run bench -- solver`, recorded
 * in docs/simulator.md. With Rapier's defaults the joint limits are as good as ignored.
 */
export interface SolverSettings {
  /** World steps a control period. */
  readonly worldSteps: number;
  /** Solver iterations (TGS substeps) a world step. */
  readonly solverIterations: number;
  /** Projected Gauss-Seidel sweeps inside each of them. */
  readonly internalPgsIterations: number;
}

export const DEFAULT_SOLVER: SolverSettings = {
  worldSteps: 1,
  solverIterations: 4,
  internalPgsIterations: 8,
};
