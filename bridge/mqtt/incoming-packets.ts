import { Transform, type Duplex, type TransformCallback } from 'node:stream';
import type { Verdict } from './message-budget.js';
import { PUBLISH, readPacketHead, readPublish, type PacketHead } from './packet-head.js';

export interface IncomingPacketsOptions {
  /** The way to the broker, which confirmations of messages that go no further are written to. */
  readonly stream: Duplex;
  /** Bytes that the broker was told. */
  readonly largestPacket: number;
  /** @param payload as far as it is there: all of it, up to {@link LOOKED_AT} bytes with its envelope */
  readonly judge: (topic: string, payload: Buffer) => Verdict;
}

/** Bytes of a packet that are waited for before it is decided what becomes of it. */
export const LOOKED_AT = 2048;
/** What becomes of a packet costs the process so much of the {@link TURN} that others wait for. */
const COST: Readonly<Record<Verdict, number>> = { taken: 64, 'looked into': 16, dropped: 1 };
/** Bytes of a packet that cost as much as one that is dropped. */
const BYTES_PER_COST = 64;
/** Sixteen messages, or a thousand that are dropped: one or two ms. */
const TURN = 1024;
/** Bytes that a broker may leave unread before it is not read either. */
const LARGEST_BACKLOG = 1024 * 1024;
/** Type 4, and the length of what follows: a message's id. */
const PUBACK = 0x4002;
/** Reasons of MQTT 5, section 2.4. */
const REASON = { malformed: 129, protocol: 130, tooLarge: 149 } as const;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * What comes from the broker, packet by packet, before the MQTT client sees it. Messages that are judged to be too
 * many end here, at a hundredth of what the client would spend on them, confirmed where that is expected: so nothing
 * piles up at the broker in front of an emergency stop. After each {@link TURN} the rest of the process has its own. A
 * packet that is announced to be too large ends the connection, before it is there.
 */
export class IncomingPackets extends Transform {
  private readonly options: IncomingPacketsOptions;
  private bytes = NOTHING;
  private at = 0;
  /** The beginning of a packet of which not enough was there to decide. */
  private held = NOTHING;
  /** Bytes that are still to come of the packet that was decided last, and whether they go on. */
  private left = 0;
  private passing = false;
  private confirmations: number[] = [];
  private spent = 0;
  private turnEnds = false;
  private whenRead: TransformCallback | undefined;

  constructor(options: IncomingPacketsOptions) {
    super();
    this.options = options;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    this.held = NOTHING;
    this.at = 0;
    this.whenRead = done;
    this.work();
  }

  private work(): void {
    const { stream } = this.options;
    const problem = stream.destroyed ? undefined : this.readPackets();
    if (problem) stream.destroy(problem);
    if (stream.destroyed) {
      // Nobody will read what is left.
      this.bytes = NOTHING;
      return;
    }
    this.confirm();
    if (this.spent > 0) this.endTurnSoon();
    if (this.spent >= TURN) return;
    const { whenRead } = this;
    this.whenRead = undefined;
    // A copy: the chunk that it is from is larger.
    this.held = Buffer.from(this.bytes.subarray(this.at));
    this.bytes = NOTHING;
    if (stream.writableLength > LARGEST_BACKLOG) stream.once('drain', () => whenRead?.());
    else whenRead?.();
  }

  /** Until nothing is left, not enough of a packet is there, or the turn is over; what is wrong, if anything is. */
  private readPackets(): Error | undefined {
    const { bytes } = this;
    let passFrom = this.at;
    let problem: Error | undefined;
    while (this.at < bytes.length) {
      if (this.left > 0) {
        const part = Math.min(this.left, bytes.length - this.at);
        if (!this.passing) {
          this.pass(passFrom, this.at);
          passFrom = this.at + part;
        }
        this.at += part;
        this.left -= part;
        continue;
      }
      if (this.spent >= TURN) break;
      const head = readPacketHead(bytes, this.at);
      if (head === undefined) break;
      problem = this.problemOf(head);
      if (problem || typeof head === 'string') break;
      if (bytes.length - this.at < Math.min(head.length, LOOKED_AT)) break;
      this.decide(head);
    }
    this.pass(passFrom, this.at);
    return problem;
  }

  private pass(from: number, to: number): void {
    if (from < to) this.push(this.bytes.subarray(from, to));
  }

  private problemOf(head: PacketHead | string): Error | undefined {
    const { largestPacket } = this.options;
    const found = (problem: string, code: number): Error => Object.assign(new Error(problem), { code });
    if (typeof head === 'string') return found(`the broker sends ${head}`, REASON.malformed);
    if (head.length > largestPacket) {
      const problem = `the broker sends a packet of ${head.length} bytes, and was told ${largestPacket} at most`;
      return found(problem, REASON.tooLarge);
    }
    if (head.type === PUBLISH && head.qos > 1) {
      return found(
        `the broker sends with quality of service ${head.qos}, and was asked for 1`,
        REASON.protocol,
      );
    }
    return undefined;
  }

  private decide(head: PacketHead): void {
    const publish = head.type === PUBLISH ? readPublish(this.bytes, this.at, head) : undefined;
    // What cannot be read is the client's to complain about.
    const verdict = publish ? this.options.judge(publish.topic, publish.payload) : 'taken';
    this.spent += COST[verdict];
    this.passing = verdict === 'taken';
    if (this.passing) this.spent += head.length / BYTES_PER_COST;
    else if (publish && head.qos === 1) this.confirmations.push(publish.messageId);
    this.left = head.length;
  }

  private confirm(): void {
    const { confirmations } = this;
    if (confirmations.length === 0) return;
    const packets = Buffer.alloc(4 * confirmations.length);
    for (const [k, messageId] of confirmations.entries()) {
      packets.writeUInt16BE(PUBACK, 4 * k);
      packets.writeUInt16BE(messageId, 4 * k + 2);
    }
    this.confirmations = [];
    this.options.stream.write(packets);
  }

  private endTurnSoon(): void {
    if (this.turnEnds) return;
    this.turnEnds = true;
    setImmediate(() => {
      this.turnEnds = false;
      this.spent = 0;
      if (this.whenRead) this.work();
    });
  }
}
