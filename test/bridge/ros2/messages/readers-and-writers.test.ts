import { describe, expect, it } from 'vitest';
import {
  ClockReader,
  ClockWriter,
  Float64MultiArrayReader,
  Float64MultiArrayWriter,
  JointStateReader,
  JointStateWriter,
  JointTrajectoryWriter,
} from '../../../../bridge/ros2/messages/index.js';
import { decode, encode } from './independent-codec.js';

const TYPE = 'sensor_msgs/msg/JointState';
const jointState = (name: string[], position: number[]) =>
  encode(TYPE, {
    header: { stamp: { sec: 1, nanosec: 0 }, frame_id: 'base_link' },
    name,
    position,
    velocity: [],
    effort: [],
  });

describe('a reader of joint states', () => {
  it('keeps the array of names, and the array of numbers, as long as the names are the same', () => {
    const reader = new JointStateReader();
    const { names, position } = reader.read(jointState(['hip', 'ankle'], [1, 2]));
    const next = reader.read(jointState(['hip', 'ankle'], [3, 4]));
    expect(next.names).toBe(names);
    expect(next.position).toBe(position);
    expect([...position]).toEqual([3, 4]);
  });

  it('keeps the names when what stands between them in the bytes is something else', () => {
    const reader = new JointStateReader();
    const bytes = jointState(['ab', 'c'], []);
    const { names } = reader.read(bytes);
    const padded = bytes.slice();
    // Behind 'ab' and its NUL a byte is left free, so that the next length is aligned.
    padded[Buffer.from(bytes).indexOf('ab\0') + 3] = 0xff;
    expect(reader.read(padded).names).toBe(names);
  });

  it.each([
    ['renamed', ['hip', 'knee']],
    ['in another order', ['ankle', 'hip']],
    ['more', ['hip', 'ankle', 'toe']],
    ['fewer', ['hip']],
    ['none', []],
  ])('tells the names when they are %s', (_, changed) => {
    const reader = new JointStateReader();
    const { names } = reader.read(jointState(['hip', 'ankle'], []));
    const now = reader.read(jointState(changed, [])).names;
    expect(now).toEqual(changed);
    expect(now).not.toBe(names);
    expect(names).toEqual(['hip', 'ankle']);
    expect(reader.read(jointState(['hip', 'ankle'], [])).names).toEqual(['hip', 'ankle']);
  });

  it('tells the new names after a message with them that broke off', () => {
    const reader = new JointStateReader();
    reader.read(jointState(['hip', 'ankle'], []));
    const renamed = jointState(['knee', 'ankle'], []);
    expect(() => reader.read(renamed.subarray(0, Buffer.from(renamed).indexOf('ankle')))).toThrow(TYPE);
    expect(reader.read(renamed).names).toEqual(['knee', 'ankle']);
  });

  it('leaves no stamp behind when a message cannot be read', () => {
    const reader = new JointStateReader();
    const bytes = jointState(['hip'], [1]);
    const view = reader.read(bytes);
    expect(view.stamp).toBe(1);
    expect(() => reader.read(bytes.subarray(0, -1))).toThrow(TYPE);
    expect(view.stamp).toBeNaN();
  });

  it('takes an empty text without its NUL', () => {
    const bytes = jointState([], []);
    const frameId = Buffer.from(bytes).indexOf('base_link') - 4;
    const body = Buffer.concat([bytes.subarray(0, frameId), Buffer.alloc(4 + 4 * 4)]);
    expect(new JointStateReader().read(body)).toMatchObject({ stamp: 1, frameId: '', names: [] });
  });

  it('takes a name that is not UTF-8 as one that nobody looks for', () => {
    const bytes = jointState(['hip'], [1]);
    bytes[Buffer.from(bytes).indexOf('hip')] = 0xff;
    expect(new JointStateReader().read(bytes).names).toEqual(['\ufffdip']);
  });
});

describe('a reader of numbers', () => {
  it('keeps its array as long as there are as many', () => {
    const reader = new Float64MultiArrayReader();
    const two = new Float64MultiArrayWriter(2);
    const three = new Float64MultiArrayWriter(3);
    const { values } = reader.read(two.write([1, 2]));
    expect(reader.read(two.write([3, 4])).values).toBe(values);
    expect([...reader.read(three.write([5, 6, 7])).values]).toEqual([5, 6, 7]);
  });

  it('forgets the label of the message before', () => {
    const reader = new Float64MultiArrayReader();
    expect(reader.read(new Float64MultiArrayWriter(1, 'joints').buffer).label).toBe('joints');
    expect(reader.read(new Float64MultiArrayWriter(1).buffer).label).toBeUndefined();
    expect(reader.read(new Float64MultiArrayWriter(1, 'joints').buffer).label).toBe('joints');
  });
});

describe('a writer', () => {
  it('writes into the same Buffer each time, which shares its memory with nothing else', () => {
    const writer = new Float64MultiArrayWriter(2);
    expect(writer.write([1, 2])).toBe(writer.buffer);
    expect(writer.write([3, 4])).toBe(writer.buffer);
    expect(writer.buffer.buffer.byteLength).toBe(writer.buffer.length);
  });

  it('is a whole message of zeros before it wrote anything', () => {
    expect(decode(TYPE, new JointStateWriter(['hip'], 'base_link').buffer)).toEqual({
      header: { stamp: { sec: 0, nanosec: 0 }, frame_id: 'base_link' },
      name: ['hip'],
      position: [0],
      velocity: [0],
      effort: [0],
    });
  });

  it('takes no other number of values than it was made for', () => {
    expect(() => new Float64MultiArrayWriter(8).write([1])).toThrow(
      '1 numbers were given for a message that holds 8',
    );
    expect(() => new JointTrajectoryWriter(['hip']).write(0, 0, [1, 2])).toThrow('2 numbers were given');
  });

  it.each([NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31) - 1])('takes no time of %d s', (time) => {
    expect(() => new ClockWriter().write(time)).toThrow('cannot be told in a ROS message');
  });
});

describe('a time', () => {
  const reader = new ClockReader();
  const writer = new ClockWriter();

  it.each([
    [0, 0, 0],
    [1.5, 1, 500_000_000],
    [-0.25, -1, 750_000_000],
    [2.9999999999, 3, 0],
    [2 ** 31 - 1, 2 ** 31 - 1, 0],
  ])('of %d s is %i s and %i ns', (time, sec, nanosec) => {
    expect(decode('rosgraph_msgs/msg/Clock', writer.write(time))).toEqual({ clock: { sec, nanosec } });
  });

  it('since 1970 is kept to a quarter of a microsecond', () => {
    const told = reader.read(
      encode('rosgraph_msgs/msg/Clock', { clock: { sec: 1_750_000_000, nanosec: 123_456_789 } }),
    );
    const { clock } = decode('rosgraph_msgs/msg/Clock', writer.write(told)) as {
      clock: { sec: number; nanosec: number };
    };
    expect(clock.sec).toBe(1_750_000_000);
    expect(Math.abs(clock.nanosec - 123_456_789)).toBeLessThan(250);
  });
});
