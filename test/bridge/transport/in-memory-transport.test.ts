import { describe, expect, it, vi } from 'vitest';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { describeTransport, exampleMessages } from '../../contract/transport-contract.js';

describeTransport('the in-memory transport', () => {
  const listenerErrors: unknown[] = [];
  const network = new InMemoryNetwork((_topic, error) => listenerErrors.push(error));
  return Promise.resolve({
    near: new InMemoryTransport(network),
    far: new InMemoryTransport(network),
    listenerErrors,
  });
});

describe('the in-memory transport', () => {
  it('has called every listener when publish returns, in the order of their subscription', () => {
    const transport = new InMemoryTransport();
    const calls: string[] = [];
    transport.subscribe('simulationRequest', () => calls.push('first'));
    transport.subscribe('simulationRequest', () => calls.push('second'));
    transport.publish('simulationRequest', { operation: 'restart', id: 'now' });
    expect(calls).toEqual(['first', 'second']);
  });

  it('hands the very message over, without a copy', () => {
    const transport = new InMemoryTransport();
    const { robotState } = exampleMessages();
    const listener = vi.fn();
    transport.subscribe('robotState', listener);
    transport.publish('robotState', robotState);
    expect(listener.mock.calls[0]![0]).toBe(robotState);
  });

  it('delivers what a listener publishes before that listener goes on', () => {
    const transport = new InMemoryTransport();
    const calls: string[] = [];
    transport.subscribe('simulationRequest', ({ id }) => {
      transport.publish('acknowledgement', { id, from: 'robot', accepted: true, reason: '' });
      calls.push('restarted');
    });
    transport.subscribe('acknowledgement', () => calls.push('acknowledged'));
    transport.publish('simulationRequest', { operation: 'restart', id: 'now' });
    expect(calls).toEqual(['acknowledged', 'restarted']);
  });

  it('warns of a listener that throws where nobody else is told', async () => {
    const transport = new InMemoryTransport();
    transport.subscribe('simulationRequest', () => {
      throw new Error('a broken listener');
    });
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    transport.publish('simulationRequest', { operation: 'restart', id: 'now' });
    const warning = await warned;
    expect(warning.name).toBe('HebbridgeListenerWarning');
    expect(warning.message).toContain('a listener of simulationRequest threw: Error: a broken listener');
  });
});
