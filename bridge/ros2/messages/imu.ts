import { CdrCursor } from './cdr-cursor.js';
import { CdrTemplate, putFloat64s } from './cdr-template.js';
import { RememberedText } from './remembered-text.js';
import { putTime, readTime } from './time.js';

/*
 * sensor_msgs/msg/Imu: std_msgs/Header header, Quaternion orientation, float64[9] orientation_covariance,
 * Vector3 angular_velocity, float64[9] ..._covariance, Vector3 linear_acceleration, float64[9] ..._covariance.
 * A covariance that begins with -1 says that its quantity is not measured.
 */

const TYPE = 'sensor_msgs/msg/Imu';
const COVARIANCE = 9;
const NOT_MEASURED = -1;

/** What an inertial measurement unit says, in its frame; valid until its reader reads again. */
export interface ImuView {
  /** s; NaN after a message that could not be read. */
  stamp: number;
  frameId: string;
  /** Whether there is an orientation at all. */
  orientationMeasured: boolean;
  /** Quaternion x y z w, world from the unit's frame. */
  readonly orientation: Float64Array;
  angularVelocityMeasured: boolean;
  /** rad/s, x y z. */
  readonly angularVelocity: Float64Array;
  linearAccelerationMeasured: boolean;
  /** m/s^2, x y z, gravity included. */
  readonly linearAcceleration: Float64Array;
}

export class ImuReader {
  private readonly cursor: CdrCursor;
  private readonly frameId = new RememberedText();
  private readonly view: ImuView = {
    stamp: NaN,
    frameId: '',
    orientationMeasured: false,
    orientation: new Float64Array(4),
    angularVelocityMeasured: false,
    angularVelocity: new Float64Array(3),
    linearAccelerationMeasured: false,
    linearAcceleration: new Float64Array(3),
  };

  /** @param topic for errors */
  constructor(topic?: string) {
    this.cursor = new CdrCursor(TYPE, topic);
  }

  /** @throws HebbridgeError ERR_ROS_MESSAGE */
  read(message: Uint8Array): ImuView {
    const { cursor, frameId, view } = this;
    view.stamp = NaN;
    cursor.open(message);
    const stamp = readTime(cursor, 'header.stamp');
    frameId.read(cursor, 'header.frame_id');
    view.frameId = frameId.value;
    cursor.float64s(view.orientation);
    view.orientationMeasured = this.measured();
    cursor.float64s(view.angularVelocity);
    view.angularVelocityMeasured = this.measured();
    cursor.float64s(view.linearAcceleration);
    view.linearAccelerationMeasured = this.measured();
    view.stamp = stamp;
    return view;
  }

  /** What the covariance at the cursor says. */
  private measured(): boolean {
    const first = this.cursor.float64();
    this.cursor.skipFloat64s(COVARIANCE - 1);
    return first !== NOT_MEASURED;
  }
}

/** Covariances stay 0, which is: unknown. */
export class ImuWriter {
  /** The message as written last; the same bytes are written again and again. */
  readonly buffer: Buffer;
  private readonly view: DataView;
  private readonly stamp: number;
  private readonly orientation: number;
  private readonly angularVelocity: number;
  private readonly linearAcceleration: number;

  constructor(frameId: string) {
    const template = new CdrTemplate();
    this.stamp = template.header(frameId);
    this.orientation = template.float64s(4);
    template.float64s(COVARIANCE);
    this.angularVelocity = template.float64s(3);
    template.float64s(COVARIANCE);
    this.linearAcceleration = template.float64s(3);
    template.float64s(COVARIANCE);
    ({ buffer: this.buffer, view: this.view } = template.finish());
  }

  /**
   * @param stamp s
   * @param orientation quaternion x y z w, world from the unit's frame
   * @param angularVelocity rad/s, x y z, in the unit's frame
   * @param linearAcceleration m/s^2, x y z, in the unit's frame, gravity included
   */
  write(
    stamp: number,
    orientation: ArrayLike<number>,
    angularVelocity: ArrayLike<number>,
    linearAcceleration: ArrayLike<number>,
  ): Buffer {
    putTime(this.view, this.stamp, stamp);
    putFloat64s(this.view, this.orientation, 4, orientation);
    putFloat64s(this.view, this.angularVelocity, 3, angularVelocity);
    putFloat64s(this.view, this.linearAcceleration, 3, linearAcceleration);
    return this.buffer;
  }
}
