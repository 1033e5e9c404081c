import fc from 'fast-check';
import {
  BoolReader,
  BoolWriter,
  ClockReader,
  ClockWriter,
  Float32MultiArrayReader,
  Float32MultiArrayWriter,
  Float64MultiArrayReader,
  Float64MultiArrayWriter,
  Float64Reader,
  Float64Writer,
  ImuReader,
  ImuWriter,
  JointStateReader,
  JointStateWriter,
  JointTrajectoryReader,
  JointTrajectoryWriter,
  OdometryReader,
  OdometryWriter,
} from '../../../../bridge/ros2/messages/index.js';

/*
 * Every reader and writer in one form, with the messages that it is tried on. A message here has the fields and
 * names of its ROS 2 definition.
 */

export interface Codec<Message> {
  readonly type: string;
  /** Messages of every kind that may arrive; texts are ASCII. */
  readonly arriving: fc.Arbitrary<Message>;
  /** Messages of the kind that our writer writes. */
  readonly leaving: fc.Arbitrary<Message>;
  /** A new reader, as a function from bytes to what it tells. */
  readonly reader: () => (bytes: Uint8Array) => unknown;
  /** What a reader should tell of `message`. */
  readonly told: (message: Message) => unknown;
  /** By a writer that has written other numbers before. */
  readonly write: (message: Message) => Buffer;
}

interface Time {
  sec: number;
  nanosec: number;
}
interface Header {
  stamp: Time;
  frame_id: string;
}
interface Vector {
  x: number;
  y: number;
  z: number;
}
interface Quaternion extends Vector {
  w: number;
}

const number = fc.double();
const single = fc.float();
const nanosec = fc.nat(999_999_999);
const anyTime: fc.Arbitrary<Time> = fc.record({
  sec: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  nanosec,
});
/** So early that a float64 in s keeps every nanosecond. */
const earlyTime: fc.Arbitrary<Time> = fc.record({ sec: fc.integer({ min: -1e6, max: 1e6 }), nanosec });
const asciiText = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
const anyText = fc.string({ unit: 'grapheme', maxLength: 20 });
const vector: fc.Arbitrary<Vector> = fc.record({ x: number, y: number, z: number });
const quaternion: fc.Arbitrary<Quaternion> = fc.record({ x: number, y: number, z: number, w: number });
const list = (length: number) => fc.array(number, { minLength: length, maxLength: length });
const listOrNone = (length: number) => fc.oneof(list(length), fc.constant<number[]>([]));
const zeros = (length: number) => fc.constant(Array.from({ length }, () => 0));
const header = (time: fc.Arbitrary<Time>, text: fc.Arbitrary<string>): fc.Arbitrary<Header> =>
  fc.record({ stamp: time, frame_id: text });

const seconds = ({ sec, nanosec }: Time): number => sec + nanosec / 1e9;
const xyz = ({ x, y, z }: Vector): number[] => [x, y, z];
const xyzw = ({ x, y, z, w }: Quaternion): number[] => [x, y, z, w];
const sevens = (length: number): number[] => Array.from({ length }, () => 7);

interface JointState {
  header: Header;
  name: string[];
  position: number[];
  velocity: number[];
  effort: number[];
}

const jointStates = (
  time: fc.Arbitrary<Time>,
  text: fc.Arbitrary<string>,
  numbers: (length: number) => fc.Arbitrary<number[]>,
): fc.Arbitrary<JointState> =>
  fc.array(text, { maxLength: 14 }).chain((name) =>
    fc.record({
      header: header(time, text),
      name: fc.constant(name),
      position: numbers(name.length),
      velocity: numbers(name.length),
      effort: numbers(name.length),
    }),
  );

export const jointState: Codec<JointState> = {
  type: 'sensor_msgs/msg/JointState',
  arriving: jointStates(anyTime, asciiText, listOrNone),
  leaving: jointStates(earlyTime, anyText, list),
  reader: () => {
    const reader = new JointStateReader();
    return (bytes) => {
      const { position, velocity, effort, ...rest } = reader.read(bytes);
      return { ...rest, position: [...position], velocity: [...velocity], effort: [...effort] };
    };
  },
  told: (message) => ({
    stamp: seconds(message.header.stamp),
    frameId: message.header.frame_id,
    names: message.name,
    position: message.position,
    velocity: message.velocity,
    effort: message.effort,
  }),
  write: (message) => {
    const writer = new JointStateWriter(message.name, message.header.frame_id);
    const others = sevens(message.name.length);
    writer.write(7, others, others, others);
    return writer.write(seconds(message.header.stamp), message.position, message.velocity, message.effort);
  },
};

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

interface TrajectoryPoint {
  positions: number[];
  velocities: number[];
  accelerations: number[];
  effort: number[];
  time_from_start: Time;
}
interface JointTrajectory {
  header: Header;
  joint_names: string[];
  points: TrajectoryPoint[];
}

const arrivingTrajectories: fc.Arbitrary<JointTrajectory> = fc
  .array(asciiText, { maxLength: 10 })
  .chain((names) => {
    const numbers = listOrNone(names.length);
    const point = fc.record({
      positions: numbers,
      velocities: numbers,
      accelerations: numbers,
      effort: numbers,
      time_from_start: anyTime,
    });
    return fc.record({
      header: header(anyTime, asciiText),
      joint_names: fc.constant(names),
      points: fc.array(point, { maxLength: 4 }),
    });
  });

const leavingTrajectories: fc.Arbitrary<JointTrajectory> = fc
  .array(anyText, { maxLength: 10 })
  .chain((names) =>
    fc
      .tuple(header(earlyTime, anyText), list(names.length), earlyTime)
      .map(([itsHeader, positions, time_from_start]) => ({
        header: itsHeader,
        joint_names: names,
        points: [{ positions, velocities: [], accelerations: [], effort: [], time_from_start }],
      })),
  );

export const jointTrajectory: Codec<JointTrajectory> = {
  type: 'trajectory_msgs/msg/JointTrajectory',
  arriving: arrivingTrajectories,
  leaving: leavingTrajectories,
  reader: () => {
    const reader = new JointTrajectoryReader();
    return (bytes) => {
      const { positions, velocities, accelerations, effort, ...rest } = reader.read(bytes);
      return {
        ...rest,
        positions: [...positions],
        velocities: [...velocities],
        accelerations: [...accelerations],
        effort: [...effort],
      };
    };
  },
  told: (message) => {
    const last = message.points.at(-1);
    return {
      stamp: seconds(message.header.stamp),
      frameId: message.header.frame_id,
      names: message.joint_names,
      points: message.points.length,
      positions: last?.positions ?? [],
      velocities: last?.velocities ?? [],
      accelerations: last?.accelerations ?? [],
      effort: last?.effort ?? [],
      timeFromStart: last ? seconds(last.time_from_start) : NaN,
    };
  },
  write: ({ header: { stamp, frame_id }, joint_names, points }) => {
    const writer = new JointTrajectoryWriter(joint_names, frame_id);
    writer.write(7, 7, sevens(joint_names.length));
    return writer.write(seconds(stamp), seconds(points[0]!.time_from_start), points[0]!.positions);
  },
};

interface MultiArray {
  layout: { dim: { label: string; size: number; stride: number }[]; data_offset: number };
  data: number[];
}

const multiArrays = (value: fc.Arbitrary<number>): fc.Arbitrary<MultiArray> => {
  const whole = fc.nat(0xffffffff);
  const dimension = fc.record({ label: asciiText, size: whole, stride: whole });
  return fc.record({
    layout: fc.record({ dim: fc.array(dimension, { maxLength: 3 }), data_offset: whole }),
    data: fc.array(value, { maxLength: 40 }),
  });
};

const writtenMultiArrays = (value: fc.Arbitrary<number>): fc.Arbitrary<MultiArray> =>
  fc.tuple(fc.option(anyText), fc.array(value, { maxLength: 40 })).map(([label, data]) => ({
    layout: {
      dim: label === null ? [] : [{ label, size: data.length, stride: data.length }],
      data_offset: 0,
    },
    data,
  }));

const toldOfMultiArray = ({ layout, data }: MultiArray) => ({ label: layout.dim[0]?.label, values: data });

export const float64MultiArray: Codec<MultiArray> = {
  type: 'std_msgs/msg/Float64MultiArray',
  arriving: multiArrays(number),
  leaving: writtenMultiArrays(number),
  reader: () => {
    const reader = new Float64MultiArrayReader();
    return (bytes) => {
      const { label, values } = reader.read(bytes);
      return { label, values: [...values] };
    };
  },
  told: toldOfMultiArray,
  write: ({ layout, data }) => {
    const writer = new Float64MultiArrayWriter(data.length, layout.dim[0]?.label);
    writer.write(sevens(data.length));
    return writer.write(data);
  },
};

export const float32MultiArray: Codec<MultiArray> = {
  type: 'std_msgs/msg/Float32MultiArray',
  arriving: multiArrays(single),
  leaving: writtenMultiArrays(single),
  reader: () => {
    const reader = new Float32MultiArrayReader();
    return (bytes) => {
      const { label, values } = reader.read(bytes);
      return { label, values: [...values] };
    };
  },
  told: toldOfMultiArray,
  write: ({ layout, data }) => {
    const writer = new Float32MultiArrayWriter(data.length, layout.dim[0]?.label);
    writer.write(sevens(data.length));
    return writer.write(data);
  },
};

export const clock: Codec<{ clock: Time }> = {
  type: 'rosgraph_msgs/msg/Clock',
  arriving: fc.record({ clock: anyTime }),
  leaving: fc.record({ clock: earlyTime }),
  reader: () => {
    const reader = new ClockReader();
    return (bytes) => reader.read(bytes);
  },
  told: (message) => seconds(message.clock),
  write: (message) => {
    const writer = new ClockWriter();
    writer.write(7);
    return writer.write(seconds(message.clock));
  },
};

export const bool: Codec<{ data: boolean }> = {
  type: 'std_msgs/msg/Bool',
  arriving: fc.record({ data: fc.boolean() }),
  leaving: fc.record({ data: fc.boolean() }),
  reader: () => {
    const reader = new BoolReader();
    return (bytes) => reader.read(bytes);
  },
  told: ({ data }) => data,
  write: ({ data }) => {
    const writer = new BoolWriter();
    writer.write(!data);
    return writer.write(data);
  },
};

export const float64: Codec<{ data: number }> = {
  type: 'std_msgs/msg/Float64',
  arriving: fc.record({ data: number }),
  leaving: fc.record({ data: number }),
  reader: () => {
    const reader = new Float64Reader();
    return (bytes) => reader.read(bytes);
  },
  told: ({ data }) => data,
  write: ({ data }) => {
    const writer = new Float64Writer();
    writer.write(7);
    return writer.write(data);
  },
};

/** Each with messages of its own type only: what goes into one of its functions came out of another. */
export const CODECS = [
  jointState,
  imu,
  odometry,
  jointTrajectory,
  float64MultiArray,
  float32MultiArray,
  clock,
  bool,
  float64,
] as readonly Codec<unknown>[];
