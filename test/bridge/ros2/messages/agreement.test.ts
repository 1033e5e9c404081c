import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODECS } from './codecs.js';
import { decode, encode, encodeBigEndian } from './independent-codec.js';

/** Messages as a real ROS 2 encoded them (test/fixtures/ros-messages.cjs). */
const FIXTURES = JSON.parse(
  readFileSync(new URL('../../../fixtures/ros-messages.json', import.meta.url), 'utf8'),
) as { messages: { type: string; message: unknown; bytes: string }[] };

describe.each(CODECS.map((codec) => [codec.type, codec] as const))('%s', (type, codec) => {
  it('is read as an independent codec wrote it, in either byte order', () => {
    const read = codec.reader();
    fc.assert(
      fc.property(codec.arriving, (message) => {
        const told = codec.told(message);
        expect(read(encode(type, message))).toEqual(told);
        expect(read(encodeBigEndian(type, message))).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });

  it('is written as an independent codec reads it', () => {
    fc.assert(
      fc.property(codec.leaving, (message) => {
        expect(decode(type, codec.write(message))).toEqual(message);
      }),
      { numRuns: 300 },
    );
  });

  it('is read as it was written', () => {
    const read = codec.reader();
    fc.assert(
      fc.property(codec.leaving, (message) => {
        expect(read(codec.write(message))).toEqual(codec.told(message));
      }),
    );
  });

  const fixtures = FIXTURES.messages.filter((fixture) => fixture.type === type);

  it('is read as a real ROS 2 wrote it', () => {
    const read = codec.reader();
    expect(fixtures).not.toEqual([]);
    for (const { message, bytes } of fixtures) {
      expect(read(Buffer.from(bytes, 'hex'))).toEqual(codec.told(message));
    }
  });

  it('is read from the middle of a buffer, and whatever stands behind it', () => {
    const read = codec.reader();
    fc.assert(
      fc.property(codec.arriving, fc.uint8Array(), fc.uint8Array(), (message, before, behind) => {
        const bytes = encode(type, message);
        const pool = Buffer.concat([before, bytes, behind]);
        const told = codec.told(message);
        expect(read(pool.subarray(before.length, before.length + bytes.length))).toEqual(told);
        expect(read(pool.subarray(before.length))).toEqual(told);
      }),
      { numRuns: 50 },
    );
  });
});

describe('messages of one kind in a real ROS 2', () => {
  it.each(
    FIXTURES.messages
      .filter(({ type }) => /Float|Clock|Bool|Trajectory/.test(type))
      .map(({ type, message, bytes }) => [type, message, bytes] as const),
  )('%s has the same bytes when we write it', (type, message, bytes) => {
    const written = CODECS.find((codec) => codec.type === type)!
      .write(message)
      .toString('hex');
    // Middleware pads to a multiple of four.
    expect(bytes.slice(0, written.length)).toBe(written);
    expect(bytes.slice(written.length)).toMatch(/^(00){0,3}$/);
  });
});
