import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  Float32MultiArrayReader,
  Float64MultiArrayWriter,
  ImuReader,
  ImuWriter,
  JointStateReader,
  JointStateWriter,
  JointTrajectoryReader,
  JointTrajectoryWriter,
  OdometryReader,
  OdometryWriter,
} from '../../../../bridge/ros2/messages/index.js';
import { encode } from './independent-codec.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const RUNS = 50_000;
const NAMES = Array.from({ length: 12 }, (_, k) => `joint_${k}`);
const numbers = (length: number) => Float64Array.from({ length }, (_, k) => 0.5 + k);

/** Bytes that one call leaves behind for the garbage collector, once it is compiled. */
function bytesOfOne(act: (k: number) => void): number {
  // V8 compiles beside what runs, and on a busy machine gets to it late.
  for (let round = 0; round < 10; round++) for (let k = 0; k < RUNS; k++) act(k);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let k = 0; k < RUNS; k++) act(k);
  return (process.memoryUsage().heapUsed - before) / RUNS;
}

/** The same message in many buffers, as messages come from outside: each in memory of its own. */
function arrivals(message: Uint8Array): Uint8Array[] {
  return Array.from({ length: 64 }, () => message.slice());
}

const twelve = numbers(12);
const three = numbers(3);
const four = numbers(4);

describe('in the steady state', () => {
  const reader = { jointState: new JointStateReader(), imu: new ImuReader(), odometry: new OdometryReader() };
  const observations = new Float32MultiArrayReader();
  const trajectories = new JointTrajectoryReader();

  it.each<[string, { read: (bytes: Uint8Array) => unknown }, Uint8Array]>([
    [
      'joint states',
      reader.jointState,
      new JointStateWriter(NAMES, 'base').write(1.5, twelve, twelve, twelve),
    ],
    ['IMU messages', reader.imu, new ImuWriter('imu').write(1.5, four, three, three)],
    ['odometry', reader.odometry, new OdometryWriter('odom', 'base').write(1.5, three, four, three, three)],
    [
      'observations',
      observations,
      encode('std_msgs/msg/Float32MultiArray', {
        layout: { dim: [{ label: 'observation', size: 28, stride: 28 }], data_offset: 0 },
        data: [...numbers(28)],
      }),
    ],
    ['trajectories', trajectories, new JointTrajectoryWriter(NAMES).write(0, 0.5, twelve)],
  ])('reading %s makes no objects', (_, itsReader, message) => {
    const messages = arrivals(message);
    // Room for a number or two that V8 boxes, not for a view, an array or a text.
    expect(bytesOfOne((k) => itsReader.read(messages[k % 64]!))).toBeLessThan(40);
  });

  const jointStates = new JointStateWriter(NAMES, 'base');
  const commands = new Float64MultiArrayWriter(12);
  const goals = new JointTrajectoryWriter(NAMES);

  it.each<[string, (k: number) => unknown]>([
    ['joint states', (k) => jointStates.write(0.01 * k, twelve, twelve, twelve)],
    ['commands', () => commands.write(twelve)],
    ['trajectories', (k) => goals.write(0.01 * k, 0.02, twelve)],
  ])('writing %s makes no objects', (_, write) => {
    expect(bytesOfOne(write)).toBeLessThan(40);
  });
});
