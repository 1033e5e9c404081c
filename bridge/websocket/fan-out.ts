import type { Clock } from '../clock.js';
import { channelId, DROPPABLE_TOPICS, HOT_TOPICS, type ServedTopic } from './channels.js';
import { HotMessages } from './hot-messages.js';
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

/** Makes the JSON of a message; of what was kept for it when it was offered, for it is called later, or never. */
export type Encode = () => string;

/** A message on its way to all who subscribed. */
interface Outgoing {
  readonly channel: number;
  readonly droppable: boolean;
  readonly encode: Encode;
  readonly time: bigint;
  /** Whoever it came from does not get it back. */
  readonly from: Session | undefined;
}

/** The same when it was encoded; clients of one kind choose the same ids, so that most share a frame. */
interface Encoded extends Outgoing {
  readonly payload: Buffer;
  /** Frame by subscription. */
  readonly frames: Map<number, Buffer>;
}

/**
 * s of work in one turn of the event loop, about: what a control step that falls due meanwhile may have to wait. A
 * client costs some 15 us, and all of them together more than a millisecond.
 */
const LONGEST_TURN = 1e-4;

/**
 * Sends messages to all who subscribed: encoded once, and only if there is anybody. Nothing of that is done in the
 * turn of the event loop in which a message is offered, for that is the control step's; then a few clients have their
 * turn at a time, each with all messages that go out together, so that between them a step can begin when it is due.
 */
export class FanOut {
  private readonly options: FanOutOptions;
  private readonly hot: HotMessages<Outgoing>;
  private outgoing: Outgoing[] = [];
  /** The messages that are being sent. */
  private round: Iterator<void> | undefined;
  /** An immediate is on its way. It is never cleared: Node 20 loops for ever where one before it threw. */
  private scheduled = false;

  constructor(options: FanOutOptions) {
    this.options = options;
    this.hot = new HotMessages({
      clock: options.clock,
      period: options.hotPeriod,
      release: (messages) => this.enqueue(messages),
    });
  }

  /**
   * Send a message to all subscribers of `topic`, except `from`. Of hot topics the newest message waits until a
   * control step ends, or a period; those before it are left out.
   *
   * @param keep called at once, if there is any subscriber: has to keep what the publisher will change
   */
  offer(topic: ServedTopic, keep: () => Encode, from?: Session): void {
    const channel = channelId(topic);
    if (this.isSubscribed(channel)) {
      const message: Outgoing = {
        channel,
        droppable: DROPPABLE_TOPICS.has(topic),
        encode: keep(),
        time: BigInt(Math.round(1000 * this.options.wallClock())) * 1000n,
        from,
      };
      if (HOT_TOPICS.has(topic)) this.hot.put(channel, message);
      else this.enqueue([message]);
    }
    // Its command is the last that a control step says; steps elsewhere keep nothing waiting here.
    if (topic === 'jointCommand' && from === undefined) this.hot.endStep();
  }

  /** Send what is still here, at once. */
  flush(): void {
    this.hot.releaseAll();
    this.work(Infinity);
  }

  private enqueue(messages: readonly Outgoing[]): void {
    this.outgoing.push(...messages);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.takeTurn);
  }

  private readonly takeTurn = (): void => {
    this.scheduled = false;
    this.work(this.options.clock.now() + LONGEST_TURN);
  };

  /** Go on until there is nothing left, or until `end` (s); then in the next turn of the event loop. */
  private work(end: number): void {
    const { clock } = this.options;
    do {
      if (!this.round && this.outgoing.length === 0) return;
      this.round ??= this.sendAll();
      if (this.round.next().done === true) this.round = undefined;
    } while (clock.now() < end);
    this.schedule();
  }

  /** All messages of this moment to all clients; a little of it at a time. */
  private *sendAll(): Generator<void, void, void> {
    const outgoing = this.outgoing;
    this.outgoing = [];
    const messages: Encoded[] = [];
    for (const message of outgoing) {
      messages.push({ ...message, payload: Buffer.from(message.encode()), frames: new Map() });
      yield;
    }
    for (const session of [...this.options.sessions()]) {
      session.together(() => sendTo(session, messages));
      yield;
    }
  }

  private isSubscribed(channel: number): boolean {
    for (const { subscriptions } of this.options.sessions()) if (subscriptions.has(channel)) return true;
    return false;
  }
}

function sendTo(session: Session, messages: readonly Encoded[]): void {
  for (const { channel, droppable, payload, frames, time, from } of messages) {
    const subscription = session.subscriptions.get(channel);
    if (subscription === undefined || session === from) continue;
    let frame = frames.get(subscription);
    if (!frame) frames.set(subscription, (frame = messageFrame(subscription, time, payload)));
    session.sendFrame(frame, droppable);
  }
}
