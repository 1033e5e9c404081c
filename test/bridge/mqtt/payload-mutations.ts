import type { Topic } from '../../../bridge/message-map.js';
import { encodeJson } from '../../../bridge/transport/json-messages.js';
import { Random } from '../../../policy/random.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { ALL_TOPICS } from './broker.js';

export interface Letter {
  readonly topic: Topic;
  readonly payload: Buffer;
  /** The user property; mostly absent. */
  readonly schema: string | undefined;
}

/** Values that fields seldom have. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  -0,
  2 ** 53,
  '',
  'x'.repeat(300),
  '\u0000\ud800',
  'AAAA',
  [],
  {},
  [[[[]]]],
  { constructor: 1 },
];
const KEYS = ['stamp', 'id', 'operation', 'perturbation', 'values', 'names', '__proto__', 'constructor', ''];

/** Whatever a network can bring: noise, JSON of any shape, and messages of ours in which something is not right. */
export class PayloadMutations {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  next(): Letter {
    const topic = this.pick(ALL_TOPICS);
    const schema = this.below(20) === 0 ? this.pick(['1', '2', '', 'x'.repeat(100)]) : undefined;
    return { topic, payload: this.payload(topic), schema };
  }

  private payload(topic: Topic): Buffer {
    switch (this.below(6)) {
      case 0:
        return Buffer.from(Array.from({ length: this.below(200) }, () => this.below(256)));
      case 1:
        return Buffer.from(JSON.stringify(this.anything(4)));
      case 2:
        return this.damaged(this.example(topic));
      case 3:
        return this.damaged(this.example(this.pick(ALL_TOPICS)));
      default: {
        const message = JSON.parse(this.example(topic).toString()) as object;
        for (let changes = this.below(4); changes > 0; changes--) this.change(message);
        return Buffer.from(JSON.stringify(message));
      }
    }
  }

  private example(topic: Topic): Buffer {
    return Buffer.from(encodeJson(topic, exampleMessages()[topic]));
  }

  /** With a few bytes changed, or cut off. */
  private damaged(bytes: Buffer): Buffer {
    for (let changes = this.below(4); changes > 0; changes--)
      bytes[this.below(bytes.length)] = this.below(256);
    return this.below(2) === 0 ? bytes : bytes.subarray(0, this.below(bytes.length + 1));
  }

  /** One of its fields, however deep, is another, is gone, or is there twice under another name. */
  private change(object: object): void {
    const fields = object as Record<string, unknown>;
    const keys = Object.keys(fields);
    const key = keys.length === 0 ? this.pick(KEYS) : this.pick(keys);
    // A field that all objects inherit is none of this one's.
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value === 'object' && value !== null && this.below(3) > 0) this.change(value);
    else if (this.below(4) === 0) setField(object, this.pick(KEYS), value);
    else if (this.below(3) === 0) setField(object, key, undefined);
    else setField(object, key, this.below(2) === 0 ? this.anything(2) : this.strange());
  }

  private strange(): unknown {
    return structuredClone(this.pick(STRANGE));
  }

  private anything(depth: number): unknown {
    switch (this.below(depth > 0 ? 5 : 3)) {
      case 0:
        return this.below(1000) / 10;
      case 1:
        return this.strange();
      case 2:
        return this.pick(KEYS);
      case 3:
        return Array.from({ length: this.below(6) }, () => this.anything(depth - 1));
      default:
        return Object.fromEntries(
          Array.from({ length: this.below(6) }, () => [this.pick(KEYS), this.anything(depth - 1)]),
        );
    }
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  private below(bound: number): number {
    return Math.floor(this.random.uniform() * bound);
  }
}

/** Of its own, `__proto__` too. */
function setField(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
