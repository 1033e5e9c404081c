import { McapIndexedReader } from '@mcap/core';
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { MESSAGE_SCHEMAS } from '../../../bridge/transport/message-schemas.js';
import { RECORDING_CHANNELS } from '../../../bridge/recording/channel-schemas.js';
import { replayRecording } from '../../../bridge/recording/index.js';
import { controllerRig, PERIOD } from '../controller-rig.js';
import { walkingAnt } from '../story-states.js';
import { bundledNetwork, newFile, recorderRig } from './recorded-story.js';
import { chunkEnds, recordsOf, rewrite, withoutRecord } from './recorded-bytes.js';

let bytes: Uint8Array;
let commands = 0;

/** 12 s of a walk with a perturbation, more than 256 KiB: some chunks. */
beforeAll(async () => {
  const { file, recorder, create } = await recorderRig();
  const rig = controllerRig({ policy: bundledNetwork(), simulated: true }, create);
  rig.start();
  let k = 0;
  rig.walk(400, () => walkingAnt(k++));
  rig.begin({ id: 'leg', component: 'leg', type: 'shorten', target: 'left_front', value: 0.1, duration: 1 });
  rig.transport.publish('simulationRequest', { operation: 'pause', id: 'p', paused: false });
  rig.walk(327, () => walkingAnt(k++));
  rig.controller.stop();
  await recorder.close();
  bytes = await readFile(file);
  commands = rig.commands.length;
});

async function replayBytes(changed: Uint8Array) {
  const file = newFile();
  await writeFile(file, changed);
  return replayRecording(file);
}

/** Changes the `nth` command, from 0. */
function withCommand(nth: number, change: (values: number[]) => void): Uint8Array {
  let seen = 0;
  return rewrite(bytes, (topic, text) => {
    if (topic !== 'jointCommand' || seen++ !== nth) return text;
    const command = JSON.parse(text) as { values: number[] };
    change(command.values);
    return JSON.stringify(command);
  });
}

describe('a recording', () => {
  it('is one that the MCAP library reads by its indexes, with every message in its place', async () => {
    const reader = await McapIndexedReader.Initialize({
      readable: {
        size: () => Promise.resolve(BigInt(bytes.byteLength)),
        read: (offset, size) => Promise.resolve(bytes.subarray(Number(offset), Number(offset + size))),
      },
    });
    const counts = new Map<string, number>();
    let last = 0n;
    for await (const { channelId, logTime } of reader.readMessages()) {
      expect(logTime).toBeGreaterThanOrEqual(last);
      last = logTime;
      const { topic } = reader.channelsById.get(channelId)!;
      counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
    expect(counts.get('robotState')).toBe(727);
    expect(counts.get('jointCommand')).toBe(commands);
    expect(counts.get('perturbationRequest')).toBe(1);
    expect(counts.get('bodyPerturbation')).toBe(2);
    expect(counts.get('simulationRequest')).toBe(1);
    expect(reader.statistics?.messageCount).toBe(
      [...counts.values()].reduce((sum, n) => BigInt(n) + sum, 0n),
    );
    expect(reader.attachmentIndexes).toHaveLength(1);
    expect(reader.metadataIndexes.map(({ name }) => name)).toEqual(['controller']);
    expect(last).toBe(BigInt(Math.round((100 + 727 * PERIOD) * 1e9)));
  });

  it('has a plain JSON schema for each channel, and messages that keep to the schemas of the topics', () => {
    const schemas = recordsOf(bytes).filter((record) => record.type === 'Schema');
    expect(schemas.length).toBeGreaterThan(5);
    for (const { encoding, data } of schemas) {
      expect(encoding).toBe('jsonschema');
      const text = new TextDecoder().decode(data);
      expect(JSON.parse(text)).toMatchObject({ type: 'object' });
      // What viewers cannot make a message definition of.
      expect(text).not.toMatch(/anyOf|oneOf|const|\$ref/);
    }
    for (const record of recordsOf(bytes)) {
      if (record.type !== 'Message') continue;
      const { topic } = RECORDING_CHANNELS[record.channelId]!;
      if (topic === 'controllerEvent') continue;
      const message: unknown = JSON.parse(new TextDecoder().decode(record.data));
      const parsed = MESSAGE_SCHEMAS[topic as keyof typeof MESSAGE_SCHEMAS].safeParse(message);
      expect(parsed.error).toBeUndefined();
    }
  });

  it('that was changed in one bit of a command is found out at that command and joint', async () => {
    const report = await replayBytes(
      withCommand(333, (values) => {
        const view = new DataView(Float64Array.of(values[5]!).buffer);
        view.setUint8(0, view.getUint8(0) ^ 1);
        values[5] = view.getFloat64(0, true);
      }),
    );
    expect(report.commands).toBe(333);
    expect(report.difference).toMatchObject({ command: 333, joint: 'left_back_ankle' });
    const { recorded, replayed, time } = report.difference!;
    expect(recorded).not.toBe(replayed);
    expect(Math.abs(recorded! - replayed!)).toBeLessThan(1e-12);
    expect(time).toBeCloseTo(100 + 333.5 * PERIOD, 6);
  });

  it('that was changed in what the controller heard is found out where that first shows', async () => {
    let seen = 0;
    const report = await replayBytes(
      rewrite(bytes, (topic, text) => {
        if (topic !== 'robotState' || seen++ !== 400) return text;
        const state = JSON.parse(text) as { joints: { velocity: number[] } };
        state.joints.velocity[0]! += 1e-3;
        return JSON.stringify(state);
      }),
    );
    expect(report.difference?.command).toBe(400);
  });

  it('of which a record is missing is replayed up to there, and says so', async () => {
    const report = await replayBytes(withoutRecord(bytes, 700));
    expect(report).toMatchObject({
      difference: undefined,
      complete: false,
      gap: 'record 701 follows record 699: some are missing',
    });
    expect(report.commands).toBeGreaterThan(100);
    expect(report.commands).toBeLessThan(commands);
  });

  it('that was cut off at the end of a chunk is replayed up to there', async () => {
    const ends = chunkEnds(bytes);
    expect(ends.length).toBeGreaterThan(2);
    let before = 0;
    for (const end of ends) {
      const report = await replayBytes(bytes.subarray(0, end));
      expect(report).toMatchObject({ complete: false, difference: undefined });
      expect(report.commands).toBeGreaterThan(before);
      before = report.commands;
    }
    expect(before).toBe(commands);
  });

  it(
    'that was cut off anywhere is replayed up to its last chunk, or refused in words',
    { timeout: 60_000 },
    async () => {
      const ends = chunkEnds(bytes);
      const [first, second] = [ends[0]!, ends[1]!];
      const readable: number[] = [];
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.byteLength - 1), async (length) => {
          const chunks = ends.filter((end) => end <= length).length;
          const outcome = await replayBytes(bytes.subarray(0, length)).catch((error: unknown) => error);
          if (outcome instanceof Error) {
            expect(outcome).toMatchObject({ code: 'ERR_RECORDING' });
            expect(chunks).toBe(0);
            return;
          }
          expect(outcome).toMatchObject({ complete: false, difference: undefined });
          readable.push(length);
        }),
        {
          numRuns: 40,
          examples: [0, 7, 8, first, second - 1, bytes.byteLength - 1].map((length) => [length]),
        },
      );
      // Wherever else chance cut it off.
      expect(readable).toEqual(expect.arrayContaining([first, second - 1, bytes.byteLength - 1]));
    },
  );

  it('that was damaged in a chunk is refused', async () => {
    const damaged = bytes.slice();
    const place = chunkEnds(bytes)[0]! - 5000;
    damaged[place] = damaged[place]! ^ 1;
    await expect(replayBytes(damaged)).rejects.toMatchObject({ code: 'ERR_RECORDING' });
  });

  it(
    'whatever single byte of it changes, is replayed or refused in words',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
          const damaged = bytes.slice();
          damaged[at] = damaged[at]! ^ mask;
          const outcome = await replayBytes(damaged).catch((error: unknown) => error);
          if (outcome instanceof Error)
            expect(outcome).toMatchObject({ code: expect.stringMatching(/^ERR_/) as string });
        }),
        { numRuns: 60 },
      );
    },
  );
});
