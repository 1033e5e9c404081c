/*
 * The ROS 2 messages that pass at the control rate, from and to raw CDR: rclnodejs takes a hundred times longer over
 * plain objects.
 *
 * - A reader fills the same view again and again, and a writer the same Buffer: copy what is to be kept. As long as
 *   names and lengths stay what they are, neither allocates.
 * - A reader refuses what does not fit with ERR_ROS_MESSAGE, and reads the next message as if nothing had been. What
 *   its view holds until then is nothing to go by.
 * - A writer writes what it is given, NaN included; what may leave is decided before.
 */
export { ImuReader, ImuWriter, type ImuView } from './imu.js';
export { JointStateReader, JointStateWriter, type JointStateView } from './joint-state.js';
export {
  JointTrajectoryReader,
  JointTrajectoryWriter,
  type JointTrajectoryView,
} from './joint-trajectory.js';
export {
  Float32MultiArrayReader,
  Float32MultiArrayWriter,
  Float64MultiArrayReader,
  Float64MultiArrayWriter,
  type MultiArrayView,
} from './multi-array.js';
export { OdometryReader, OdometryWriter, type OdometryView } from './odometry.js';
export {
  BoolReader,
  BoolWriter,
  ClockReader,
  ClockWriter,
  Float64Reader,
  Float64Writer,
} from './single-value.js';
