import { HebbridgeError } from '../../policy/errors.js';
import type { CommandInterface, JointCommand } from '../message-map.js';
import type { RobotParameters } from '../parameters/index.js';
import {
  Float64MultiArrayReader,
  Float64MultiArrayWriter,
  JointTrajectoryReader,
  JointTrajectoryWriter,
} from './messages/index.js';

/** The ROS 2 message types of the two command interfaces. */
export const COMMAND_TYPES: Readonly<Record<CommandInterface, string>> = {
  effort: 'std_msgs/msg/Float64MultiArray',
  position: 'trajectory_msgs/msg/JointTrajectory',
};

/**
 * Joint commands in the robot's own conventions: for efforts what ros2_control's forward_command_controller takes,
 * values in the order of its joints, and for positions what its joint_trajectory_controller takes. A joint whose
 * position is q = k x robot's position + offset has, by equal power, robot's effort = k x effort.
 */
export class JointCommandCodec {
  private readonly robot: RobotParameters;
  private readonly values: Float64Array;
  private readonly effortWriter: Float64MultiArrayWriter;
  private readonly effortReader: Float64MultiArrayReader;
  private readonly positionWriter: JointTrajectoryWriter;
  private readonly positionReader: JointTrajectoryReader;
  private readonly read: { readonly [I in CommandInterface]: JointCommand & { readonly interface: I } };

  constructor(robot: RobotParameters, topic?: string) {
    const names = robot.joints.map(({ joint }) => joint.name);
    this.robot = robot;
    this.values = new Float64Array(names.length);
    this.effortWriter = new Float64MultiArrayWriter(names.length);
    this.effortReader = new Float64MultiArrayReader(topic);
    this.positionWriter = new JointTrajectoryWriter(robot.joints.map(({ name }) => name));
    this.positionReader = new JointTrajectoryReader(topic);
    const command = <I extends CommandInterface>(kind: I) => ({
      stamp: 0,
      names,
      interface: kind,
      values: new Float64Array(names.length),
    });
    this.read = { effort: command('effort'), position: command('position') };
  }

  /**
   * The message's bytes; the same buffer again and again.
   *
   * @throws HebbridgeError ERR_INTERNAL where a value would leave that is not finite: a robot may do anything with it
   */
  write(command: JointCommand): Buffer {
    const { joints, controlPeriod } = this.robot;
    for (let j = 0; j < joints.length; j++) {
      const { sign, scale, offset } = joints[j]!;
      const ratio = sign * scale;
      const value = command.values[j]!;
      const sent = command.interface === 'effort' ? value * ratio : (value - offset) / ratio;
      if (!Number.isFinite(sent)) {
        throw new HebbridgeError(
          'ERR_INTERNAL',
          `the ${command.interface} of ${joints[j]!.joint.name} would be ${sent} on the robot ` +
            `(${value} by sign x scale ${ratio} and offset ${offset}): it was not sent`,
        );
      }
      this.values[j] = sent;
    }
    if (command.interface === 'effort') return this.effortWriter.write(this.values);
    return this.positionWriter.write(0, controlPeriod, this.values);
  }

  /** The command in `bytes`, as of `now`. Values that are missing are not numbers, which robots refuse. */
  decode(kind: CommandInterface, bytes: Uint8Array, now: number): JointCommand {
    const command = this.read[kind];
    command.stamp = now;
    const { joints } = this.robot;
    const sent = kind === 'effort' ? this.effortReader.read(bytes).values : this.readPositions(bytes);
    for (let j = 0; j < joints.length; j++) {
      const { sign, scale, offset } = joints[j]!;
      const ratio = sign * scale;
      const value = sent.length === joints.length ? sent[j]! : NaN;
      command.values[j] = kind === 'effort' ? value / ratio : value * ratio + offset;
    }
    return command;
  }

  /** In the contract's order, by name. */
  private readPositions(bytes: Uint8Array): Float64Array {
    const { names, positions } = this.positionReader.read(bytes);
    const { joints } = this.robot;
    for (let j = 0; j < joints.length; j++) {
      this.values[j] = positions[names.indexOf(joints[j]!.name)] ?? NaN;
    }
    return this.values;
  }
}
