/*
 * The ROS 2 messages that pass at the control rate, read from and written to raw CDR: a hundred times cheaper than
 * as plain objects. A reader fills the same view again and again, a writer the same Buffer; neither allocates once
 * names and lengths stay what they are.
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
