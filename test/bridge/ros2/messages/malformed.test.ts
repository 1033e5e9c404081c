import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BoolReader,
  ClockReader,
  Float32MultiArrayReader,
  Float64MultiArrayReader,
  JointStateReader,
  JointTrajectoryReader,
} from '../../../../bridge/ros2/messages/index.js';
import { HebbridgeError } from '../../../../policy/errors.js';
import { CODECS } from './codecs.js';
import { encode } from './independent-codec.js';

/** The error's message, which has to be of ERR_ROS_MESSAGE; undefined where nothing was wrong. */
function refusal(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    if (!(error instanceof HebbridgeError) || error.code !== 'ERR_ROS_MESSAGE') throw error;
    return error.message;
  }
  return undefined;
}

const noTime = { sec: 0, nanosec: 0 };
const jointStateOf = (name: string[], position: number[], frame_id = '') =>
  encode('sensor_msgs/msg/JointState', {
    header: { stamp: noTime, frame_id },
    name,
    position,
    velocity: [],
    effort: [],
  });

/** `bytes` with a little-endian uint32 put at `at`. */
function withUint32(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

describe.each(CODECS.map((codec) => [codec.type, codec] as const))('%s', (type, codec) => {
  const valid = codec.arriving.map((message) => ({ message, bytes: encode(type, message) }));

  it('is refused when any of it is missing', () => {
    const read = codec.reader();
    fc.assert(
      fc.property(valid, fc.nat(), ({ bytes }, cut) => {
        expect(refusal(() => read(bytes.subarray(0, cut % bytes.length)))).toContain(`${type}: at byte `);
      }),
      { numRuns: 300 },
    );
  });

  it('is read or refused when bits of it are flipped, and the next message is read as ever', () => {
    const read = codec.reader();
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(valid, valid, flips, (damaged, next, places) => {
        const bytes = damaged.bytes.slice();
        for (const [at, bit] of places) bytes[at % bytes.length]! ^= 1 << bit;
        refusal(() => read(bytes));
        expect(read(next.bytes)).toEqual(codec.told(next.message));
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused when lengths in it lie, and the next message is read as ever', () => {
    const read = codec.reader();
    const lie = fc.oneof(fc.nat(2048), fc.constantFrom(0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc));
    fc.assert(
      fc.property(valid, fc.nat(), lie, (message, at, value) => {
        const words = Math.floor((message.bytes.length - 4) / 4);
        if (words > 0) refusal(() => read(withUint32(message.bytes, 4 + 4 * (at % words), value)));
        expect(read(message.bytes)).toEqual(codec.told(message.message));
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused when it is noise', () => {
    const read = codec.reader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, littleEndian) => {
        refusal(() => read(noise));
        refusal(() => read(Uint8Array.of(0, littleEndian ? 1 : 0, 0, 0, ...noise)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a refusal says what is wrong and where:', () => {
  const read = (bytes: Uint8Array) => refusal(() => new JointStateReader('/joint_states').read(bytes));

  it('no header', () => {
    expect(read(Uint8Array.of(0, 1))).toBe(
      'sensor_msgs/msg/JointState on /joint_states: at byte 0: the message has 2 bytes, not even the 4 of its header',
    );
  });

  it('another encoding than plain CDR', () => {
    const bytes = jointStateOf([], []);
    // Parameter lists, and the delimited CDR of XCDR version 2.
    for (const [first, second] of [
      [0, 3],
      [0, 9],
      [1, 1],
    ] as const) {
      bytes[0] = first;
      bytes[1] = second;
      expect(read(bytes)).toContain(`the encoding is 0x0${first}0${second}; only plain CDR is read`);
    }
  });

  it('a message that is too large', () => {
    expect(read(new Uint8Array(300_000))).toContain('the message has 300000 bytes, more than the 262144');
  });

  it('a message that breaks off', () => {
    const bytes = jointStateOf(['hip'], [1]);
    expect(read(bytes.subarray(0, 30))).toBe(
      'sensor_msgs/msg/JointState on /joint_states: at byte 28: the message ends after 30 bytes, where at least 32 are needed',
    );
  });

  it('more joints than are read', () => {
    const names = Array.from({ length: 1025 }, () => 'j');
    expect(read(jointStateOf(names, []))).toContain('name has 1025 entries, more than the 1024');
    expect(read(jointStateOf(names.slice(1), []))).toBeUndefined();
  });

  it('a length that the message has no bytes for', () => {
    const bytes = jointStateOf(['hip'], [1]);
    // After the header, the stamp and an empty frame_id.
    expect(read(withUint32(bytes, 20, 500))).toContain(
      'at byte 24: name has 500 entries of at least 4 bytes, and only',
    );
  });

  it('a text that is too long', () => {
    expect(read(jointStateOf([], [], 'x'.repeat(4095)))).toBeUndefined();
    expect(read(jointStateOf([], [], 'x'.repeat(4096)))).toContain(
      'header.frame_id has 4097 bytes, more than the 4096',
    );
  });

  it('a text without its end', () => {
    const bytes = jointStateOf([], [], 'odom');
    bytes[16 + 4] = 33;
    expect(read(bytes)).toContain('header.frame_id is a text that does not end with NUL');
  });

  it('positions that do not go with the names', () => {
    expect(read(jointStateOf(['hip', 'ankle'], [1]))).toContain(
      'position has 1 entries for 2 joint names; there must be as many, or none',
    );
  });

  it('nanoseconds of more than a second', () => {
    const clock = encode('rosgraph_msgs/msg/Clock', { clock: { sec: 1, nanosec: 1_000_000_000 } });
    expect(refusal(() => new ClockReader().read(clock))).toContain('clock.nanosec is 1000000000');
  });

  it('a bool that is neither true nor false', () => {
    expect(refusal(() => new BoolReader().read(Uint8Array.of(0, 1, 0, 0, 2)))).toContain('data is 2');
  });

  it('more values than are read', () => {
    const layout = { dim: [], data_offset: 0 };
    const data = Array.from({ length: 1025 }, () => 1);
    expect(
      refusal(() =>
        new Float64MultiArrayReader().read(encode('std_msgs/msg/Float64MultiArray', { layout, data })),
      ),
    ).toContain('data has 1025 entries');
    expect(
      refusal(() =>
        new Float32MultiArrayReader().read(encode('std_msgs/msg/Float32MultiArray', { layout, data })),
      ),
    ).toContain('data has 1025 entries');
  });

  it('a point that does not go with the names', () => {
    const bytes = encode('trajectory_msgs/msg/JointTrajectory', {
      header: { stamp: noTime, frame_id: '' },
      joint_names: ['hip', 'ankle'],
      points: [
        { positions: [1, 2], velocities: [1, 2, 3], accelerations: [], effort: [], time_from_start: noTime },
      ],
    });
    expect(refusal(() => new JointTrajectoryReader().read(bytes))).toContain(
      'velocities has 3 entries for 2 joint names',
    );
  });
});
