import fc from 'fast-check';
import {
  PERTURBATION_KINDS,
  targetNames,
  type Perturbation,
  type PerturbationKind,
  type PerturbationSubject,
} from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

/** A simulated Ant under the paper's network of three layers. */
export const ANT: PerturbationSubject = { contract: ANT_CONTRACT, layers: 3, simulated: true };

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const seconds = fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 1e6, noNaN: true }));

/** Anything that is acceptable for the Ant, with the values that the check fills in left as they are. */
export const acceptable: fc.Arbitrary<Perturbation> = fc.constantFrom(...PERTURBATION_KINDS).chain((kind) =>
  fc
    .record({
      id: fc.string({ minLength: 1, maxLength: 64 }),
      target: targetOf(kind),
      value: valueOf(kind),
      start: seconds.map(withoutMinusZero),
      duration: kind.instant ? fc.constant(undefined) : maybe(seconds.filter((duration) => duration > 0)),
    })
    .map(({ id, target, value, start, duration }) => ({
      id,
      component: kind.component,
      type: kind.type,
      ...(target === undefined ? {} : { target }),
      ...(value === undefined ? {} : { value }),
      start,
      ...(duration === undefined ? {} : { duration }),
    })),
);

function targetOf({ component, target }: PerturbationKind): fc.Arbitrary<string | undefined> {
  if (target === 'none') return fc.constant(undefined);
  const name = fc.constantFrom(...targetNames(component, ANT.contract, ANT.layers));
  return target === 'required' ? name : maybe(name);
}

function valueOf({ value }: PerturbationKind): fc.Arbitrary<number | undefined> {
  if (!value) return fc.constant(undefined);
  const { minimum: min, maximum: max } = value;
  const number = value.integer
    ? fc.integer({ min, max })
    : fc.double({ min, max, noNaN: true }).map(withoutMinusZero);
  return value.default === 'none' ? maybe(number) : number;
}

/** -0 is written as 0. */
function withoutMinusZero(value: number): number {
  return value + 0;
}

/** A perturbation from its most telling fields. */
export function perturbation(
  fields: Omit<Perturbation, 'id' | 'start'> & Partial<Perturbation>,
): Perturbation {
  return { id: `${fields.component}-${fields.type}-${fields.target ?? 'all'}`, start: 0, ...fields };
}
