import { CdrCursor } from './cdr-cursor.js';
import { CdrTemplate, putFloat64s } from './cdr-template.js';
import { readJointNumbers } from './joint-numbers.js';
import { RememberedText, RememberedTexts } from './remembered-text.js';
import { putTime, readTime } from './time.js';

/*
 * trajectory_msgs/msg/JointTrajectory: std_msgs/Header header, string[] joint_names, JointTrajectoryPoint[]
 * points, each with float64[] positions, velocities, accelerations, effort and a Duration time_from_start.
 */

const TYPE = 'trajectory_msgs/msg/JointTrajectory';
/** A point without numbers: four lengths and a duration. */
const LEAST_POINT_BYTES = 24;

/** A trajectory as it was read, by its last point; valid until its reader reads again. */
export interface JointTrajectoryView {
  /** s, when it begins; 0 is at once. NaN after a message that could not be read. */
  stamp: number;
  frameId: string;
  /** The same array as before, as long as the names are. */
  names: readonly string[];
  /** How many there are; none means: stop. What follows is of the last one. */
  points: number;
  /** rad, [names] or empty. */
  positions: Float64Array;
  /** rad/s, [names] or empty. */
  velocities: Float64Array;
  /** rad/s^2, [names] or empty. */
  accelerations: Float64Array;
  /** N m, [names] or empty. */
  effort: Float64Array;
  /** s from the beginning to the last point; NaN without points. */
  timeFromStart: number;
}

export class JointTrajectoryReader {
  private readonly cursor: CdrCursor;
  private readonly frameId = new RememberedText();
  private readonly names = new RememberedTexts();
  private readonly view: JointTrajectoryView = {
    stamp: NaN,
    frameId: '',
    names: [],
    points: 0,
    positions: new Float64Array(0),
    velocities: new Float64Array(0),
    accelerations: new Float64Array(0),
    effort: new Float64Array(0),
    timeFromStart: NaN,
  };

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor(TYPE, topic);
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE */
  read(message: Uint8Array): JointTrajectoryView {
    const { cursor, frameId, names, view } = this;
    view.stamp = NaN;
    cursor.open(message);
    const stamp = readTime(cursor, 'header.stamp');
    frameId.read(cursor, 'header.frame_id');
    view.frameId = frameId.value;
    names.read(cursor, 'joint_names');
    view.names = names.values;
    view.points = cursor.sequenceLength('points', LEAST_POINT_BYTES);
    if (view.points === 0) this.clearPoint();
    for (let k = 0; k < view.points; k++) this.readPoint();
    view.stamp = stamp;
    return view;
  }

  /** Into the same place each: the last one stays. */
  private readPoint(): void {
    const { cursor, view } = this;
    const joints = view.names.length;
    view.positions = readJointNumbers(cursor, 'positions', joints, view.positions);
    view.velocities = readJointNumbers(cursor, 'velocities', joints, view.velocities);
    view.accelerations = readJointNumbers(cursor, 'accelerations', joints, view.accelerations);
    view.effort = readJointNumbers(cursor, 'effort', joints, view.effort);
    view.timeFromStart = readTime(cursor, 'time_from_start');
  }

  private clearPoint(): void {
    const { view } = this;
    view.positions = view.velocities = view.accelerations = view.effort = new Float64Array(0);
    view.timeFromStart = NaN;
  }
}

/** Trajectories of one point with positions. */
export class JointTrajectoryWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly count: number;
  private readonly stamp: number;
  private readonly positions: number;
  private readonly timeFromStart: number;

  constructor(names: readonly string[], frameId = '') {
    const template = new CdrTemplate();
    this.count = names.length;
    this.stamp = template.header(frameId);
    template.texts(names);
    template.uint32(1);
    template.uint32(this.count);
    this.positions = template.float64s(this.count);
    // velocities, accelerations, effort
    for (let k = 0; k < 3; k++) template.uint32(0);
    this.timeFromStart = template.time();
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /**
   * @param stamp s, when it begins; 0 is at once
   * @param timeFromStart s until the positions are to be reached
   * @param positions rad, [names]
   */
  write(stamp: number, timeFromStart: number, positions: ArrayLike<number>): Buffer {
    putTime(this.view, this.stamp, stamp);
    putTime(this.view, this.timeFromStart, timeFromStart);
    putFloat64s(this.view, this.positions, this.count, positions);
    return this.buffer;
  }
}
