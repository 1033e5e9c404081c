import fc from 'fast-check';

/*
 * The form that every reader and writer is tried in, and what messages are made of. A message has the fields and names
 * of its ROS 2 definition.
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

export interface Time {
  sec: number;
  nanosec: number;
}
export interface Header {
  stamp: Time;
  frame_id: string;
}
export interface Vector {
  x: number;
  y: number;
  z: number;
}
export interface Quaternion extends Vector {
  w: number;
}

export const number = fc.double();
export const single = fc.float();
const nanosec = fc.nat(999_999_999);
export const anyTime: fc.Arbitrary<Time> = fc.record({
  sec: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  nanosec,
});
/** So early that a float64 in s keeps every nanosecond. */
export const earlyTime: fc.Arbitrary<Time> = fc.record({ sec: fc.integer({ min: -1e6, max: 1e6 }), nanosec });
export const asciiText = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
export const anyText = fc.string({ unit: 'grapheme', maxLength: 20 });
export const vector: fc.Arbitrary<Vector> = fc.record({ x: number, y: number, z: number });
export const quaternion: fc.Arbitrary<Quaternion> = fc.record({ x: number, y: number, z: number, w: number });
export const list = (length: number) => fc.array(number, { minLength: length, maxLength: length });
export const listOrNone = (length: number) => fc.oneof(list(length), fc.constant<number[]>([]));
export const zeros = (length: number) => fc.constant(Array.from({ length }, () => 0));
export const header = (time: fc.Arbitrary<Time>, text: fc.Arbitrary<string>): fc.Arbitrary<Header> =>
  fc.record({ stamp: time, frame_id: text });

export const seconds = ({ sec, nanosec }: Time): number => sec + nanosec / 1e9;
export const xyz = ({ x, y, z }: Vector): number[] => [x, y, z];
export const xyzw = ({ x, y, z, w }: Quaternion): number[] => [x, y, z, w];
export const sevens = (length: number): number[] => Array.from({ length }, () => 7);
