import type { MessageMap, Topic } from './message-map.js';

export type Listener<T extends Topic> = (message: MessageMap[T]) => void;
export type Unsubscribe = () => void;

/**
 * How messages travel. What holds for every implementation (test/contract/transport-contract.ts):
 *
 * - A message reaches every listener that is subscribed to its topic, on every connected endpoint, the
 *   publisher's own included. Listeners that subscribe later do not get it.
 * - Messages of a topic from one publisher arrive in order. A transport may lose some of the replaceable topics
 *   (below) in favour of newer ones, never of the others.
 * - The publisher owns the message and may change it as soon as `publish` returns. A listener may read it until
 *   it returns, and copies what it wants to keep.
 * - A listener that throws disturbs neither the publisher nor other listeners; the error is reported.
 * - Once unsubscribed, a listener is not called again. Unsubscribing twice is harmless.
 * - After `close`, `publish` and `subscribe` throw ERR_TRANSPORT_CLOSED, no listener is called again, and
 *   another `close` is harmless.
 */
export interface Transport {
  publish<T extends Topic>(topic: T, message: MessageMap[T]): void;
  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe;
  /** Resolves when what was published has left and everything is given back. */
  close(): Promise<void>;
}

/** Topics that come again soon, of which only the newest message counts. */
export const REPLACEABLE_TOPICS = ['robotState', 'observation', 'jointCommand', 'weights'] as const;
export type ReplaceableTopic = (typeof REPLACEABLE_TOPICS)[number];

export function isReplaceable(topic: Topic): topic is ReplaceableTopic {
  return (REPLACEABLE_TOPICS as readonly Topic[]).includes(topic);
}

/** Who hears that a listener threw. */
export type ListenerErrorHandler = (topic: Topic, error: unknown) => void;

/** A warning of the process: not silent, and the robot goes on. */
export const warnOfListenerError: ListenerErrorHandler = (topic, error) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`a listener of ${topic} threw: ${text}`, 'HebbridgeListenerWarning');
};
