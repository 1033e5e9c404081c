import type { RobotContract } from '../robot-contract.js';
import type { Perturbation } from './perturbation.js';
import { jointsOfLeg } from './target-names.js';

/**
 * Faults on the way from the policy's outputs to the joints: first those of all outputs, then those of the
 * single actuators. One fault an actuator at a time: a second one takes the place of the first. `apply`
 * allocates nothing.
 */
export class ActuatorFaults {
  private readonly contract: RobotContract;
  private outputFault: Perturbation | undefined;
  /** [joints]: the fault of each actuator. */
  private readonly faults: (Perturbation | undefined)[];

  constructor(contract: RobotContract) {
    this.contract = contract;
    this.faults = new Array<Perturbation | undefined>(contract.joints.length).fill(undefined);
  }

  /** Begin the fault of an accepted perturbation of a joint, of a leg's joints or of the outputs. */
  activate(perturbation: Perturbation): void {
    if (perturbation.component === 'outputs') this.outputFault = perturbation;
    else for (const j of this.jointsOf(perturbation)) this.faults[j] = perturbation;
  }

  /** End it; where another fault has taken its place, that one stays. */
  deactivate(perturbation: Perturbation): void {
    if (this.outputFault?.id === perturbation.id) this.outputFault = undefined;
    for (let j = 0; j < this.faults.length; j++) {
      if (this.faults[j]?.id === perturbation.id) this.faults[j] = undefined;
    }
  }

  /** What arrives at the actuators of `action` [joints], written to `out` [joints] (may be the same array). */
  apply(action: Float32Array, out: Float32Array = action): void {
    for (let j = 0; j < this.faults.length; j++) {
      const fault = this.faults[j];
      out[j] = this.outputFault ? faulty(this.outputFault, action[j]!) : action[j]!;
      if (fault) out[j] = faulty(fault, out[j]!);
    }
  }

  private jointsOf({ component, target }: Perturbation): number[] {
    if (target === undefined) return [];
    if (component === 'leg') return jointsOfLeg(this.contract, target);
    return this.contract.joints.flatMap(({ name }, j) => (name === target ? [j] : []));
  }
}

function faulty(fault: Perturbation, action: number): number {
  switch (fault.type) {
    case 'off':
      return 0;
    case 'weak':
      return action * (fault.value ?? 1);
    case 'saturated':
      return fault.value ?? 1;
    default:
      return action;
  }
}
