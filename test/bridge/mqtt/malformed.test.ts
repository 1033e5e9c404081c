import fc from 'fast-check';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MESSAGE_SCHEMAS } from '../../../bridge/transport/message-schemas.js';
import { encodeJson } from '../../../bridge/transport/json-messages.js';
import type { Topic } from '../../../bridge/message-map.js';
import { DELIVERIES } from '../../../bridge/mqtt/deliveries.js';
import { readPayload } from '../../../bridge/mqtt/read-payload.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { ALL_TOPICS, Broker, describeWithBroker, endpoint } from './broker.js';

/** What the controller parses, and answers, itself. */
const PASSED_ON: readonly Topic[] = ['perturbationRequest', 'operatorRequest'];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whatever a network can bring: noise, JSON of any shape, and messages with a few bytes changed or cut off. */
const payloadFor = (topic: Topic): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytesOf),
    fc
      .record({
        changes: fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 3 }),
        cut: fc.option(fc.nat(2000)),
      })
      .map(({ changes, cut }) => {
        const bytes = bytesOf(encodeJson(topic, exampleMessages()[topic]));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return cut === null ? bytes : bytes.slice(0, cut);
      }),
  );
const letter = fc
  .constantFrom(...ALL_TOPICS)
  .chain((topic) => fc.tuple(fc.constant(topic), payloadFor(topic)));

describe('a payload from an MQTT broker', () => {
  it('is read for what it is, or named a problem, whatever it is (10,000 of them)', () => {
    let read = 0;
    fc.assert(
      fc.property(letter, ([topic, bytes]) => {
        const outcome = readPayload(topic, bytes, undefined);
        if ('problem' in outcome) {
          expect(outcome.problem.length).toBeLessThan(1000);
        } else if (!PASSED_ON.includes(topic)) {
          read++;
          // What was read is a message: it can be sent again, and read again.
          const again = JSON.parse(encodeJson(topic, outcome.message)) as unknown;
          expect(MESSAGE_SCHEMAS[topic].safeParse(again).success).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it.each([
    ['is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), undefined],
    ['is no JSON', bytesOf('{'), undefined],
    ["is of schema version '2'", bytesOf('{}'), '2'],
    ['bytes are more than', new Uint8Array(DELIVERIES.robotState.largestPayload + 1), undefined],
  ])('%s: so it is told', (problem, bytes, schema) => {
    const outcome = readPayload('robotState', bytes, schema);
    expect(outcome).toEqual({ problem: expect.stringContaining(problem) as unknown });
  });
});

describeWithBroker('an endpoint that strangers send anything to', () => {
  let broker: Broker;
  let stranger: MqttClient;
  beforeAll(async () => {
    broker = await Broker.start();
    stranger = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
  });
  afterAll(async () => {
    await stranger.endAsync();
    await broker.dispose();
  });

  it('lives on after 10,000 payloads, and hears what comes after them', async () => {
    const problems = new Map<string, number>();
    const listenerErrors: unknown[] = [];
    const robot = await endpoint(broker, {
      onListenerError: (_topic, error) => listenerErrors.push(error),
      onBadMessage: (topic) => problems.set(topic, (problems.get(topic) ?? 0) + 1),
    });
    let heard = 0;
    for (const topic of ALL_TOPICS) robot.subscribe(topic, () => heard++);
    const ids: string[] = [];
    robot.subscribe('acknowledgement', ({ id }) => ids.push(id));
    const anything = fc.sample(letter, 10_000);
    for (let n = 0; n < anything.length; n += 50) {
      await Promise.all(
        anything
          .slice(n, n + 50)
          .map(([topic, bytes]) =>
            stranger.publishAsync(`hebbridge/ant/${DELIVERIES[topic].name}`, Buffer.from(bytes), { qos: 1 }),
          ),
      );
    }
    const { acknowledgement } = exampleMessages();
    const text = encodeJson('acknowledgement', { ...acknowledgement, id: 'the last' });
    await stranger.publishAsync('hebbridge/ant/acknowledgement', text, { qos: 1 });
    await vi.waitFor(() => expect(ids.at(-1)).toBe('the last'), { timeout: 20_000 });
    expect(listenerErrors).toEqual([]);
    expect(problems.size).toBe(ALL_TOPICS.length);
    expect(heard).toBeGreaterThan(1000);
    await robot.close();
  });
});
