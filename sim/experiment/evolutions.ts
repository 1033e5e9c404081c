import type { ConditionResult } from './result.js';
import { estimateMean, type MeanEstimate } from './statistics.js';

/** What evolutions that differ in their seed alone came to: the conditions of one group and row. */
export interface EvolutionsOutcome {
  readonly row: string;
  readonly group: string;
  readonly seen: boolean | undefined;
  /** By its bundle, the mean distance of the lives of each, units. */
  readonly evolutions: readonly { readonly bundle: string; readonly mean: number }[];
  /** Over evolutions: how sure it is what another one would come to, on average. */
  readonly distance: MeanEstimate;
}

/** Rows in their order, in each the groups in theirs. */
export function overEvolutions(conditions: readonly ConditionResult[]): EvolutionsOutcome[] {
  const found = new Map<string, ConditionResult[]>();
  for (const one of conditions) {
    const key = JSON.stringify([one.condition.row, one.condition.group]);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  const outcomes = [...found.values()].map((alike): EvolutionsOutcome => {
    const { row = '', group = '', seen } = alike[0]!.condition;
    const evolutions = alike.map(({ condition: { bundle }, lives }) => ({
      bundle,
      mean: estimateMean(lives.map(({ distance }) => distance)).mean,
    }));
    return { row, group, seen, evolutions, distance: estimateMean(evolutions.map(({ mean }) => mean)) };
  });
  const rows = [...new Set(outcomes.map(({ row }) => row))];
  return rows.flatMap((row) => outcomes.filter((outcome) => outcome.row === row));
}
