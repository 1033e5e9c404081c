import fc from 'fast-check';
import {
  JointStateReader,
  JointStateWriter,
  JointTrajectoryReader,
  JointTrajectoryWriter,
} from '../../../../bridge/ros2/messages/index.js';
import {
  type Codec,
  type Time,
  type Header,
  anyTime,
  earlyTime,
  asciiText,
  anyText,
  list,
  listOrNone,
  header,
  seconds,
  sevens,
} from './codec.js';

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
