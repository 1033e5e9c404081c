import type { Clock } from '../clock.js';
import { TokenBucket } from '../transport/token-bucket.js';
import { mayBeEmergencyStop, readsAsEmergencyStop, STOP_SPACING } from '../transport/urgent-stop.js';

/** What becomes of a message: the client gets it; or it goes no further, at once or after a look at what it says. */
export type Verdict = 'taken' | 'looked into' | 'dropped';

export interface MessageBudgetOptions {
  /** Messages a second that are heard of each MQTT topic, and of twice as many at once; of others all are. */
  readonly rates: ReadonlyMap<string, number>;
  /** The MQTT topic of emergency stops, which are heard whatever else is said there. */
  readonly stopTopic: string;
  readonly clock: Clock;
  /** Hears when there are too many, and once in a while when there still are. */
  readonly onExcess: (topic: string, problem: string) => void;
}

/** s between two times that it is told that one topic has too many. */
const NOTICE_SPACING = 10;

/** How much of what strangers say is listened to: each topic by itself, so that a flood of one leaves the others. */
export class MessageBudget {
  /** Messages that were too many. */
  dropped = 0;
  private readonly options: MessageBudgetOptions;
  private readonly topics = new Map<string, Topic>();
  private lastStop = -Infinity;

  constructor(options: MessageBudgetOptions) {
    this.options = options;
    const now = options.clock.now();
    for (const [topic, rate] of options.rates) {
      const bucket = new TokenBucket(rate, 2 * rate, now);
      this.topics.set(topic, { rate, bucket, dropped: 0, toldAt: -Infinity });
    }
  }

  judge(topic: string, payload: Buffer): Verdict {
    const known = this.topics.get(topic);
    if (!known) return 'taken';
    const now = this.options.clock.now();
    if (known.bucket.take(now)) return 'taken';
    const mayBeStop = topic === this.options.stopTopic && mayBeEmergencyStop(payload);
    if (mayBeStop && now - this.lastStop >= STOP_SPACING && readsAsEmergencyStop(payload)) {
      this.lastStop = now;
      return 'taken';
    }
    this.drop(topic, known, now);
    return mayBeStop ? 'looked into' : 'dropped';
  }

  private drop(name: string, topic: Topic, now: number): void {
    this.dropped++;
    topic.dropped++;
    if (now < topic.toldAt + NOTICE_SPACING) return;
    topic.toldAt = now;
    const problem = `more than ${topic.rate} messages a second: those beyond are not read, unless they are emergency stops`;
    this.options.onExcess(name, `${problem} (${topic.dropped} so far)`);
  }
}

interface Topic {
  readonly rate: number;
  readonly bucket: TokenBucket;
  dropped: number;
  toldAt: number;
}
