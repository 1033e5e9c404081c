import { Float32MultiArrayWriter } from '../bridge/ros2/messages/index.js';
import {
  qualityOfService,
  type Quality,
  type Rclnodejs,
  type RosNode,
  type RosPublisher,
} from '../bridge/ros2/rclnodejs.js';

const RELIABLE: Quality = { depth: 1, reliability: 'reliable', durability: 'volatile' };

/** s after which an answer is no longer waited for. */
const LOST = 0.5;

/** Where observations leave and commands arrive, as raw bytes; one observation is under way at a time. */
export class ClientPort {
  /** Round trips of the current measurement, s. */
  readonly roundTrips: number[] = [];
  /** Observations that did not leave, for the one before was not answered yet. */
  skipped = 0;
  private readonly publisher: RosPublisher;
  private readonly writer = new Float32MultiArrayWriter(28);
  private readonly values = new Float32Array(28);
  private readonly now: () => number;
  private sentAt = NaN;
  private count = 0;
  private answered: () => void = () => undefined;

  /** Before the node spins. */
  constructor(
    rclnodejs: Rclnodejs,
    node: RosNode,
    topics: { readonly observation: string; readonly command: string },
    now: () => number,
  ) {
    const qos = qualityOfService(rclnodejs, RELIABLE);
    this.now = now;
    this.publisher = node.createPublisher('std_msgs/msg/Float32MultiArray', topics.observation, { qos });
    node.createSubscription('std_msgs/msg/Float64MultiArray', topics.command, { isRaw: true, qos }, () =>
      this.arrive(),
    );
  }

  /** Somebody hears what is sent. */
  get connected(): boolean {
    return this.publisher.subscriptionCount > 0;
  }

  begin(): void {
    this.roundTrips.length = 0;
    this.skipped = 0;
    this.sentAt = NaN;
  }

  /** Send an observation of an Ant that stands and moves its joints a little. */
  send(answered: () => void = () => undefined): void {
    const now = this.now();
    // Every answer is to be that of its own observation.
    if (now - this.sentAt < LOST) {
      this.skipped++;
      return;
    }
    const phase = (this.count++ % 100) / 100;
    for (let k = 8; k < 24; k++) this.values[k] = 0.2 * Math.abs(phase - 0.5);
    const bytes = this.writer.write(this.values);
    this.answered = answered;
    this.sentAt = this.now();
    this.publisher.publish(bytes);
  }

  private arrive(): void {
    // The safe commands of a node that nobody asks are no answers.
    if (Number.isNaN(this.sentAt)) return;
    this.roundTrips.push(this.now() - this.sentAt);
    this.sentAt = NaN;
    this.answered();
  }
}
