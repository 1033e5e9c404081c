import { CdrCursor } from './cdr-cursor.js';
import { CdrTemplate, putFloat64s } from './cdr-template.js';
import { RememberedText } from './remembered-text.js';
import { putTime, readTime } from './time.js';

/*
 * nav_msgs/msg/Odometry: std_msgs/Header header, string child_frame_id, PoseWithCovariance pose (Point position,
 * Quaternion orientation, float64[36] covariance), TwistWithCovariance twist (Vector3 linear, Vector3 angular,
 * float64[36] covariance). The pose is in the frame of the header, the twist in the child's.
 */

const TYPE = 'nav_msgs/msg/Odometry';
const COVARIANCE = 36;

/** Where a robot is and how it moves; valid until its reader reads again. */
export interface OdometryView {
  /** s; NaN after a message that could not be read. */
  stamp: number;
  /** Frame of the pose; REP-105 calls it `odom`. */
  frameId: string;
  /** Frame whose pose it is, and in which the velocities are; REP-105 calls it `base_link`. */
  childFrameId: string;
  /** m, x y z. */
  readonly position: Float64Array;
  /** Quaternion x y z w, `frameId` from `childFrameId`. */
  readonly orientation: Float64Array;
  /** m/s, x y z, in `childFrameId`. */
  readonly linearVelocity: Float64Array;
  /** rad/s, x y z, in `childFrameId`. */
  readonly angularVelocity: Float64Array;
}

export class OdometryReader {
  private readonly cursor: CdrCursor;
  private readonly frameId = new RememberedText();
  private readonly childFrameId = new RememberedText();
  private readonly view: OdometryView = {
    stamp: NaN,
    frameId: '',
    childFrameId: '',
    position: new Float64Array(3),
    orientation: new Float64Array(4),
    linearVelocity: new Float64Array(3),
    angularVelocity: new Float64Array(3),
  };

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor(TYPE, topic);
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE */
  read(message: Uint8Array): OdometryView {
    const { cursor, frameId, childFrameId, view } = this;
    view.stamp = NaN;
    cursor.open(message);
    const stamp = readTime(cursor, 'header.stamp');
    frameId.read(cursor, 'header.frame_id');
    view.frameId = frameId.value;
    childFrameId.read(cursor, 'child_frame_id');
    view.childFrameId = childFrameId.value;
    cursor.float64s(view.position);
    cursor.float64s(view.orientation);
    cursor.skipFloat64s(COVARIANCE);
    cursor.float64s(view.linearVelocity);
    cursor.float64s(view.angularVelocity);
    // Read over as well: a message that ends before its end is none.
    cursor.skipFloat64s(COVARIANCE);
    view.stamp = stamp;
    return view;
  }
}

/** Covariances stay 0, which is: unknown. */
export class OdometryWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly stamp: number;
  private readonly position: number;
  private readonly orientation: number;
  private readonly linearVelocity: number;
  private readonly angularVelocity: number;

  constructor(frameId: string, childFrameId: string) {
    const template = new CdrTemplate();
    this.stamp = template.header(frameId);
    template.text(childFrameId);
    this.position = template.float64s(3);
    this.orientation = template.float64s(4);
    template.float64s(COVARIANCE);
    this.linearVelocity = template.float64s(3);
    this.angularVelocity = template.float64s(3);
    template.float64s(COVARIANCE);
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /**
   * @param stamp s
   * @param position m, x y z, in the frame of the header
   * @param orientation quaternion x y z w, frame of the header from the child's
   * @param linearVelocity m/s, x y z, in the child's frame
   * @param angularVelocity rad/s, x y z, in the child's frame
   */
  write(
    stamp: number,
    position: ArrayLike<number>,
    orientation: ArrayLike<number>,
    linearVelocity: ArrayLike<number>,
    angularVelocity: ArrayLike<number>,
  ): Buffer {
    putTime(this.view, this.stamp, stamp);
    putFloat64s(this.view, this.position, 3, position);
    putFloat64s(this.view, this.orientation, 4, orientation);
    putFloat64s(this.view, this.linearVelocity, 3, linearVelocity);
    putFloat64s(this.view, this.angularVelocity, 3, angularVelocity);
    return this.buffer;
  }
}
