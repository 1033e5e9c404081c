import { describe, expect, it } from 'vitest';
import { TopicListeners } from '../../../bridge/transport/topic-listeners.js';

/** Listeners of restart requests that write down who heard what, and the errors that were reported. */
function listenersWithLog() {
  const log: string[] = [];
  const errors: unknown[] = [];
  const listeners = new TopicListeners((topic, error) => errors.push([topic, error]));
  return {
    log,
    errors,
    listeners,
    add: (name: string) => listeners.add('simulationRequest', ({ id }) => log.push(`${name}: ${id}`)),
    deliver: (id: string) => listeners.deliver('simulationRequest', { operation: 'restart', id }),
  };
}

describe('the listeners of an endpoint', () => {
  it('are called in the order of their subscription, for their topic only', () => {
    const { log, listeners, add, deliver } = listenersWithLog();
    add('a');
    add('b');
    listeners.add('acknowledgement', () => log.push('another topic'));
    deliver('one');
    expect(log).toEqual(['a: one', 'b: one']);
  });

  it('are called no more once they are gone, even within the delivery that was under way', () => {
    const { log, listeners, deliver, add } = listenersWithLog();
    listeners.add('simulationRequest', () => remove());
    const remove = add('b');
    deliver('one');
    deliver('two');
    expect(log).toEqual([]);
  });

  it('do not hear of the message during whose delivery they came', () => {
    const { log, listeners, add, deliver } = listenersWithLog();
    listeners.add('simulationRequest', ({ id }) => {
      if (id === 'one') add('late');
    });
    deliver('one');
    deliver('two');
    expect(log).toEqual(['late: two']);
  });

  it('do not disturb each other with errors, which are reported with their topic', () => {
    const { log, errors, listeners, add, deliver } = listenersWithLog();
    const broken = new Error('broken');
    listeners.add('simulationRequest', () => {
      throw broken;
    });
    add('b');
    deliver('one');
    expect(log).toEqual(['b: one']);
    expect(errors).toEqual([['simulationRequest', broken]]);
  });

  it('are known to be there or not', () => {
    const { listeners, add } = listenersWithLog();
    expect(listeners.has('simulationRequest')).toBe(false);
    const remove = add('a');
    expect(listeners.has('simulationRequest')).toBe(true);
    expect(listeners.has('acknowledgement')).toBe(false);
    remove();
    remove();
    expect(listeners.has('simulationRequest')).toBe(false);
  });

  it('are all gone at once, even within a delivery', () => {
    const { log, listeners, add, deliver } = listenersWithLog();
    listeners.add('simulationRequest', () => listeners.removeAll());
    add('b');
    deliver('one');
    deliver('two');
    expect(log).toEqual([]);
  });
});
