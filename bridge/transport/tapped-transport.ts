import type { MessageMap, Topic } from '../message-map.js';
import type { Listener, Transport, Unsubscribe } from '../transport.js';

/** Hears of every message that is published, just before it leaves. */
export type Tap = <T extends Topic>(topic: T, message: MessageMap[T]) => void;

/** An endpoint whose owner hears what it says itself, at once and without a way through the network. */
export class TappedTransport implements Transport {
  private readonly transport: Transport;
  private readonly tap: Tap;

  constructor(transport: Transport, tap: Tap) {
    this.transport = transport;
    this.tap = tap;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.tap(topic, message);
    this.transport.publish(topic, message);
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    return this.transport.subscribe(topic, listener);
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
