import {
  parseNodeParameters,
  robotParameters,
  type RobotParameters,
} from '../../../bridge/parameters/index.js';
import type { JointStateView } from '../../../bridge/ros2/messages/index.js';
import { RobotStateAssembler, type AssemblerOptions } from '../../../bridge/ros2/robot-state-assembler.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

/** The Ant as `settings` of the node's parameters make it. */
export function antParameters(settings: Readonly<Record<string, unknown>> = {}): RobotParameters {
  const overrides = Object.entries(settings).map(([name, value]) => ({ name, value, source: 'test' }));
  return robotParameters(parseNodeParameters(overrides), ANT_CONTRACT);
}

export function assemblerOf(options: Partial<AssemblerOptions> = {}): RobotStateAssembler {
  return new RobotStateAssembler({
    robot: antParameters(),
    orientation: 'imu',
    footContacts: true,
    contactThreshold: 0.5,
    oldestPart: 0.05,
    ...options,
  });
}

export const ANT_JOINTS = ANT_CONTRACT.joints.map(({ name }) => name);

/** A joint state in which joint k of `names` is at `k` rad, `10 + k` rad/s and `100 + k` N m. */
export function jointState(names: readonly string[] = ANT_JOINTS, stamp = 1): JointStateView {
  return {
    stamp,
    frameId: '',
    names,
    position: Float64Array.from(names, (_, k) => k),
    velocity: Float64Array.from(names, (_, k) => 10 + k),
    effort: Float64Array.from(names, (_, k) => 100 + k),
  };
}

/** An IMU that lies level and looks along +x, or is turned by the quaternion x y z w. */
export function imu(orientation: readonly number[] = [0, 0, 0, 1]) {
  return {
    stamp: 1,
    frameId: 'imu',
    orientationMeasured: true,
    orientation: Float64Array.from(orientation),
    angularVelocityMeasured: false,
    angularVelocity: new Float64Array(3),
    linearAccelerationMeasured: false,
    linearAcceleration: new Float64Array(3),
  };
}

/** At (1, 2, 0.5) m, moving at `velocity` (m/s) in its own frame. */
export function odometry(
  orientation: readonly number[] = [0, 0, 0, 1],
  velocity: readonly number[] = [1, 0, 0],
) {
  return {
    stamp: 1,
    frameId: 'odom',
    childFrameId: 'base_link',
    position: Float64Array.of(1, 2, 0.5),
    orientation: Float64Array.from(orientation),
    linearVelocity: Float64Array.from(velocity),
    angularVelocity: new Float64Array(3),
  };
}
