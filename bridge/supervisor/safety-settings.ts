/** Bounds of a health indicator, in the order of what is done past each; `freeze` <= `damp` <= `stop`. */
export interface HealthBounds {
  readonly freeze: number;
  readonly damp: number;
  readonly stop: number;
}

/** What the safety supervisor goes by. See docs/safety.md for what each protects from. */
export interface SafetySettings {
  /** Age from which a robot state is too old to act upon, in control periods. */
  readonly stalePeriods: number;
  /** Robot states a second below which the controller holds; 0: any rate will do. */
  readonly leastInputRate: number;
  /** Robot states a second above which the controller holds: with the input as trigger, it would learn that much faster. */
  readonly largestInputRate: number;
  /** How far beyond its limits a joint's position may be read before the reading is refused, rad. */
  readonly positionMargin: number;
  /** Largest angle between the torso's axis and the vertical, rad. */
  readonly largestTilt: number;
  /** rad/s */
  readonly largestJointVelocity: number;
  /** Of the measured effort, as a fraction of the joint's effort limit. */
  readonly largestJointEffort: number;
  /** Largest action that leaves, in (0, 1]. */
  readonly largestAction: number;
  /** Largest change of an action, 1/s. */
  readonly largestActionRate: number;
  /** s from the safe command to the policy's whole one, after every start. */
  readonly fadeInTime: number;
  /** s without anything bad before a damped robot is faded in again. */
  readonly recoveryTime: number;
  /** Action against a joint's motion while damped, s/rad (action per rad/s). */
  readonly dampingGain: number;
  /** s after which a robot that is still damped is stopped. */
  readonly dampedTimeout: number;
  /** What is done when more than `largestMissedShare` of the periods of a second were missed. */
  readonly overrunPolicy: 'report' | 'hold' | 'stop';
  readonly largestMissedShare: number;
  /** Root mean square of all weights. */
  readonly weightRms: HealthBounds;
  /** Relative change of the weights' root mean square, 1/s. */
  readonly weightDrift: HealthBounds;
  /** Share of the outputs beyond 0.99 within a second. */
  readonly saturation: HealthBounds;
  /** s from the beginning of a life in which drift is not judged. */
  readonly settleTime: number;
}

const never: HealthBounds = { freeze: Infinity, damp: Infinity, stop: Infinity };

export const DEFAULT_SAFETY: SafetySettings = {
  stalePeriods: 3,
  leastInputRate: 20,
  largestInputRate: Infinity,
  positionMargin: 0.5,
  largestTilt: 1.05,
  largestJointVelocity: 40,
  largestJointEffort: 1.5,
  largestAction: 1,
  largestActionRate: 60,
  fadeInTime: 1,
  recoveryTime: 0.5,
  dampingGain: 0.02,
  dampedTimeout: 5,
  overrunPolicy: 'hold',
  largestMissedShare: 0.3,
  weightRms: { freeze: 200, damp: 1000, stop: 5000 },
  weightDrift: never,
  saturation: never,
  settleTime: 5,
};
