import fc from 'fast-check';
import {
  ImuReader,
  ImuWriter,
  OdometryReader,
  OdometryWriter,
} from '../../../../bridge/ros2/messages/index.js';
import {
  type Codec,
  type Time,
  type Header,
  type Vector,
  type Quaternion,
  number,
  anyTime,
  earlyTime,
  asciiText,
  anyText,
  vector,
  quaternion,
  list,
  zeros,
  header,
  seconds,
  xyz,
  xyzw,
  sevens,
} from './codec.js';

interface Imu {
  header: Header;
  orientation: Quaternion;
  orientation_covariance: number[];
  angular_velocity: Vector;
  angular_velocity_covariance: number[];
  linear_acceleration: Vector;
  linear_acceleration_covariance: number[];
}

const imus = (
  time: fc.Arbitrary<Time>,
  text: fc.Arbitrary<string>,
  covariance: fc.Arbitrary<number[]>,
): fc.Arbitrary<Imu> =>
  fc.record({
    header: header(time, text),
    orientation: quaternion,
    orientation_covariance: covariance,
    angular_velocity: vector,
    angular_velocity_covariance: covariance,
    linear_acceleration: vector,
    linear_acceleration_covariance: covariance,
  });

const covarianceOrNotMeasured = fc
  .tuple(fc.oneof(number, fc.constant(-1)), list(8))
  .map(([first, others]) => [first, ...others]);

export const imu: Codec<Imu> = {
  type: 'sensor_msgs/msg/Imu',
  arriving: imus(anyTime, asciiText, covarianceOrNotMeasured),
  leaving: imus(earlyTime, anyText, zeros(9)),
  reader: () => {
    const reader = new ImuReader();
    return (bytes) => {
      const { orientation, angularVelocity, linearAcceleration, ...rest } = reader.read(bytes);
      return {
        ...rest,
        orientation: [...orientation],
        angularVelocity: [...angularVelocity],
        linearAcceleration: [...linearAcceleration],
      };
    };
  },
  told: (message) => ({
    stamp: seconds(message.header.stamp),
    frameId: message.header.frame_id,
    orientationMeasured: message.orientation_covariance[0] !== -1,
    orientation: xyzw(message.orientation),
    angularVelocityMeasured: message.angular_velocity_covariance[0] !== -1,
    angularVelocity: xyz(message.angular_velocity),
    linearAccelerationMeasured: message.linear_acceleration_covariance[0] !== -1,
    linearAcceleration: xyz(message.linear_acceleration),
  }),
  write: (message) => {
    const writer = new ImuWriter(message.header.frame_id);
    writer.write(7, sevens(4), sevens(3), sevens(3));
    return writer.write(
      seconds(message.header.stamp),
      xyzw(message.orientation),
      xyz(message.angular_velocity),
      xyz(message.linear_acceleration),
    );
  },
};

interface Odometry {
  header: Header;
  child_frame_id: string;
  pose: { pose: { position: Vector; orientation: Quaternion }; covariance: number[] };
  twist: { twist: { linear: Vector; angular: Vector }; covariance: number[] };
}

const odometries = (
  time: fc.Arbitrary<Time>,
  text: fc.Arbitrary<string>,
  covariance: fc.Arbitrary<number[]>,
): fc.Arbitrary<Odometry> =>
  fc.record({
    header: header(time, text),
    child_frame_id: text,
    pose: fc.record({ pose: fc.record({ position: vector, orientation: quaternion }), covariance }),
    twist: fc.record({ twist: fc.record({ linear: vector, angular: vector }), covariance }),
  });

export const odometry: Codec<Odometry> = {
  type: 'nav_msgs/msg/Odometry',
  arriving: odometries(anyTime, asciiText, list(36)),
  leaving: odometries(earlyTime, anyText, zeros(36)),
  reader: () => {
    const reader = new OdometryReader();
    return (bytes) => {
      const { position, orientation, linearVelocity, angularVelocity, ...rest } = reader.read(bytes);
      return {
        ...rest,
        position: [...position],
        orientation: [...orientation],
        linearVelocity: [...linearVelocity],
        angularVelocity: [...angularVelocity],
      };
    };
  },
  told: (message) => ({
    stamp: seconds(message.header.stamp),
    frameId: message.header.frame_id,
    childFrameId: message.child_frame_id,
    position: xyz(message.pose.pose.position),
    orientation: xyzw(message.pose.pose.orientation),
    linearVelocity: xyz(message.twist.twist.linear),
    angularVelocity: xyz(message.twist.twist.angular),
  }),
  write: ({ header: { stamp, frame_id }, child_frame_id, pose: { pose }, twist: { twist } }) => {
    const writer = new OdometryWriter(frame_id, child_frame_id);
    writer.write(7, sevens(3), sevens(4), sevens(3), sevens(3));
    return writer.write(
      seconds(stamp),
      xyz(pose.position),
      xyzw(pose.orientation),
      xyz(twist.linear),
      xyz(twist.angular),
    );
  },
};
