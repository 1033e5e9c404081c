import type { GenerationReport } from '../evolution/evolution-run.js';

/** A line of an evolution's log.jsonl; logs of before say nothing of the s that a generation took. */
export type TrainingLine = GenerationReport & { readonly seconds?: number };

/** The log of an evolution run, or of one stage of it. At least one line. */
export interface TrainingLog {
  /** Of the file. */
  readonly sha256: string;
  readonly lines: readonly TrainingLine[];
}

/** A validation of the center. */
export interface TrainingPoint {
  /** Control steps that candidates lived to get there. */
  readonly steps: number;
  /** Mean over fresh lives, in units. */
  readonly distance: number;
  /** Since the run began, while it was going on; absent where a log does not say. */
  readonly minutes?: number;
}

/** How a run came to walk with one morphology. */
export interface TrainingCurve {
  readonly morphology: string;
  /** At least one. */
  readonly points: readonly TrainingPoint[];
}

/** Distances whose first crossing is told, in units. */
export const MILESTONES = [500, 1000] as const;

/**
 * The curves of one run, one for each morphology of any stage. A stage counts on from the control steps of the rules
 * that it began from: what the stage before lived after those is not on the way, and is left out.
 *
 * @param stages in order, as {@link stageOutOfOrder} wants them
 */
export function trainingCurves(stages: readonly TrainingLog[]): TrainingCurve[] {
  const points = new Map<string, TrainingPoint[]>();
  let seconds: number | undefined = 0;
  for (const [k, { lines }] of stages.entries()) {
    const next = stages[k + 1];
    const end = next ? stepsBehind(next) : Infinity;
    for (const line of lines) {
      if (line.stepsTotal > end) break;
      seconds = seconds === undefined || line.seconds === undefined ? undefined : seconds + line.seconds;
      for (const [morphology, distance] of Object.entries(line.validation ?? {})) {
        const curve = points.get(morphology) ?? [];
        points.set(morphology, curve);
        curve.push({
          steps: line.stepsTotal,
          distance,
          ...(seconds !== undefined && { minutes: seconds / 60 }),
        });
      }
    }
  }
  return [...points].map(([morphology, curve]) => ({ morphology, points: curve }));
}

/** The first stage that does not go on from the one before it; undefined: all do. */
export function stageOutOfOrder(stages: readonly TrainingLog[]): number | undefined {
  const found = stages.findIndex(
    (stage, k) => k > 0 && stepsBehind(stage) < stages[k - 1]!.lines[0]!.stepsTotal,
  );
  return found < 0 ? undefined : found;
}

/** Control steps that were lived before a log begins. */
export function stepsBehind({ lines }: TrainingLog): number {
  const { stepsTotal, steps } = lines[0]!;
  return stepsTotal - steps;
}

/** The first validation whose mean is at least `distance`: a curve may fall below it again. */
export function firstCrossing(points: readonly TrainingPoint[], distance: number): TrainingPoint | undefined {
  return points.find((point) => point.distance >= distance);
}
