import {
  checkPerturbation,
  PERTURBATION_KINDS,
  targetNames,
  type Perturbation,
  type PerturbationComponent,
  type PerturbationKind,
  type PerturbationType,
  type Verdict,
} from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

/** What the form offers for a kind of perturbation. */
export interface PerturbationOffer {
  readonly kind: PerturbationKind;
  /** Empty: it takes none. */
  readonly targets: readonly string[];
  /** Without a target, everything that the component has is meant. */
  readonly targetOptional: boolean;
  readonly takesDuration: boolean;
}

/** The form's fields as they were typed; empty texts stand for what is left out. */
export interface PerturbationFields {
  readonly component: PerturbationComponent;
  readonly type: PerturbationType;
  readonly target: string;
  readonly value: string;
  /** s */
  readonly duration: string;
}

export function offerFor(kind: PerturbationKind, layers: number): PerturbationOffer {
  return {
    kind,
    targets: kind.target === 'none' ? [] : targetNames(kind.component, ANT_CONTRACT, layers),
    targetOptional: kind.target === 'optional',
    takesDuration: kind.instant !== true,
  };
}

export function kindsOf(component: PerturbationComponent): readonly PerturbationKind[] {
  return PERTURBATION_KINDS.filter((kind) => kind.component === component);
}

/** The perturbation that the form asks for, or what is wrong with it: the same check as the controller's. */
export function choosePerturbation(
  fields: PerturbationFields,
  id: string,
  layers: number,
): Verdict<Perturbation> {
  const { component, type, target, value, duration } = fields;
  return checkPerturbation(
    {
      id,
      component,
      type,
      ...(target === '' ? {} : { target }),
      ...(value === '' ? {} : { value: Number(value) }),
      ...(duration === '' ? {} : { duration: Number(duration) }),
    },
    { contract: ANT_CONTRACT, layers, simulated: true },
  );
}
