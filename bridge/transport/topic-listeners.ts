import type { MessageMap, Topic } from '../message-map.js';
import {
  warnOfListenerError,
  type Listener,
  type ListenerErrorHandler,
  type Unsubscribe,
} from '../transport.js';

/** The listeners of one endpoint, called as transports promise (bridge/transport.ts). Delivering allocates nothing. */
export class TopicListeners {
  private readonly onListenerError: ListenerErrorHandler;
  /** Never changed in place: a delivery that is under way keeps its own list. */
  private readonly listeners = new Map<Topic, readonly Entry[]>();

  constructor(onListenerError: ListenerErrorHandler = warnOfListenerError) {
    this.onListenerError = onListenerError;
  }

  add<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    // A listener of one topic gets messages of that topic only, so the wider type is never made use of.
    const entry: Entry = { listener: listener as Listener<Topic>, ended: false };
    this.listeners.set(topic, [...this.of(topic), entry]);
    return () => {
      entry.ended = true;
      this.listeners.set(
        topic,
        this.of(topic).filter((other) => other !== entry),
      );
    };
  }

  /** Whether anybody would hear of it. */
  has(topic: Topic): boolean {
    return this.of(topic).length > 0;
  }

  deliver<T extends Topic>(topic: T, message: MessageMap[T]): void {
    const entries = this.of(topic);
    for (let e = 0; e < entries.length; e++) {
      const entry = entries[e]!;
      if (entry.ended) continue;
      try {
        entry.listener(message);
      } catch (error) {
        this.onListenerError(topic, error);
      }
    }
  }

  removeAll(): void {
    for (const entries of this.listeners.values()) for (const entry of entries) entry.ended = true;
    this.listeners.clear();
  }

  private of(topic: Topic): readonly Entry[] {
    return this.listeners.get(topic) ?? NONE;
  }
}

interface Entry {
  readonly listener: Listener<Topic>;
  ended: boolean;
}

const NONE: readonly Entry[] = [];
