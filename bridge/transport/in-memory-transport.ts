import { HebbridgeError } from '../../policy/errors.js';
import type { MessageMap, Topic } from '../message-map.js';
import {
  warnOfListenerError,
  type Listener,
  type ListenerErrorHandler,
  type Transport,
  type Unsubscribe,
} from '../transport.js';

interface Subscription {
  readonly endpoint: InMemoryTransport;
  readonly listener: Listener<Topic>;
  ended: boolean;
}

/**
 * The transport inside one process: the demo, tests, replay.
 *
 * Delivery is synchronous: when `publish` returns, every listener has been called, in the order of their
 * subscription; what a listener publishes is delivered before that listener goes on. So a run on a manual clock
 * is the same every time, and publishing allocates nothing. Messages are handed over as they are, not copied.
 */
export class InMemoryTransport implements Transport {
  private readonly network: InMemoryNetwork;
  private readonly own: Subscription[] = [];
  private closed = false;

  /** `network` connects endpoints with each other; without one, the endpoint is alone. */
  constructor(network = new InMemoryNetwork()) {
    this.network = network;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.assertOpen('publish', topic);
    this.network.deliver(topic, message);
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    this.assertOpen('subscribe', topic);
    // A listener of one topic gets messages of that topic only, so the wider type is never made use of.
    const subscription: Subscription = {
      endpoint: this,
      listener: listener as Listener<Topic>,
      ended: false,
    };
    this.own.push(subscription);
    this.network.add(topic, subscription);
    return () => {
      if (subscription.ended) return;
      subscription.ended = true;
      this.network.remove(topic, subscription);
      this.own.splice(this.own.indexOf(subscription), 1);
    };
  }

  close(): Promise<void> {
    this.closed = true;
    for (const subscription of this.own.splice(0)) subscription.ended = true;
    this.network.removeEnded();
    return Promise.resolve();
  }

  private assertOpen(operation: string, topic: Topic): void {
    if (this.closed)
      throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `${operation} of ${topic} after close()`);
  }
}

/** What connects in-memory endpoints. */
export class InMemoryNetwork {
  private readonly onListenerError: ListenerErrorHandler;
  /** Never changed in place: a delivery that is under way keeps its own list. */
  private readonly subscriptions = new Map<Topic, readonly Subscription[]>();

  constructor(onListenerError: ListenerErrorHandler = warnOfListenerError) {
    this.onListenerError = onListenerError;
  }

  /** Call every listener of `topic`. */
  deliver<T extends Topic>(topic: T, message: MessageMap[T]): void {
    const subscriptions = this.subscriptions.get(topic);
    if (!subscriptions) return;
    for (let s = 0; s < subscriptions.length; s++) {
      const subscription = subscriptions[s]!;
      if (subscription.ended) continue;
      try {
        subscription.listener(message);
      } catch (error) {
        this.onListenerError(topic, error);
      }
    }
  }

  add(topic: Topic, subscription: Subscription): void {
    this.subscriptions.set(topic, [...(this.subscriptions.get(topic) ?? []), subscription]);
  }

  remove(topic: Topic, subscription: Subscription): void {
    const left = (this.subscriptions.get(topic) ?? []).filter((other) => other !== subscription);
    this.subscriptions.set(topic, left);
  }

  /** Forget the subscriptions of endpoints that were closed. */
  removeEnded(): void {
    for (const [topic, subscriptions] of this.subscriptions) {
      this.subscriptions.set(
        topic,
        subscriptions.filter(({ ended }) => !ended),
      );
    }
  }
}
