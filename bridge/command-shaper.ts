import type { ActuatorFaults } from '../policy/perturbation/index.js';
import type { JointContract, RobotContract } from '../policy/robot-contract.js';
import type { CommandInterface, JointCommand } from './message-map.js';
import type { SafetySettings } from './supervisor/safety-settings.js';

type Limits = Pick<SafetySettings, 'largestAction' | 'largestActionRate' | 'dampingGain'>;

/** Share of a control period from which it counts as a whole one. */
const WHOLE_PERIOD = 0.95;

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
  private readonly controlPeriod: number;
  private readonly largestChange: number;
  private readonly arriving: Float32Array;
  /** [joints]: what left last, as actions. */
  private readonly left: Float64Array;
  /** [joints]: what is to leave next, before its rate is limited. Scratch. */
  private readonly wanted: Float64Array;
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
    this.controlPeriod = contract.controlPeriod;
    this.largestChange = limits.largestActionRate * contract.controlPeriod;
    this.arriving = new Float32Array(joints.length);
    this.left = new Float64Array(joints.length);
    this.wanted = new Float64Array(joints.length);
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

  /**
   * The policy's `action` [joints], after the faults of actuators; `gain` 0: the safe command, 1: all of it.
   *
   * @param elapsed s since the command before, which is what its rate of change is about
   */
  writeAction(action: Float32Array, gain: number, elapsed: number): void {
    this.resting = false;
    const { arriving, rest, wanted } = this;
    const change = this.changeWithin(elapsed);
    this.faults.apply(action, arriving);
    for (let j = 0; j < arriving.length; j++) {
      // Before it is mixed: where a pose is held, the policy's share grows from there, however small its actions are.
      const action = this.bounded(arriving[j]!);
      wanted[j] = gain === 1 ? action : rest[j]! + gain * (action - rest[j]!);
    }
    this.approach(change);
  }

  /** Brake the joints: effort against `velocity` ([joints], rad/s); in positions, the safe command. */
  writeDamping(velocity: Float64Array, position: Float64Array, elapsed: number): void {
    if (this.message.interface === 'position') {
      this.writeSafe(position);
      return;
    }
    this.resting = false;
    const change = this.changeWithin(elapsed);
    for (let j = 0; j < velocity.length; j++) {
      this.wanted[j] = this.bounded(-this.limits.dampingGain * velocity[j]!);
    }
    this.approach(change);
  }

  /** The safe command; `position`: where the joints are ([joints], rad), if that can be trusted. */
  writeSafe(position?: Float64Array): void {
    if (this.message.interface === 'position') this.rememberPose(position);
    this.left.set(this.rest);
    for (let j = 0; j < this.rest.length; j++) this.command(j);
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

  /** Within the largest action. What is not a number leads nowhere. */
  private bounded(action: number): number {
    const { largestAction } = this.limits;
    return Number.isNaN(action) ? 0 : Math.max(-largestAction, Math.min(largestAction, action));
  }

  /** How far an action may be from the one `elapsed` s before; never further than in a whole control period. */
  private changeWithin(elapsed: number): number {
    if (this.largestChange === Infinity) return Infinity;
    const share = elapsed / this.controlPeriod;
    // What is nearly a period is one: a clock's last digits must not show in commands.
    return share < WHOLE_PERIOD ? Math.max(0, share) * this.largestChange : this.largestChange;
  }

  /** What leaves goes towards what is wanted, by at most `largestChange`. */
  private approach(largestChange: number): void {
    const { left, wanted } = this;
    for (let j = 0; j < left.length; j++) {
      left[j] = Math.max(left[j]! - largestChange, Math.min(left[j]! + largestChange, wanted[j]!));
      this.command(j);
    }
  }

  /** What leaves becomes the command. It is read here: handed over, it would be put on the heap. */
  private command(joint: number): void {
    const action = this.left[joint]!;
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
