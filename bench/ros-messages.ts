import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import { JointStateReader, JointStateWriter } from '../bridge/ros2/messages/index.js';
import { Random } from '../policy/random.js';
import { digits, TIMING_HEADING, timingCells, type BenchmarkReport } from './report.js';
import { timeInterleaved, type Clocks, type Contender, type Timing } from './timing.js';

/** Of a quadruped with three joints a leg. */
const NAMES = ['left_front', 'right_front', 'left_back', 'right_back'].flatMap((leg) =>
  ['hip', 'thigh', 'calf'].map((joint) => `${leg}_${joint}`),
);
const DEFINITIONS = [ros2jazzy['sensor_msgs/JointState'], ros2jazzy['std_msgs/Header']];

export interface RosMessagesSettings {
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Messages of ours in a round; of the other, a tenth. */
  readonly messages: number;
  readonly clocks: Clocks;
}

/** A joint state of 12 joints, from and to CDR: by ours, and by the codec that follows message definitions. */
export async function benchRosMessages(settings: RosMessagesSettings): Promise<BenchmarkReport> {
  const arrivals = drawMessages();
  const few = Math.ceil(settings.messages / 10);
  const contender = (name: string, messages: number, act: (k: number) => void): Contender => ({
    name,
    run: () => {
      for (let k = 0; k < messages; k++) act(k % arrivals.length);
      return messages;
    },
  });

  const reader = new JointStateReader();
  const theirReader = new MessageReader(DEFINITIONS);
  const reading = await timeInterleaved(
    [
      contender('read, JointStateReader', settings.messages, (k) => reader.read(arrivals[k]!.bytes)),
      contender('read, rosmsg2-serialization', few, (k) => theirReader.readMessage(arrivals[k]!.bytes)),
    ],
    settings,
  );

  const writer = new JointStateWriter(NAMES, 'base_link');
  const theirWriter = new MessageWriter(DEFINITIONS);
  const writing = await timeInterleaved(
    [
      contender('write, JointStateWriter', settings.messages, (k) => {
        const { position, velocity, effort } = arrivals[k]!.message;
        writer.write(0.01 * k, position, velocity, effort);
      }),
      contender('write, rosmsg2-serialization', few, (k) => theirWriter.writeMessage(arrivals[k]!.message)),
    ],
    settings,
  );

  const timings: readonly Timing[] = [...reading, ...writing];
  return {
    name: 'ros-messages',
    title: `sensor_msgs/JointState of ${NAMES.length} joints, ${arrivals[0]!.bytes.length} bytes of CDR`,
    figures: { timings },
    table: [
      ['', ...TIMING_HEADING, 'x ours'],
      ...timings.map((timing) => [timing.name, ...timingCells(timing), digits(timing.ratio)]),
    ],
    remarks: [
      `reading is ${digits(reading[1]!.ratio)} x, writing ${digits(writing[1]!.ratio)} x faster than by message definition`,
    ],
  };
}

/** Some messages in turn, each in memory of its own, as they come from a network. */
function drawMessages() {
  const random = new Random(1);
  const numbers = () => Float64Array.from(NAMES, () => random.uniform(-1, 1));
  const writer = new MessageWriter(DEFINITIONS);
  return Array.from({ length: 64 }, (_, k) => {
    const message = {
      header: { stamp: { sec: k, nanosec: 500_000 * k }, frame_id: 'base_link' },
      name: NAMES,
      position: numbers(),
      velocity: numbers(),
      effort: numbers(),
    };
    return { message, bytes: writer.writeMessage(message) };
  });
}
