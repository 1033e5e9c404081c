import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RobotState } from '../../../bridge/message-map.js';
import {
  Float32MultiArrayReader,
  ImuReader,
  JointStateReader,
  OdometryReader,
} from '../../../bridge/ros2/messages/index.js';
import { RobotStateWriter } from '../../../bridge/ros2/robot-state-writer.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { ANT_JOINTS, antParameters, assemblerOf } from './robot-states.js';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const vector = (length: number, bound: number) =>
  fc.array(between(-bound, bound), { minLength: length, maxLength: length });

const rotation = vector(4, 1)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => q.map((part) => part / Math.hypot(...q)));

const states: fc.Arbitrary<RobotState> = fc
  .record({
    // ROS 2 counts in nanoseconds.
    nanoseconds: fc.integer({ min: 0, max: 1e15 }),
    episode: fc.integer({ min: 0, max: 1000 }),
    joints: vector(24, 300),
    position: vector(3, 100),
    orientation: rotation,
    velocity: vector(3, 20),
    contact: fc.array(fc.constantFrom(0, 1), { minLength: 4, maxLength: 4 }),
  })
  .map(({ nanoseconds, episode, joints, position, orientation, velocity, contact }) => ({
    stamp: nanoseconds / 1e9,
    episode,
    joints: {
      names: ANT_JOINTS,
      position: Float64Array.from(joints.slice(0, 8)),
      velocity: Float64Array.from(joints.slice(8, 16)),
      effort: Float64Array.from(joints.slice(16)),
    },
    torso: {
      position: Float64Array.from(position),
      orientation: Float64Array.from(orientation),
      linearVelocity: Float64Array.from(velocity),
    },
    feet: { names: ANT_CONTRACT.feet, contact: Float64Array.from(contact) },
  }));

const conventions = fc
  .array(fc.record({ sign: fc.constantFrom(1, -1), scale: between(0.1, 10), offset: between(-6, 6) }), {
    minLength: 8,
    maxLength: 8,
  })
  .map((joints) =>
    Object.fromEntries(
      joints.flatMap(({ sign, scale, offset }, j): [string, unknown][] => [
        [`joints.${ANT_JOINTS[j]}.name`, `motor_${7 - j}`],
        [`joints.${ANT_JOINTS[j]}.sign`, sign],
        [`joints.${ANT_JOINTS[j]}.scale`, scale],
        [`joints.${ANT_JOINTS[j]}.offset`, offset],
      ]),
    ),
  );

function expectClose(values: ArrayLike<number>, expected: ArrayLike<number>, scale: number): void {
  expect(values).toHaveLength(expected.length);
  for (let k = 0; k < expected.length; k++) {
    expect(Math.abs(values[k]! - expected[k]!)).toBeLessThan(1e-13 * scale);
  }
}

describe('the messages of a robot state', () => {
  it('are put together to the same state, whatever conventions the joints of the robot have', () => {
    const [imu, odometry, joints, contacts] = [
      new ImuReader(),
      new OdometryReader(),
      new JointStateReader(),
      new Float32MultiArrayReader(),
    ];
    fc.assert(
      fc.property(conventions, fc.array(states, { minLength: 1, maxLength: 3 }), (settings, sent) => {
        const robot = antParameters(settings);
        const writer = new RobotStateWriter(robot);
        for (const state of sent) {
          const assembler = assemblerOf({ robot });
          assembler.takeImu(imu.read(writer.imu(state)), 0);
          assembler.takeOdometry(odometry.read(writer.odometry(state)), 0);
          assembler.takeFootContacts(contacts.read(writer.footContacts(state)).values, 0);
          const received = assembler.takeJointState(joints.read(writer.jointState(state)), 0)!;
          expect(received.stamp).toBeCloseTo(state.stamp, 8);
          expect(received.episode).toBe(state.episode);
          expect(received.joints.names).toEqual(ANT_JOINTS);
          expectClose(received.joints.position, state.joints.position, 1e5);
          expectClose(received.joints.velocity, state.joints.velocity, 1e5);
          expectClose(received.joints.effort, state.joints.effort, 1e5);
          expect(received.torso.position).toEqual(state.torso.position);
          expect(received.torso.orientation).toEqual(state.torso.orientation);
          expectClose(received.torso.linearVelocity, state.torso.linearVelocity, 1e3);
          expect(received.feet).toEqual(state.feet);
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it('leave the joints that the conventions do not touch as they are, to the bit', () => {
    const writer = new RobotStateWriter(antParameters());
    fc.assert(
      fc.property(states, (state) => {
        const view = new JointStateReader().read(writer.jointState(state));
        expect(view.position).toEqual(state.joints.position);
        expect(view.velocity).toEqual(state.joints.velocity);
        expect(view.effort).toEqual(state.joints.effort);
      }),
      { seed: 4, numRuns: 50 },
    );
  });
});
