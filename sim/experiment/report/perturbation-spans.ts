import {
  formatPerturbation,
  perturbationKind,
  type Perturbation,
} from '../../../policy/perturbation/index.js';
import { stepAt } from '../recovery.js';
import { CONTROL_PERIOD } from './numbers.js';

/** A perturbation as a picture over control steps shows it. */
export interface PerturbationSpan {
  readonly label: string;
  readonly begin: number;
  /** The first control step after it; `begin` where it is done at once. */
  readonly end: number;
}

/** Of a life of so many `steps`. */
export function spansOf(perturbations: readonly Perturbation[], steps: number): PerturbationSpan[] {
  return perturbations.map((perturbation) => {
    const { component, type, start, duration } = perturbation;
    const begin = stepAt(start, CONTROL_PERIOD);
    const instant = perturbationKind(component, type)?.instant === true;
    const end = instant ? begin : duration === undefined ? steps : stepAt(start + duration, CONTROL_PERIOD);
    return { label: labelOf(perturbation), begin, end: Math.min(end, steps) };
  });
}

/** Without its times, which a picture shows: `outputs:saturated=1`. */
function labelOf({ id, component, type, target, value }: Perturbation): string {
  return formatPerturbation({
    id,
    component,
    type,
    ...(target === undefined ? {} : { target }),
    ...(value === undefined ? {} : { value: Math.round(value * 1000) / 1000 }),
  });
}

/** The same for lives that are perturbed alike. */
export function perturbationsKey(perturbations: readonly Perturbation[]): string {
  return JSON.stringify(
    perturbations.map(({ component, type, target, value, start, duration }) => [
      component,
      type,
      target,
      value,
      start,
      duration,
    ]),
  );
}
