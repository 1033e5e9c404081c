import { CdrCursor } from './cdr-cursor.js';
import { CdrTemplate, putFloat64s } from './cdr-template.js';
import { readJointNumbers } from './joint-numbers.js';
import { RememberedText, RememberedTexts } from './remembered-text.js';
import { putTime, readTime } from './time.js';

/*
 * sensor_msgs/msg/JointState: std_msgs/Header header, string[] name, float64[] position, velocity, effort.
 */

const TYPE = 'sensor_msgs/msg/JointState';

/** A joint state as it was read; valid until its reader reads again. */
export interface JointStateView {
  /** s; NaN after a message that could not be read. */
  stamp: number;
  frameId: string;
  /** The same array as before, as long as the names are. */
  names: readonly string[];
  /** rad, [names], or empty: whoever does not measure something leaves it out. */
  position: Float64Array;
  /** rad/s, [names] or empty. */
  velocity: Float64Array;
  /** N m, [names] or empty. */
  effort: Float64Array;
}

export class JointStateReader {
  private readonly cursor: CdrCursor;
  private readonly frameId = new RememberedText();
  private readonly names = new RememberedTexts();
  private readonly view: JointStateView = {
    stamp: NaN,
    frameId: '',
    names: [],
    position: new Float64Array(0),
    velocity: new Float64Array(0),
    effort: new Float64Array(0),
  };

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor(TYPE, topic);
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE */
  read(message: Uint8Array): JointStateView {
    const { cursor, frameId, names, view } = this;
    // Until all of it was read: half a message must not look like a whole one.
    view.stamp = NaN;
    cursor.open(message);
    const stamp = readTime(cursor, 'header.stamp');
    frameId.read(cursor, 'header.frame_id');
    view.frameId = frameId.value;
    names.read(cursor, 'name');
    view.names = names.values;
    const count = names.values.length;
    view.position = readJointNumbers(cursor, 'position', count, view.position);
    view.velocity = readJointNumbers(cursor, 'velocity', count, view.velocity);
    view.effort = readJointNumbers(cursor, 'effort', count, view.effort);
    view.stamp = stamp;
    return view;
  }
}

export class JointStateWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly count: number;
  private readonly stamp: number;
  private readonly position: number;
  private readonly velocity: number;
  private readonly effort: number;

  constructor(names: readonly string[], frameId = '') {
    const template = new CdrTemplate();
    this.count = names.length;
    this.stamp = template.header(frameId);
    template.texts(names);
    template.uint32(this.count);
    this.position = template.float64s(this.count);
    template.uint32(this.count);
    this.velocity = template.float64s(this.count);
    template.uint32(this.count);
    this.effort = template.float64s(this.count);
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /**
   * @param stamp s
   * @param position rad, [names]
   * @param velocity rad/s, [names]
   * @param effort N m, [names]
   */
  write(
    stamp: number,
    position: ArrayLike<number>,
    velocity: ArrayLike<number>,
    effort: ArrayLike<number>,
  ): Buffer {
    const { view, count } = this;
    putTime(view, this.stamp, stamp);
    putFloat64s(view, this.position, count, position);
    putFloat64s(view, this.velocity, count, velocity);
    putFloat64s(view, this.effort, count, effort);
    return this.buffer;
  }
}
