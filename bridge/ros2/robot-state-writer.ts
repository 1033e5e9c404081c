import type { RobotState } from '../message-map.js';
import type { RobotParameters } from '../parameters/index.js';
import { episodeText } from './episode-text.js';
import { Float32MultiArrayWriter, ImuWriter, JointStateWriter, OdometryWriter } from './messages/index.js';
import { rotate } from './rotation.js';

const NO_MOTION = new Float64Array(3);

/**
 * The messages of a robot state, as its ROS 2 drivers would send them: the inverse of RobotStateAssembler. The same
 * buffers are filled again and again.
 */
export class RobotStateWriter {
  private readonly robot: RobotParameters;
  private readonly imuWriter = new ImuWriter('base_link');
  private readonly odometryWriter = new OdometryWriter('odom', 'base_link');
  private readonly contactWriter: Float32MultiArrayWriter;
  private jointWriter: JointStateWriter;
  private episode = 0;
  private readonly velocity = new Float64Array(3);
  private readonly position: Float64Array;
  private readonly jointVelocity: Float64Array;
  private readonly effort: Float64Array;

  constructor(robot: RobotParameters) {
    const size = robot.joints.length;
    this.robot = robot;
    this.contactWriter = new Float32MultiArrayWriter(robot.footNames.length);
    this.jointWriter = this.makeJointWriter();
    this.position = new Float64Array(size);
    this.jointVelocity = new Float64Array(size);
    this.effort = new Float64Array(size);
  }

  imu({ stamp, torso }: RobotState): Buffer {
    return this.imuWriter.write(stamp, torso.orientation, NO_MOTION, NO_MOTION);
  }

  odometry({ stamp, torso }: RobotState): Buffer {
    rotate(torso.orientation, torso.linearVelocity, this.velocity, true);
    return this.odometryWriter.write(stamp, torso.position, torso.orientation, this.velocity, NO_MOTION);
  }

  footContacts({ feet }: RobotState): Buffer {
    return this.contactWriter.write(feet.contact);
  }

  jointState({ stamp, episode, joints }: RobotState): Buffer {
    if (episode !== this.episode) {
      this.episode = episode;
      this.jointWriter = this.makeJointWriter();
    }
    const { joints: mappings } = this.robot;
    for (let j = 0; j < mappings.length; j++) {
      const { sign, scale, offset } = mappings[j]!;
      const ratio = sign * scale;
      this.position[j] = (joints.position[j]! - offset) / ratio;
      this.jointVelocity[j] = joints.velocity[j]! / ratio;
      this.effort[j] = joints.effort[j]! * ratio;
    }
    return this.jointWriter.write(stamp, this.position, this.jointVelocity, this.effort);
  }

  private makeJointWriter(): JointStateWriter {
    return new JointStateWriter(
      this.robot.joints.map(({ name }) => name),
      episodeText(this.episode),
    );
  }
}
