import { describe, expect, it } from 'vitest';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { TappedTransport } from '../../../bridge/transport/tapped-transport.js';
import { describeTransport } from '../../contract/transport-contract.js';

describeTransport('a tapped transport', () => {
  const listenerErrors: unknown[] = [];
  const network = new InMemoryNetwork((_topic, error) => listenerErrors.push(error));
  const tapped = (): TappedTransport => new TappedTransport(new InMemoryTransport(network), () => undefined);
  return Promise.resolve({ near: tapped(), far: tapped(), listenerErrors });
});

describe('a tap', () => {
  it('hears what its endpoint says just before it leaves, and nothing that others say', () => {
    const network = new InMemoryNetwork();
    const other = new InMemoryTransport(network);
    const log: string[] = [];
    const tapped = new TappedTransport(new InMemoryTransport(network), (topic, message) =>
      log.push(`said ${topic} ${(message as { id: string }).id}`),
    );
    other.subscribe('simulationRequest', ({ id }) => log.push(`heard ${id}`));
    tapped.publish('simulationRequest', { operation: 'restart', id: 'one' });
    other.publish('simulationRequest', { operation: 'restart', id: 'two' });
    expect(log).toEqual(['said simulationRequest one', 'heard one', 'heard two']);
  });
});
