import type { BodyState } from '../../policy/observation.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import type { Environment } from '../environment.js';

/** An environment with a robot in it that can be looked at, and damaged, while it runs. */
export interface SimulatedRobot extends Environment {
  readonly contract: RobotContract;
  /** State after the last `reset` or `step`, in the contract's order. */
  readonly state: BodyState;
  /** Centre of the torso, world frame, m: x, y (its height is in `state`). */
  readonly position: ArrayLike<number>;
  /** [joints], N m, in the last step. */
  readonly appliedEffort: ArrayLike<number>;
  /** Whether there is a morphology of that name. */
  canBecome(morphology: string): boolean;
  /** The body of episodes from the next `reset` on, by the name of its morphology; false: there is none of that name. */
  become(morphology: string): boolean;
  /** Make a leg's foot `length` m long. */
  shortenLeg(leg: string, length: number): void;
  /** Give a leg back the foot that it began with. */
  restoreLeg(leg: string): void;
  /** Hold a joint (by its place in the contract) where it is, or let it go. */
  lockJoint(joint: number, locked: boolean): void;
}
