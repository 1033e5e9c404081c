import type { RobotState } from '../bridge/message-map.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';

const { joints, feet } = ANT_CONTRACT;

/** The state of an Ant that kicks about on the spot, as one message that is filled again and again. */
export class MovingRobot {
  readonly state: RobotState = {
    stamp: 0,
    episode: 0,
    joints: {
      names: joints.map(({ name }) => name),
      position: new Float64Array(joints.length),
      velocity: new Float64Array(joints.length),
      effort: new Float64Array(joints.length),
    },
    torso: {
      position: Float64Array.of(0, 0, 0.6),
      orientation: Float64Array.of(0, 0, 0, 1),
      linearVelocity: new Float64Array(3),
    },
    feet: { names: [...feet], contact: new Float64Array(feet.length) },
  };

  /** The state at `time`, s. Allocates nothing. */
  moveTo(time: number): void {
    const { state } = this;
    state.stamp = time;
    for (let j = 0; j < joints.length; j++) {
      const { lower, upper } = joints[j]!;
      const phase = 6 * time + j;
      state.joints.position[j] = (lower + upper) / 2 + 0.4 * (upper - lower) * Math.sin(phase);
      state.joints.velocity[j] = 2.4 * (upper - lower) * Math.cos(phase);
    }
    for (let f = 0; f < feet.length; f++) state.feet.contact[f] = Math.sin(6 * time + f) > 0 ? 1 : 0;
  }
}
