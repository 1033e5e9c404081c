import { HebbridgeError } from '../../policy/errors.js';
import type { MessageMap, Topic } from '../message-map.js';
import {
  warnOfListenerError,
  type Listener,
  type ListenerErrorHandler,
  type Transport,
  type Unsubscribe,
} from '../transport.js';
import { MessageBatch } from './message-batch.js';

/**
 * An endpoint that publishing does not wait for: what is published is copied, and leaves when the work of this turn of
 * the event loop is done. So a control step is over before anything of it is encoded for whoever watches. Where more
 * comes than can leave, the newest of each replaceable topic does.
 */
export class DeferredTransport implements Transport {
  private readonly transport: Transport;
  private readonly onError: ListenerErrorHandler;
  private filling = new MessageBatch();
  private leaving = new MessageBatch();
  /** An immediate is on its way. It is never cleared: Node 20 loops for ever where one before it threw. */
  private scheduled = false;
  private closed = false;

  /**
   * @param transport is this one's from now on, and closed with it
   * @param onError hears of what it threw when something was to leave: whoever published that is gone by then
   */
  constructor(transport: Transport, onError: ListenerErrorHandler = warnOfListenerError) {
    this.transport = transport;
    this.onError = onError;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    if (this.closed) throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `publish of ${topic} after close()`);
    this.filling.put(topic, message);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.takeTurn);
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    return this.transport.subscribe(topic, listener);
  }

  /** What was published leaves first. */
  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.flush();
    }
    return this.transport.close();
  }

  private readonly takeTurn = (): void => {
    this.scheduled = false;
    this.flush();
  };

  private flush(): void {
    // A listener that closes: what was to leave after the message that it hears.
    this.leaving.sendAll(this.send);
    const batch = this.filling;
    this.filling = this.leaving;
    this.leaving = batch;
    batch.sendAll(this.send);
  }

  private readonly send = <T extends Topic>(topic: T, message: MessageMap[T]): void => {
    try {
      this.transport.publish(topic, message);
    } catch (error) {
      this.onError(topic, error);
    }
  };
}
