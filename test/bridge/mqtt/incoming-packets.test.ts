import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncomingPackets } from '../../../bridge/mqtt/incoming-packets.js';
import type { Verdict } from '../../../bridge/mqtt/message-budget.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Seven bits a byte, the least first. */
function variableInteger(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0));
  }
  return Buffer.from(bytes);
}

function packet(first: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(first), variableInteger(body.length), body]);
}

interface Message {
  readonly topic: string;
  readonly payload: string;
  /** With quality of service 1. */
  readonly id?: number;
  /** Bytes of a property that is of no interest. */
  readonly property?: number;
}

function publish({ topic, payload, id, property }: Message): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(topic.length);
  const idBytes = Buffer.alloc(id === undefined ? 0 : 2);
  if (id !== undefined) idBytes.writeUInt16BE(id);
  const CONTENT_TYPE = 3;
  const properties =
    property === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([Buffer.of(CONTENT_TYPE, property >> 8, property & 255), Buffer.alloc(property, 97)]);
  const parts = [head, Buffer.from(topic), idBytes, variableInteger(properties.length), properties];
  return packet(id === undefined ? 0x30 : 0x32, Buffer.concat([...parts, Buffer.from(payload)]));
}

const PING_RESPONSE = Buffer.of(0xd0, 0);

/** A way to a broker of which only what is written to it matters, and what came out of the other end of it. */
function gate(judge: (topic: string, payload: Buffer) => Verdict = () => 'taken', largestPacket = 1e6) {
  const written: Buffer[] = [];
  const problems: unknown[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk);
      done();
    },
  });
  stream.on('error', (error) => problems.push(error));
  const packets = new IncomingPackets({ stream, largestPacket, judge });
  const passed: Buffer[] = [];
  packets.on('data', (chunk: Buffer) => passed.push(chunk));
  stream.pipe(packets);
  return {
    stream,
    problems,
    passed: () => Buffer.concat(passed),
    written: () => Buffer.concat(written),
    comes: (bytes: Buffer) => void stream.push(bytes),
  };
}

const messages = fc.record(
  {
    topic: fc.constantFrom('wanted', 'too-many', 'looked-into'),
    payload: fc.string({ maxLength: 50 }),
    id: fc.integer({ min: 1, max: 65535 }),
    property: fc.constantFrom(0, 1, 130, 3000),
  },
  { requiredKeys: ['topic', 'payload'] },
);
const VERDICTS: Readonly<Record<string, Verdict>> = {
  wanted: 'taken',
  'too-many': 'dropped',
  'looked-into': 'looked into',
};

describe('what comes from a broker', () => {
  it('goes on byte by byte but for what is dropped, which is confirmed, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(messages), { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
        async (story, cuts) => {
          const judged: string[] = [];
          const { comes, passed, written } = gate((topic, payload) => {
            judged.push(payload.toString());
            return VERDICTS[topic]!;
          });
          const bytes = Buffer.concat(story.map((message) => (message ? publish(message) : PING_RESPONSE)));
          for (let at = 0, k = 0; at < bytes.length; k++) {
            const end = at + cuts[k % cuts.length]!;
            comes(bytes.subarray(at, end));
            at = end;
            if (k % 3 === 0) await turn();
          }
          for (let k = 0; k < 8; k++) await turn();
          const expected = story.flatMap((message) => {
            if (message === null) return [PING_RESPONSE];
            return message.topic === 'wanted' ? [publish(message)] : [];
          });
          expect(passed()).toEqual(Buffer.concat(expected));
          const confirmed = story.flatMap((message) =>
            message?.id !== undefined && message.topic !== 'wanted'
              ? [Buffer.of(0x40, 2, message.id >> 8, message.id & 255)]
              : [],
          );
          expect(written()).toEqual(Buffer.concat(confirmed));
          const small = story.filter((message) => message !== null && (message.property ?? 0) < 1000);
          for (const message of small) expect(judged).toContain(message!.payload);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets the rest of the process have its turn after a few messages, though all of them are there', async () => {
    const heard: number[] = [];
    let turns = 0;
    const { comes } = gate(() => {
      heard[turns] = (heard[turns] ?? 0) + 1;
      return 'taken';
    });
    comes(Buffer.concat(Array.from({ length: 1000 }, () => publish({ topic: 'a', payload: 'b' }))));
    while (heard.reduce((sum, count) => sum + count, 0) < 1000) {
      await turn();
      turns++;
    }
    expect(Math.max(...heard)).toBeLessThanOrEqual(32);
    expect(turns).toBeGreaterThan(30);
  });

  it('is no longer read once a packet is announced that is larger than was agreed on', async () => {
    const { comes, passed, problems, stream } = gate(() => 'taken', 1000);
    comes(PING_RESPONSE);
    comes(Buffer.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    await turn();
    expect(problems).toEqual([
      expect.objectContaining({
        code: 149,
        message: expect.stringMatching(/268435460 bytes, and was told 1000 at most/) as string,
      }),
    ]);
    expect(stream.destroyed).toBe(true);
    expect(passed()).toEqual(PING_RESPONSE);
  });

  it.each([
    ['a length without an end', Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 1), 129],
    ['a quality of service that nobody asked for', Buffer.of(0x34, 0), 130],
  ])('is no longer read after %s', async (_name, bytes, code) => {
    const { comes, problems } = gate();
    comes(bytes);
    await turn();
    expect(problems).toEqual([expect.objectContaining({ code })]);
  });
});
