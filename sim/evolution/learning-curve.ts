import type { GenerationReport } from './evolution-run.js';

/** A run's learning curve, one a morphology: mean distance of the center over fresh lives, by control steps. */
export interface LearningCurve {
  readonly name: string;
  readonly points: readonly { readonly steps: number; readonly distance: number }[];
}

export function learningCurves(reports: readonly GenerationReport[], prefix = ''): LearningCurve[] {
  const names = Object.keys(reports[0]?.mean ?? {});
  return names.map((name) => ({
    name: prefix + name,
    points: reports.flatMap(({ stepsTotal, validation }) =>
      validation?.[name] === undefined ? [] : [{ steps: stepsTotal, distance: validation[name] }],
    ),
  }));
}
