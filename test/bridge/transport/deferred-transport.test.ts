import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Topic } from '../../../bridge/message-map.js';
import { DeferredTransport } from '../../../bridge/transport/deferred-transport.js';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { REPLACEABLE_TOPICS } from '../../../bridge/transport.js';
import { describeTransport, exampleMessages } from '../../contract/transport-contract.js';

describeTransport('a deferred transport', () => {
  const listenerErrors: unknown[] = [];
  const network = new InMemoryNetwork((_topic, error) => listenerErrors.push(error));
  const deferred = () => new DeferredTransport(new InMemoryTransport(network));
  return Promise.resolve({ near: deferred(), far: deferred(), listenerErrors });
});

/** A deferred endpoint, and what arrived at the other end of its network. */
function endpoint() {
  const network = new InMemoryNetwork();
  const behind = new InMemoryTransport(network);
  const errors: unknown[] = [];
  const transport = new DeferredTransport(behind, (_topic, error) => errors.push(error));
  const onlooker = new InMemoryTransport(network);
  const arrived: [Topic, unknown][] = [];
  for (const topic of Object.keys(exampleMessages()) as Topic[]) {
    onlooker.subscribe(topic, (message) => arrived.push([topic, structuredClone(message)]));
  }
  return { transport, behind, onlooker, arrived, errors };
}

const answer = (id: string) => ({ id, from: 'robot', accepted: true, reason: '' }) as const;

describe('a deferred transport', () => {
  it('says nothing before the work of this turn is done', async () => {
    const { transport, arrived } = endpoint();
    transport.publish('acknowledgement', answer('one'));
    await Promise.resolve();
    expect(arrived).toEqual([]);
    await setImmediate();
    expect(arrived).toEqual([['acknowledgement', answer('one')]]);
  });

  it.each(REPLACEABLE_TOPICS)('says the newest %s alone, where several come in one turn', async (topic) => {
    const { transport, arrived } = endpoint();
    const message = exampleMessages()[topic];
    for (const stamp of [1, 2, 3]) {
      message.stamp = stamp;
      transport.publish(topic, message);
    }
    message.stamp = 99;
    await setImmediate();
    expect(arrived).toEqual([[topic, { ...exampleMessages()[topic], stamp: 3 }]]);
  });

  it('says every one of what cannot be replaced, in order, as it was when it was published', async () => {
    const { transport, arrived } = endpoint();
    const reused = { ...answer('') };
    for (const id of ['one', 'two', 'three'])
      transport.publish('acknowledgement', Object.assign(reused, { id }));
    await setImmediate();
    expect(arrived.map(([, message]) => message)).toEqual(['one', 'two', 'three'].map(answer));
  });

  it('follows messages whose sizes change', async () => {
    const { transport, arrived } = endpoint();
    const { robotState, weights } = exampleMessages();
    const other = {
      ...robotState,
      joints: {
        names: ['knee'],
        position: Float64Array.of(1),
        velocity: Float64Array.of(2),
        effort: new Float64Array(0),
      },
    };
    const small = { stamp: 1, layers: [{ pre: 1, post: 1, values: Float32Array.of(7) }] };
    for (const [state, all] of [
      [robotState, weights],
      [other, small],
      [robotState, weights],
    ] as const) {
      transport.publish('robotState', state);
      transport.publish('weights', all);
      await setImmediate();
      expect(arrived.splice(0)).toEqual([
        ['robotState', state],
        ['weights', all],
      ]);
    }
  });

  it('keeps what a listener publishes while it hears of it for the next turn', async () => {
    const { transport, onlooker, arrived } = endpoint();
    const { observation } = exampleMessages();
    const unsubscribe = onlooker.subscribe('observation', (heard) => {
      unsubscribe();
      transport.publish('observation', { ...observation, stamp: 2 });
      expect(heard.stamp).toBe(1);
    });
    transport.publish('observation', { ...observation, stamp: 1 });
    await setImmediate();
    await setImmediate();
    expect(arrived.map(([, message]) => (message as { stamp: number }).stamp)).toEqual([1, 2]);
  });

  it('says what was published before it closes, also when a listener closes it', async () => {
    const { transport, onlooker, arrived } = endpoint();
    onlooker.subscribe('acknowledgement', () => void transport.close());
    transport.publish('acknowledgement', answer('one'));
    transport.publish('acknowledgement', answer('two'));
    await setImmediate();
    expect(arrived).toHaveLength(2);
    const second = endpoint();
    second.transport.publish('acknowledgement', answer('last'));
    await second.transport.close();
    expect(second.arrived).toEqual([['acknowledgement', answer('last')]]);
    await setImmediate();
    expect(second.arrived).toHaveLength(1);
  });

  it('reports what cannot leave any more, and throws it at nobody', async () => {
    const { transport, behind, errors } = endpoint();
    transport.publish('acknowledgement', answer('one'));
    await behind.close();
    await setImmediate();
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_TRANSPORT_CLOSED' })]);
  });
});
