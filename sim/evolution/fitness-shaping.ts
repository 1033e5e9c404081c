/** Turns raw fitness, one row a candidate and one column a morphology, into one utility a candidate. */
export type FitnessShaping = (fitness: Float64Array, candidates: number, columns: number) => Float64Array;

/**
 * Centered ranks in [-0.5, 0.5] (Salimans et al. 2017), taken within each column and averaged: every
 * morphology weighs the same however its distances are spread. Equal fitness shares its mean rank.
 */
export const centeredRanks: FitnessShaping = (fitness, candidates, columns) => {
  const utilities = new Float64Array(candidates);
  if (candidates < 2) return utilities;
  const order = new Uint32Array(candidates);
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < candidates; i++) order[i] = i;
    const at = (i: number): number => fitness[i * columns + c]!;
    order.sort((a, b) => at(a) - at(b) || a - b);
    for (let start = 0; start < candidates; ) {
      let end = start + 1;
      while (end < candidates && at(order[end]!) === at(order[start]!)) end++;
      const rank = (start + end - 1) / 2 / (candidates - 1) - 0.5;
      for (let k = start; k < end; k++) utilities[order[k]!]! += rank / columns;
      start = end;
    }
  }
  return utilities;
};
