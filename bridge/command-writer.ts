import type { ActuatorFaults } from '../policy/perturbation/index.js';
import type { RobotContract } from '../policy/robot-contract.js';
import type { JointCommand } from './message-map.js';

/** Fills the one joint command message of a controller. Allocates nothing. */
export class CommandWriter {
  readonly message: JointCommand;
  private readonly contract: RobotContract;
  private readonly faults: ActuatorFaults;
  private readonly arriving: Float32Array;

  constructor(contract: RobotContract, faults: ActuatorFaults) {
    this.contract = contract;
    this.faults = faults;
    this.arriving = new Float32Array(contract.joints.length);
    this.message = {
      stamp: 0,
      names: contract.joints.map(({ name }) => name),
      effort: new Float64Array(contract.joints.length),
    };
  }

  /** Effort = action, after the faults of actuators and within [-1, 1], x effort limit. `action` is finite. */
  write(action: Float32Array): void {
    this.faults.apply(action, this.arriving);
    const { joints } = this.contract;
    for (let j = 0; j < joints.length; j++) {
      this.message.effort[j] = Math.max(-1, Math.min(1, this.arriving[j]!)) * joints[j]!.effortLimit;
    }
  }

  /** The safe command: no effort in any joint. */
  writeSafe(): void {
    this.message.effort.fill(0);
  }
}
