import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandInterface, JointCommand } from '../../../bridge/message-map.js';
import { JointCommandCodec } from '../../../bridge/ros2/joint-command-codec.js';
import {
  Float64MultiArrayReader,
  Float64MultiArrayWriter,
  JointTrajectoryReader,
  JointTrajectoryWriter,
} from '../../../bridge/ros2/messages/index.js';
import { ANT_JOINTS, antParameters } from './robot-states.js';

const TURNED = {
  'joints.left_front_hip.name': 'motor_1',
  'joints.left_front_hip.sign': -1,
  'joints.left_front_hip.scale': 2,
  'joints.left_front_hip.offset': 0.25,
};

function command(kind: CommandInterface, values: readonly number[]): JointCommand {
  return { stamp: 5, names: ANT_JOINTS, interface: kind, values: Float64Array.from(values) };
}

const VALUES = [10, -20, 30, -40, 50, -60, 70, -80];

describe('joint commands in efforts', () => {
  it('are a Float64MultiArray in the order of the contract', () => {
    const bytes = new JointCommandCodec(antParameters()).write(command('effort', VALUES));
    expect([...new Float64MultiArrayReader().read(bytes).values]).toEqual(VALUES);
  });

  it('are turned by equal power: twice the angle is half the effort', () => {
    const codec = new JointCommandCodec(antParameters(TURNED));
    const { values } = new Float64MultiArrayReader().read(codec.write(command('effort', VALUES)));
    // Of the policy's joint: 10 N m at -2 x the velocity of the robot's.
    expect(values[0]).toBe(-20);
    expect([...values.slice(1)]).toEqual(VALUES.slice(1));
  });

  it('are read back as they were sent, with the stamp of their arrival', () => {
    const codec = new JointCommandCodec(antParameters(TURNED));
    const read = codec.decode('effort', codec.write(command('effort', VALUES)), 9);
    expect(read).toEqual({ ...command('effort', VALUES), stamp: 9 });
  });

  it('are not numbers when there are not as many as joints', () => {
    const codec = new JointCommandCodec(antParameters());
    const read = codec.decode('effort', new Float64MultiArrayWriter(7).write(VALUES.slice(0, 7)), 0);
    expect([...read.values]).toEqual(Array(8).fill(NaN));
  });
});

describe('joint commands in positions', () => {
  const POSITIONS = [0.1, 0.9, -0.2, 1, 0.3, 1.1, -0.4, 1.2];

  it("are a JointTrajectory of one point, a control period ahead, by the robot's names", () => {
    const robot = antParameters({ ...TURNED, control_period: 0.02 });
    const view = new JointTrajectoryReader().read(
      new JointCommandCodec(robot).write(command('position', POSITIONS)),
    );
    expect(view.names).toEqual(['motor_1', ...ANT_JOINTS.slice(1)]);
    expect(view).toMatchObject({ stamp: 0, points: 1, timeFromStart: 0.02 });
    expect(view.positions[0]).toBeCloseTo((0.1 - 0.25) / -2, 15);
    expect([...view.positions.slice(1)]).toEqual(POSITIONS.slice(1));
  });

  it('are read back as they were sent', () => {
    const codec = new JointCommandCodec(antParameters(TURNED));
    const read = codec.decode('position', codec.write(command('position', POSITIONS)), 9);
    expect(read).toMatchObject({ stamp: 9, names: ANT_JOINTS, interface: 'position' });
    POSITIONS.forEach((position, j) => expect(read.values[j]).toBeCloseTo(position, 15));
  });

  it('are found by name, and not numbers where a joint is missing', () => {
    const names = [...ANT_JOINTS].reverse().slice(1);
    const bytes = new JointTrajectoryWriter(names).write(0, 0.02, [7, 6, 5, 4, 3, 2, 1]);
    const read = new JointCommandCodec(antParameters()).decode('position', bytes, 0);
    expect([...read.values]).toEqual([1, 2, 3, 4, 5, 6, 7, NaN]);
  });
});

describe('whatever the parameters of a joint are', () => {
  const LARGEST_EFFORT = 1e5;
  const joint = fc
    .record({
      sign: fc.constantFrom(1, -1),
      scale: fc.oneof(fc.double({ min: 1e-3, max: 1000, noNaN: true }), fc.constantFrom(1e-3, 1000)),
      offset: fc.double({ min: -6.2832, max: 6.2832, noNaN: true }),
    })
    .map((fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([field, value]) => [`joints.left_front_hip.${field}`, value]),
      ),
    );
  const kinds = fc.constantFrom<CommandInterface>('effort', 'position');
  const received = (kind: CommandInterface, bytes: Buffer): readonly number[] => [
    ...(kind === 'effort'
      ? new Float64MultiArrayReader().read(bytes).values
      : new JointTrajectoryReader().read(bytes).positions),
  ];

  it('every command that a robot can follow leaves as finite numbers', () => {
    const value = fc.double({ min: -LARGEST_EFFORT, max: LARGEST_EFFORT, noNaN: true });
    const values = fc.array(value, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(joint, kinds, values, (settings, kind, numbers) => {
        const bytes = new JointCommandCodec(antParameters(settings)).write(command(kind, numbers));
        expect(received(kind, bytes).filter((number) => !Number.isFinite(number))).toEqual([]);
      }),
    );
  });

  it('nothing that is not finite leaves: it is refused, and the safe command goes on', () => {
    const values = fc.array(fc.double(), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(joint, kinds, values, (settings, kind, numbers) => {
        const codec = new JointCommandCodec(antParameters(settings));
        let bytes: Buffer | undefined;
        try {
          bytes = codec.write(command(kind, numbers));
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_INTERNAL' });
        }
        if (bytes) expect(received(kind, bytes).every(Number.isFinite)).toBe(true);
        expect(
          received('effort', codec.write(command('effort', Array(8).fill(0)))).every((x) => x === 0),
        ).toBe(true);
      }),
    );
  });

  it('what is refused is told with the joint and the numbers', () => {
    const codec = new JointCommandCodec(antParameters(TURNED));
    expect(() => codec.write(command('effort', [Infinity, 0, 0, 0, 0, 0, 0, 0]))).toThrow(
      'the effort of left_front_hip would be -Infinity on the robot (Infinity by sign x scale -2',
    );
  });
});
