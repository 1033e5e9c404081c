import { z } from 'zod';
import type { ErrorCode } from '../errors.js';

/** What is perturbed. */
export const PERTURBATION_COMPONENTS = [
  'joint',
  'leg',
  'sensor',
  'weights',
  'plasticity',
  'outputs',
] as const;
export type PerturbationComponent = (typeof PERTURBATION_COMPONENTS)[number];

/** What happens to it; which component takes which types: perturbation-kinds.ts. */
export const PERTURBATION_TYPES = [
  'off',
  'locked',
  'weak',
  'saturated',
  'shorten',
  'stuck',
  'noise',
  'delay',
  'drop',
  'zero',
  'reset',
  'freeze',
] as const;
export type PerturbationType = (typeof PERTURBATION_TYPES)[number];

/**
 * The one model of a perturbation: of every transport, the command line, the keys of the demo and scenario
 * files. A value of this type was accepted by `checkPerturbation`: it names things that exist.
 */
export interface Perturbation {
  /** The sender's name for it; acknowledgements repeat it, and it is ended by it. */
  readonly id: string;
  readonly component: PerturbationComponent;
  readonly type: PerturbationType;
  /** Name of the joint, leg or sensor; `layer_1`, ... for weights. Absent: all that the component has. */
  readonly target?: string;
  /** Unit and range depend on the kind (perturbation-kinds.ts). */
  readonly value?: number;
  /** Seconds of the run at which it begins; at once if that is over. */
  readonly start: number;
  /** Seconds after which it ends by itself. Absent: until it is ended. */
  readonly duration?: number;
}

/** A perturbation as it is asked for: the same fields, `start` may be missing (at once). */
export type PerturbationInput = Omit<Perturbation, 'start'> & { readonly start?: number };

/** The shape of {@link PerturbationInput} as it comes from outside; unknown fields are refused. */
export const perturbationSchema = z.strictObject({
  id: z.string().min(1).max(64),
  component: z.enum(PERTURBATION_COMPONENTS),
  type: z.enum(PERTURBATION_TYPES),
  target: z.string().min(1).max(128).optional(),
  value: z.number().optional(),
  start: z.number().nonnegative().default(0),
  duration: z.number().positive().optional(),
});

/** Why a perturbation is not accepted; `reason` says what would be right. */
export interface Refusal {
  readonly accepted: false;
  readonly code: Extract<ErrorCode, `ERR_PERTURBATION_${string}`>;
  readonly reason: string;
}

export type Verdict<T> = { readonly accepted: true; readonly perturbation: T } | Refusal;

export function refuse(code: Refusal['code'], reason: string): Refusal {
  return { accepted: false, code, reason };
}
