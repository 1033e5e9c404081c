import type { JointCommand, MessageMap, Topic } from '../message-map.js';
import { encodeExactJson } from './exact-json.js';
import type { RecordedMessage } from './read-recording.js';
import { recordedCommandSchema } from './recorded-messages.js';

/** The first thing in which a replay is not what was recorded. */
export interface Difference {
  /** Commands that were equal before it. */
  readonly command: number;
  /** s on the controller's clock. */
  readonly time: number;
  /** In words: which joint, and both values. */
  readonly what: string;
  /** Where it is a value of a command. */
  readonly joint?: string;
  readonly recorded?: number;
  readonly replayed?: number;
}

/** Compares what a replayed controller publishes with what was published, bit by bit, up to the first difference. */
export class CommandComparison {
  private first: Difference | undefined;
  private commandCount = 0;
  private otherCount = 0;

  get difference(): Difference | undefined {
    return this.first;
  }

  /** Commands found equal. */
  get commands(): number {
    return this.commandCount;
  }

  /** Other messages found equal: status, answers, what is passed on to a simulated body. */
  get others(): number {
    return this.otherCount;
  }

  compare<T extends Topic>(recorded: RecordedMessage, topic: T, message: MessageMap[T]): void {
    if (this.first) return;
    if (recorded.topic !== topic) {
      this.differ(`publishes ${topic} where it published ${recorded.topic}`, recorded.time);
    } else if (encodeExactJson(message) !== recorded.text) {
      if (topic === 'jointCommand') this.tellCommands(recorded, message as JointCommand);
      else this.tellMessages(recorded, topic, message);
    } else if (topic === 'jointCommand') this.commandCount++;
    else this.otherCount++;
  }

  /** The controller does not do as it did. */
  differ(what: string, time: number): void {
    this.first ??= { command: this.commandCount, time, what: `the controller ${what}` };
  }

  private tellMessages({ text, time }: RecordedMessage, topic: Topic, message: unknown): void {
    // Both as they stand in a recording: what is none in JSON is none in either.
    const found = firstDifference(parse(text), parse(encodeExactJson(message)), topic);
    this.differ(`publishes another ${topic}: ${found ?? 'its fields are in another order'}`, time);
  }

  private tellCommands(message: RecordedMessage, replayed: JointCommand): void {
    const { text, time } = message;
    const parsed = recordedCommandSchema.safeParse(parse(text));
    if (!parsed.success) {
      this.differ(`cannot be compared: the command in the recording is none: ${text.slice(0, 200)}`, time);
      return;
    }
    const recorded = parsed.data;
    const at = replayed.values.findIndex((value, j) => !Object.is(value, recorded.values[j]));
    const joint = replayed.names[at];
    if (joint === undefined) {
      this.tellMessages(message, 'jointCommand', replayed);
      return;
    }
    const was = recorded.values[at] ?? NaN;
    const is = replayed.values[at]!;
    const what = `${joint} is commanded ${is}, was ${was}`;
    this.first = { command: this.commandCount, time, what, joint, recorded: was, replayed: is };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where two values of JSON differ first, and how; undefined: nowhere. */
function firstDifference(was: unknown, is: unknown, path: string): string | undefined {
  if (isObject(was) && isObject(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const found = firstDifference(was[key], is[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(was, is) ? undefined : `${path} is ${encodeExactJson(is)}, was ${encodeExactJson(was)}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
