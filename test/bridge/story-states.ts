import type { RobotState } from '../../bridge/message-map.js';
import { Random } from '../../policy/random.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { standingAnt } from './robot-messages.js';

const { joints } = ANT_CONTRACT;

type Change = (message: RobotState) => unknown;

/** States of a robot that no robot can be in, or that do not make sense. */
export const NONSENSE: readonly Change[] = [
  ({ joints: { position } }) => (position[3] = NaN),
  ({ joints: { velocity } }) => (velocity[0] = Infinity),
  ({ joints: { effort } }) => (effort[7] = -Infinity),
  ({ torso: { orientation } }) => orientation.fill(0),
  ({ torso: { orientation } }) => (orientation[2] = NaN),
  ({ torso: { linearVelocity } }) => (linearVelocity[1] = 1e200),
  ({ torso: { position } }) => (position[2] = -1e6),
  ({ joints: { position } }) => (position[5] = 100),
  ({ feet: { contact } }) => (contact[2] = NaN),
  (message) => Object.assign(message, { joints: { ...message.joints, names: ['a', 'b'] } }),
  (message) => Object.assign(message, { feet: { ...message.feet, names: [] } }),
  (message) => Object.assign(message, { joints: { ...message.joints, velocity: Float64Array.of(1) } }),
];
/** States of a robot in trouble, of a size from 0 to 1. */
export const UNSAFE: readonly ((message: RobotState, size: number) => void)[] = [
  ({ torso: { orientation } }, size) => orientation.set([Math.sin(0.6 + size), 0, 0, Math.cos(0.6 + size)]),
  ({ joints: { velocity } }, size) => void (velocity[2] = (size > 0.5 ? -1 : 1) * (41 + 1e4 * size)),
  ({ joints: { effort } }, size) => void (effort[4] = 376 + 1e6 * size),
];

/** The Ant in some pose within its limits, moving a little. */
export function walkingAnt(pick: number): RobotState {
  const message = standingAnt();
  const random = new Random(pick);
  for (let j = 0; j < joints.length; j++) {
    const { lower, upper } = joints[j]!;
    message.joints.position[j] = lower + random.uniform() * (upper - lower);
    message.joints.velocity[j] = 10 * random.normal();
    if (Math.abs(message.joints.velocity[j]!) > 39) message.joints.velocity[j] = 39;
  }
  return message;
}
