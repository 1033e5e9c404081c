import type { Clock } from '../clock.js';
import type { MessageMap, Topic } from '../message-map.js';
import { EVENT_CHANNEL } from './channel-schemas.js';
import type { ControllerEvent, EventKind } from './controller-event.js';
import { isRecordedTopic, type RecordedTopic } from './recorded-messages.js';

/** Takes records. */
export interface RecordSink {
  /** The sequence number of the next record. */
  readonly sequence: number;
  /** Never throws, whatever `value` is: the controller, to which it happens, must not notice. `time`: s. */
  add(channel: RecordedTopic | typeof EVENT_CHANNEL, time: number, value: unknown): void;
}

/** What is told of an event beside what the tape knows itself. */
export type EventDetails = Partial<Pick<ControllerEvent, 'topic' | 'target' | 'echo' | 'argument'>>;

/** An event that is under way. */
interface Frame {
  readonly began: number;
  readonly nested: boolean;
  readonly readings: number[];
  readonly failures: { sequence: number; reason: string }[];
}

/**
 * Keeps apart what happens to one controller from what it does itself, and writes down the first together with what
 * the clock says meanwhile: all that it takes to have the second happen again.
 */
export class EventTape {
  private readonly clock: Clock;
  private readonly sink: RecordSink;
  private readonly controller: number;
  /** Of the event in which the controller is at work; undefined while it is not: before, between and after them. */
  private frame: Frame | undefined;
  /** Publications that are under way, one inside the other. */
  private publications = 0;
  private publishing: unknown;

  constructor(clock: Clock, sink: RecordSink, controller: number) {
    this.clock = clock;
    this.sink = sink;
    this.controller = controller;
  }

  /** What the clock says to the controller. */
  now(): number {
    const now = this.clock.now();
    this.frame?.readings.push(now);
    return now;
  }

  /** `act` on the controller, from outside; what it does to itself is part of an event already. */
  perform<Result>(kind: EventKind, details: EventDetails, act: () => Result): Result {
    if (this.frame) return act();
    const { publishing } = this;
    const frame = this.begin();
    this.frame = frame;
    try {
      return act();
    } finally {
      this.frame = undefined;
      this.publishing = publishing;
      this.end(frame, kind, details);
    }
  }

  /** A message reaches subscription `target` of the controller. */
  hear<T extends Topic>(topic: T, target: number, message: MessageMap[T], listen: () => void): void {
    if (this.frame || !isRecordedTopic(topic)) {
      listen();
      return;
    }
    const echo = message === this.publishing;
    const { publishing } = this;
    const frame = this.begin();
    if (!echo) this.write(topic, message);
    this.frame = frame;
    try {
      listen();
    } finally {
      this.frame = undefined;
      this.publishing = publishing;
      this.end(frame, 'message', { topic, target, echo });
    }
  }

  /** The controller publishes; whoever hears it is none of it. */
  publish<T extends Topic>(topic: T, message: MessageMap[T], send: () => void): void {
    const { frame, publishing } = this;
    const { sequence } = this.sink;
    if (isRecordedTopic(topic)) this.write(topic, message);
    this.frame = undefined;
    this.publishing = message;
    this.publications++;
    try {
      send();
    } catch (error) {
      frame?.failures.push({ sequence, reason: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      this.frame = frame;
      this.publishing = publishing;
      this.publications--;
    }
  }

  /** Something that the controller neither hears nor says. */
  overhear(topic: RecordedTopic, message: unknown): void {
    this.write(topic, message);
  }

  private begin(): Frame {
    return { began: this.sink.sequence, nested: this.publications > 0, readings: [], failures: [] };
  }

  private end({ began, nested, readings, failures }: Frame, kind: EventKind, details: EventDetails): void {
    const { topic = '', target = 0, echo = false, argument = null } = details;
    const { controller } = this;
    const event = { kind, controller, began, nested, topic, target, echo, argument, readings, failures };
    this.write(EVENT_CHANNEL, event satisfies ControllerEvent);
  }

  private write(channel: RecordedTopic | typeof EVENT_CHANNEL, value: unknown): void {
    this.sink.add(channel, this.clock.now(), value);
  }
}
