import { CdrCursor } from './cdr-cursor.js';
import { CdrTemplate } from './cdr-template.js';
import { putTime, readTime } from './time.js';

/*
 * Messages of one value: std_msgs/msg/Bool (bool data), std_msgs/msg/Float64 (float64 data),
 * rosgraph_msgs/msg/Clock (builtin_interfaces/Time clock).
 */

export class BoolReader {
  private readonly cursor: CdrCursor;

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor('std_msgs/msg/Bool', topic);
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE, also for a byte that is neither 0 nor 1 */
  read(message: Uint8Array): boolean {
    const { cursor } = this;
    cursor.open(message);
    const value = cursor.uint8();
    if (value > 1) cursor.fail(`data is ${value}; a bool is 0 or 1`);
    return value === 1;
  }
}

export class BoolWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly data: number;

  constructor() {
    const template = new CdrTemplate();
    this.data = template.uint8(0);
    this.buffer = template.finish().buffer;
  }

  write(value: boolean): Buffer {
    this.buffer[this.data] = value ? 1 : 0;
    return this.buffer;
  }
}

export class Float64Reader {
  private readonly cursor: CdrCursor;

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor('std_msgs/msg/Float64', topic);
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE */
  read(message: Uint8Array): number {
    this.cursor.open(message);
    return this.cursor.float64();
  }
}

export class Float64Writer {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly data: number;

  constructor() {
    const template = new CdrTemplate();
    this.data = template.float64s(1);
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  write(value: number): Buffer {
    this.view.setFloat64(this.data, value, true);
    return this.buffer;
  }
}

export class ClockReader {
  private readonly cursor: CdrCursor;

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor('rosgraph_msgs/msg/Clock', topic);
  }

  /**
   * @returns s
   * @throws HebbridgeError ERR_ROS_MESSAGE
   */
  read(message: Uint8Array): number {
    this.cursor.open(message);
    return readTime(this.cursor, 'clock');
  }
}

export class ClockWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly clock: number;

  constructor() {
    const template = new CdrTemplate();
    this.clock = template.time();
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /** @param time s */
  write(time: number): Buffer {
    putTime(this.view, this.clock, time);
    return this.buffer;
  }
}
