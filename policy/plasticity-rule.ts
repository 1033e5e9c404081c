/**
 * The family of Hebbian rules, as data. For the synapse from presynaptic activity x to postsynaptic y
 * (Najarro and Risi 2020, equation 1 and section 6.3):
 *
 *     dw = eta * (A x y + B x + C y + D_in) + D_out
 *
 * A rule says which of these terms a synapse owns coefficients for, and in which column of the coefficient
 * matrix [synapses, columns] each stands. The column order is that of the authors' released code.
 */
export type CoefficientName = 'A' | 'B' | 'C' | 'eta' | 'D_in' | 'D_out';

export const PLASTICITY_RULES = {
  A: ['A'],
  AD: ['A', 'D_in'],
  AD_lr: ['A', 'D_in', 'eta'],
  ABC: ['A', 'B', 'C'],
  ABC_lr: ['A', 'B', 'C', 'eta'],
  ABCD: ['A', 'B', 'C', 'D_in'],
  ABCD_lr: ['A', 'B', 'C', 'eta', 'D_in'],
  ABCD_lr_D_out: ['A', 'B', 'C', 'eta', 'D_out'],
  ABCD_lr_D_in_and_out: ['A', 'B', 'C', 'eta', 'D_in', 'D_out'],
} as const satisfies Record<string, readonly CoefficientName[]>;

export type RuleName = keyof typeof PLASTICITY_RULES;

export const RULE_NAMES = Object.keys(PLASTICITY_RULES) as RuleName[];

/** Number of coefficients that a synapse owns under `rule`. */
export function columnCount(rule: RuleName): number {
  return PLASTICITY_RULES[rule].length;
}

/** Where each term of the rule stands in a synapse's row of coefficients; -1 where the rule lacks it. */
export interface RuleColumns {
  readonly A: number;
  readonly B: number;
  readonly C: number;
  readonly eta: number;
  readonly D_in: number;
  readonly D_out: number;
}

export function columnsOf(rule: RuleName): RuleColumns {
  const names: readonly CoefficientName[] = PLASTICITY_RULES[rule];
  return {
    A: names.indexOf('A'),
    B: names.indexOf('B'),
    C: names.indexOf('C'),
    eta: names.indexOf('eta'),
    D_in: names.indexOf('D_in'),
    D_out: names.indexOf('D_out'),
  };
}
