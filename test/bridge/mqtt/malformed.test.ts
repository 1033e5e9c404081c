import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MESSAGE_SCHEMAS } from '../../../bridge/transport/message-schemas.js';
import { encodeJson } from '../../../bridge/transport/json-messages.js';
import type { Topic } from '../../../bridge/message-map.js';
import { DELIVERIES } from '../../../bridge/mqtt/deliveries.js';
import { readPayload } from '../../../bridge/mqtt/read-payload.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { ALL_TOPICS, Broker, describeWithBroker, endpoint } from './broker.js';
import { PayloadMutations, type Letter } from './payload-mutations.js';
import { until } from '../../until.js';

const PAYLOADS = 100_000;
const THROUGH_A_BROKER = 5000;
/** What the controller parses, and answers, itself. */
const PASSED_ON: readonly Topic[] = ['perturbationRequest', 'operatorRequest'];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Whether it was a message. What was read can be sent again, and read again; what was not is named in few words. */
function isRead({ topic, payload, schema }: Letter): boolean {
  const outcome = readPayload(topic, payload, schema);
  if ('problem' in outcome) {
    if (outcome.problem.length >= 1000) throw new Error(`a problem of ${outcome.problem.length} characters`);
    return false;
  }
  if (PASSED_ON.includes(topic)) return false;
  const again = JSON.parse(encodeJson(topic, outcome.message)) as unknown;
  if (!MESSAGE_SCHEMAS[topic].safeParse(again).success) throw new Error('what was read cannot be read again');
  return true;
}

describe('a payload from an MQTT broker', () => {
  it(`is read for what it is, or named a problem, and keeps no memory (${PAYLOADS} of them)`, () => {
    const mutations = new PayloadMutations(1);
    const read = new Map<Topic, number>();
    const heap: number[] = [];
    for (let n = 0; n < PAYLOADS; n++) {
      const letter = mutations.next();
      try {
        if (isRead(letter)) read.set(letter.topic, (read.get(letter.topic) ?? 0) + 1);
      } catch (error) {
        throw new Error(`payload ${n}, ${letter.topic}: ${letter.payload.toString()}`, { cause: error });
      }
      if (n % 10_000 !== 9999) continue;
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
    }
    // Some were right, of each topic, or this would show little.
    expect([...read.values()].filter((count) => count > 100)).toHaveLength(
      ALL_TOPICS.length - PASSED_ON.length,
    );
    // After the first of them, when everything is compiled; the rest of them are some 30 MB.
    expect(heap.at(-1)! - heap[2]!).toBeLessThan(2e6);
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

  it(`lives on after ${THROUGH_A_BROKER} payloads, and hears what comes after them`, async () => {
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
    const mutations = new PayloadMutations(2);
    for (let n = 0; n < THROUGH_A_BROKER; n += 50) {
      const letters = Array.from({ length: 50 }, () => mutations.next());
      await Promise.all(
        letters.map(({ topic, payload, schema }) =>
          stranger.publishAsync(`hebbridge/ant/${DELIVERIES[topic].name}`, payload, {
            qos: 1,
            ...(schema === undefined ? {} : { properties: { userProperties: { schema } } }),
          }),
        ),
      );
    }
    const { acknowledgement } = exampleMessages();
    const text = encodeJson('acknowledgement', { ...acknowledgement, id: 'the last' });
    await stranger.publishAsync('hebbridge/ant/acknowledgement', text, { qos: 1 });
    await until(() => expect(ids.at(-1)).toBe('the last'));
    expect(listenerErrors).toEqual([]);
    expect(problems.size).toBe(ALL_TOPICS.length);
    expect(heard).toBeGreaterThan(1000);
    await robot.close();
  });
});
