import type { Cancel, Clock } from '../clock.js';
import { channelId, DROPPABLE_TOPICS, HOT_TOPICS, type ServedTopic } from './channels.js';
import { Pace } from './pace.js';
import { messageFrame } from './protocol.js';
import type { Session } from './session.js';

export interface FanOutOptions {
  readonly sessions: () => Iterable<Session>;
  readonly clock: Clock;
  /** ms since 1970: when a message was sent, as it stands in its frame. */
  readonly wallClock: () => number;
  /** s between two messages of a hot topic at least. */
  readonly hotPeriod: number;
}

/** A message on its way to all who subscribed. */
interface Outgoing {
  readonly channel: number;
  readonly droppable: boolean;
  readonly payload: Buffer;
  readonly time: bigint;
  /** Whoever it came from does not get it back. */
  readonly from: Session | undefined;
}

/** A topic that is paced, and its newest message where that has to wait. */
interface Paced {
  readonly pace: Pace;
  waiting: Outgoing | undefined;
  cancel: Cancel | undefined;
}

/**
 * Sends messages to all who subscribed: encoded once, and only if there is anybody. Sockets are written to when the
 * work of this turn of the event loop is done, so that nothing of the control step waits for them.
 */
export class FanOut {
  private readonly options: FanOutOptions;
  private readonly paced = new Map<number, Paced>();
  private outgoing: Outgoing[] = [];
  private flushing: NodeJS.Immediate | undefined;

  constructor(options: FanOutOptions) {
    this.options = options;
  }

  /**
   * Send what `encode` makes of a message to all subscribers of `topic`, except `from`. Of hot topics that come too
   * often the newest message waits until it may go; those before it are left out.
   */
  offer(topic: ServedTopic, encode: () => string, from?: Session): void {
    const channel = channelId(topic);
    if (!this.isSubscribed(channel)) return;
    const message: Outgoing = {
      channel,
      droppable: DROPPABLE_TOPICS.has(topic),
      payload: Buffer.from(encode()),
      time: BigInt(Math.round(1000 * this.options.wallClock())) * 1000n,
      from,
    };
    if (HOT_TOPICS.has(topic)) this.offerPaced(message);
    else this.enqueue(message);
  }

  /** Send what is still here, at once. */
  flush(): void {
    for (const paced of this.paced.values()) this.release(paced);
    this.drain();
  }

  private offerPaced(message: Outgoing): void {
    const { clock, hotPeriod } = this.options;
    let paced = this.paced.get(message.channel);
    if (!paced) {
      paced = { pace: new Pace(hotPeriod), waiting: undefined, cancel: undefined };
      this.paced.set(message.channel, paced);
    }
    const { pace } = paced;
    const waits = paced.waiting !== undefined;
    paced.waiting = message;
    if (waits) return;
    if (pace.admit(clock.now())) this.release(paced);
    else {
      paced.cancel = clock.callAt(pace.next, () => {
        pace.admit(clock.now());
        this.release(paced);
      });
    }
  }

  private release(paced: Paced): void {
    const { waiting } = paced;
    paced.cancel?.();
    paced.cancel = undefined;
    paced.waiting = undefined;
    if (waiting) this.enqueue(waiting);
  }

  private enqueue(message: Outgoing): void {
    this.outgoing.push(message);
    this.flushing ??= setImmediate(this.drain);
  }

  private readonly drain = (): void => {
    clearImmediate(this.flushing);
    this.flushing = undefined;
    const messages = this.outgoing;
    this.outgoing = [];
    for (const { channel, droppable, payload, time, from } of messages) {
      // Clients of one kind choose the same ids, so that most share a frame.
      const frames = new Map<number, Buffer>();
      for (const session of this.options.sessions()) {
        const subscription = session.subscriptions.get(channel);
        if (subscription === undefined || session === from) continue;
        let frame = frames.get(subscription);
        if (!frame) frames.set(subscription, (frame = messageFrame(subscription, time, payload)));
        session.sendFrame(frame, droppable);
      }
    }
  };

  private isSubscribed(channel: number): boolean {
    for (const { subscriptions } of this.options.sessions()) if (subscriptions.has(channel)) return true;
    return false;
  }
}
