import type { RobotState } from '../../bridge/message-map.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';

const JOINTS = ANT_CONTRACT.joints.length;

/** The Ant standing still, every joint in the middle of its limits. */
export function standingAnt(): RobotState {
  return {
    stamp: 0,
    episode: 0,
    joints: {
      names: ANT_CONTRACT.joints.map(({ name }) => name),
      position: Float64Array.from(ANT_CONTRACT.joints, ({ lower, upper }) => (lower + upper) / 2),
      velocity: new Float64Array(JOINTS),
      effort: new Float64Array(JOINTS),
    },
    torso: {
      position: Float64Array.of(0, 0, 0.6),
      orientation: Float64Array.of(0, 0, 0, 1),
      linearVelocity: new Float64Array(3),
    },
    feet: { names: [...ANT_CONTRACT.feet], contact: new Float64Array(4).fill(1) },
  };
}

/** The same robot, telling its joints in the order `order` (places in `message`). */
export function withJointOrder(message: RobotState, order: readonly number[]): RobotState {
  const { names, position, velocity, effort } = message.joints;
  return {
    ...message,
    joints: {
      names: order.map((at) => names[at]!),
      position: Float64Array.from(order, (at) => position[at]!),
      velocity: Float64Array.from(order, (at) => velocity[at]!),
      effort: Float64Array.from(order, (at) => effort[at]!),
    },
  };
}
