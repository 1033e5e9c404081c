import type { ActuatorFaults } from '../policy/perturbation/index.js';
import type { JointContract, RobotContract } from '../policy/robot-contract.js';
import type { CommandInterface, JointCommand } from './message-map.js';
import type { SafetySettings } from './supervisor/safety-settings.js';

type Limits = Pick<SafetySettings, 'largestAction' | 'largestActionRate' | 'dampingGain'>;

/**
 * The last station before a command leaves: fills the one joint command message of a controller. Whatever it is
 * given, every value that leaves is finite, within the joint's limits, and no further from the one before than the
 * rate allows; only the safe command may come at once. Allocates nothing.
 *
 * The safe command: no effort; for robots that are commanded in positions, the pose in which they were measured
 * when it began.
 */
export class CommandShaper {
  readonly message: JointCommand;
  private readonly joints: readonly JointContract[];
  private readonly faults: ActuatorFaults;
  private readonly limits: Limits;
  private readonly largestChange: number;
  private readonly arriving: Float32Array;
  /** [joints]: what left last, as actions. */
  private readonly left: Float64Array;
  /** [joints]: the safe command, as actions; the fade-in begins here. */
  private readonly rest: Float64Array;
  private resting = false;
  private restKnown: boolean;

  constructor(
    contract: RobotContract,
    faults: ActuatorFaults,
    limits: Limits,
    commandInterface: CommandInterface = 'effort',
  ) {
    const { joints } = contract;
    this.joints = joints;
    this.faults = faults;
    this.limits = limits;
    this.largestChange = limits.largestActionRate * contract.controlPeriod;
    this.arriving = new Float32Array(joints.length);
    this.left = new Float64Array(joints.length);
    this.rest = new Float64Array(joints.length);
    this.restKnown = commandInterface === 'effort';
    this.message = {
      stamp: 0,
      names: joints.map(({ name }) => name),
      interface: commandInterface,
      values: new Float64Array(joints.length),
    };
  }

  /** Whether there is a safe command: in positions, not before the robot was seen. */
  get ready(): boolean {
    return this.restKnown;
  }

  /** The policy's `action` [joints], after the faults of actuators; `gain` 0: the safe command, 1: all of it. */
  writeAction(action: Float32Array, gain: number): void {
    this.resting = false;
    const { arriving, rest } = this;
    this.faults.apply(action, arriving);
    for (let j = 0; j < arriving.length; j++) {
      const wanted = arriving[j]!;
      this.approach(j, gain === 1 ? wanted : rest[j]! + gain * (wanted - rest[j]!));
    }
  }

  /** Brake the joints: effort against `velocity` ([joints], rad/s); in positions, the safe command. */
  writeDamping(velocity: Float64Array, position: Float64Array): void {
    if (this.message.interface === 'position') {
      this.writeSafe(position);
      return;
    }
    this.resting = false;
    for (let j = 0; j < velocity.length; j++) this.approach(j, -this.limits.dampingGain * velocity[j]!);
  }

  /** The safe command; `position`: where the joints are ([joints], rad), if that can be trusted. */
  writeSafe(position?: Float64Array): void {
    if (this.message.interface === 'position') this.rememberPose(position);
    for (let j = 0; j < this.rest.length; j++) this.leave(j, this.rest[j]!);
  }

  /** A new life fades in: in positions from what left last, not from the pose of a hold that is long over. */
  restart(): void {
    if (this.message.interface === 'position' && this.restKnown) this.rest.set(this.left);
  }

  /** Commands pause, and the robot may be moved meanwhile: in positions, it has to be seen again before the next. */
  forget(): void {
    this.resting = false;
    this.restKnown = this.message.interface === 'effort';
  }

  /** Towards `action`, within the limits. What is not a number leads nowhere. */
  private approach(joint: number, action: number): void {
    const { largestAction } = this.limits;
    const last = this.left[joint]!;
    const wanted = Number.isNaN(action) ? 0 : Math.max(-largestAction, Math.min(largestAction, action));
    const change = wanted - last;
    if (change > this.largestChange) this.leave(joint, last + this.largestChange);
    else if (change < -this.largestChange) this.leave(joint, last - this.largestChange);
    else this.leave(joint, wanted);
  }

  private leave(joint: number, action: number): void {
    this.left[joint] = action;
    const { lower, upper, effortLimit } = this.joints[joint]!;
    this.message.values[joint] =
      this.message.interface === 'effort'
        ? action * effortLimit
        : // Rounding must not put a target beyond its limit.
          Math.max(lower, Math.min(upper, lower + ((action + 1) / 2) * (upper - lower)));
  }

  /** The pose is taken once, where holding begins: a hanging robot must not sag from one hold to the next. */
  private rememberPose(position: Float64Array | undefined): void {
    if (this.resting && this.restKnown) return;
    if (position) {
      for (let j = 0; j < this.rest.length; j++) {
        const { lower, upper } = this.joints[j]!;
        this.rest[j] = Math.max(-1, Math.min(1, (2 * position[j]! - lower - upper) / (upper - lower)));
      }
      this.restKnown = true;
    } else if (this.restKnown) this.rest.set(this.left);
    this.resting = this.restKnown;
  }
}
