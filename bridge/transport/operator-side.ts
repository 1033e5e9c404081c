import { warnOfListenerError, type ListenerErrorHandler, type Transport } from '../transport.js';
import { InMemoryNetwork, InMemoryTransport } from './in-memory-transport.js';
import { relay } from './relay.js';

/**
 * An endpoint for whoever watches and operates from elsewhere, on a network of its own: what is said on `near` is heard
 * there, what is asked there is asked on `near`, and nothing else gets to `near`, the faults of listeners there
 * included.
 */
export function operatorSide(
  near: Transport,
  onListenerError: ListenerErrorHandler = warnOfListenerError,
): Transport {
  const network = new InMemoryNetwork(onListenerError);
  relay(near, new InMemoryTransport(network));
  return new InMemoryTransport(network);
}
