import { log } from '../../policy/math.js';

/** Turns raw fitness, one row a candidate and one column a morphology, into one utility a candidate. */
export type FitnessShaping = (fitness: Float64Array, candidates: number, columns: number) => Float64Array;

/**
 * Centered ranks in [-0.5, 0.5] (Salimans et al. 2017), taken within each column and averaged: every
 * morphology weighs the same however its distances are spread.
 */
const centeredRanks: FitnessShaping = byRank((rank, candidates) => rank / (candidates - 1) - 0.5);

/**
 * Logarithmic utilities of the better half, 0 for the rest (Wierstra et al. 2014, Natural Evolution Strategies),
 * within each column and averaged: a few candidates that found something pull harder than many that did not.
 */
const topRanks: FitnessShaping = byRank((rank, candidates) =>
  Math.max(0, log(candidates / 2 + 1) - log(candidates - rank)),
);

export const FITNESS_SHAPINGS = { 'centered-ranks': centeredRanks, 'top-ranks': topRanks } as const;

export type FitnessShapingName = keyof typeof FITNESS_SHAPINGS;

/** Ranks the candidates of each group among themselves; pair p (candidates 2p and 2p + 1) is of group p mod n. */
export function withinGroups(shaping: FitnessShaping, groups: number): FitnessShaping {
  return (fitness, candidates, columns) => {
    const size = candidates / groups;
    const utilities = new Float64Array(candidates);
    const own = new Float64Array(size * columns);
    for (let group = 0; group < groups; group++) {
      const candidateOf = (k: number): number => 2 * ((k >> 1) * groups + group) + (k & 1);
      for (let k = 0; k < size; k++) {
        const first = candidateOf(k) * columns;
        own.set(fitness.subarray(first, first + columns), k * columns);
      }
      shaping(own, size, columns).forEach((utility, k) => (utilities[candidateOf(k)] = utility));
    }
    return utilities;
  };
}

/** Utility from the rank within a column, 0 the worst; equal fitness shares its mean utility. */
function byRank(utility: (rank: number, candidates: number) => number): FitnessShaping {
  return (fitness, candidates, columns) => {
    const utilities = new Float64Array(candidates);
    if (candidates < 2) return utilities;
    const order = new Uint32Array(candidates);
    for (let c = 0; c < columns; c++) {
      for (let i = 0; i < candidates; i++) order[i] = i;
      const at = (i: number): number => fitness[i * columns + c]!;
      order.sort((a, b) => at(a) - at(b) || a - b);
      for (let start = 0; start < candidates;) {
        let end = start + 1;
        while (end < candidates && at(order[end]!) === at(order[start]!)) end++;
        let shared = 0;
        for (let rank = start; rank < end; rank++) shared += utility(rank, candidates) / (end - start);
        for (let k = start; k < end; k++) utilities[order[k]!]! += shared / columns;
        start = end;
      }
    }
    return utilities;
  };
}
