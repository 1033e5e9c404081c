/** One joint as the controller sees it; joints are found by name, never by their place in a message. */
export interface JointContract {
  readonly name: string;
  /** Position limits, rad; the observation scales positions to [-1, 1] between them. */
  readonly lower: number;
  readonly upper: number;
  /** Effort of an action of 1, N m. */
  readonly effortLimit: number;
}

/** What a rule bundle was evolved for, and what a robot must offer to run it. */
export interface RobotContract {
  /** In the order of the observation and of the action. */
  readonly joints: readonly JointContract[];
  /** Names of the feet whose contacts are observed, in order. */
  readonly feet: readonly string[];
  /** Seconds between control steps. */
  readonly controlPeriod: number;
}

/** Length of the observation: 8 of the torso, 2 a joint, 1 a foot. */
export function observationSize(contract: RobotContract): number {
  return 8 + 2 * contract.joints.length + contract.feet.length;
}

const DEGREE = Math.PI / 180;

/** Legs by where they stand: front is +x, left is +y. */
export const ANT_LEGS = ['left_front', 'right_front', 'left_back', 'right_back'] as const;
export type AntLeg = (typeof ANT_LEGS)[number];

/**
 * The Ant: hips turn about the vertical, positive to the left (counter-clockwise from above); ankles bend the
 * foot down, positive down. Limits of ant.xml; efforts and control period of PyBullet's AntBulletEnv.
 */
export const ANT_CONTRACT: RobotContract = {
  joints: ANT_LEGS.flatMap((leg) => [
    { name: `${leg}_hip`, lower: -40 * DEGREE, upper: 40 * DEGREE, effortLimit: 250 },
    { name: `${leg}_ankle`, lower: 30 * DEGREE, upper: 100 * DEGREE, effortLimit: 250 },
  ]),
  feet: ANT_LEGS.map((leg) => `${leg}_foot`),
  controlPeriod: 0.0165,
};
