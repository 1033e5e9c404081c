import type { RobotState } from '../message-map.js';
import type { JointMapping, RobotParameters } from '../parameters/index.js';
import { episodeOf } from './episode-text.js';
import type { ImuView, JointStateView, OdometryView } from './messages/index.js';
import { isRotation, rotate } from './rotation.js';

/** What a robot tells in messages of their own. */
export const STATE_PARTS = ['joint_states', 'imu', 'odom', 'foot_contacts'] as const;
export type StatePart = (typeof STATE_PARTS)[number];

/** A stamp that is this far before the one before it, s, means that the robot's clock was set anew: it restarted. */
const CLOCK_RESET = 1;

export interface AssemblerOptions {
  readonly robot: RobotParameters;
  /** Where the orientation of the torso comes from. */
  readonly orientation: 'imu' | 'odom';
  readonly footContacts: boolean;
  /** A foot whose value is at least this stands on the ground. */
  readonly contactThreshold: number;
  /** s after which a part is too old to be made part of a state. */
  readonly oldestPart: number;
}

/**
 * Makes robot states of what ROS 2 brings in several messages: one with every joint state, out of the newest of the
 * other parts, as long as they are fresh. Joints are found by name; those that the contract does not have are left
 * out. Positions, velocities and efforts are turned into the contract's conventions, the odometry's velocity from
 * its child frame (nav_msgs/Odometry, REP-105) into the world's. Allocates nothing while the names stay the same.
 */
export class RobotStateAssembler {
  private readonly options: AssemblerOptions;
  private readonly state: RobotState;
  private readonly needed: readonly StatePart[];
  private readonly arrivedAt: Record<StatePart, number> = {
    joint_states: -Infinity,
    imu: -Infinity,
    odom: -Infinity,
    foot_contacts: -Infinity,
  };
  private knownNames: readonly string[] | undefined;
  private tellsEffort = false;
  /** Those of the contract's joints that the robot tells, and where each stands in its messages. */
  private found: readonly JointMapping[] = [];
  private places: readonly number[] = [];
  /** Values of the last foot contacts. */
  private toldFeet: number;
  private pending = false;
  private wasComplete = false;
  private clockResets = 0;

  constructor(options: AssemblerOptions) {
    const { robot } = options;
    this.options = options;
    this.needed = STATE_PARTS.filter(
      (part) =>
        (part !== 'imu' || options.orientation === 'imu') &&
        (part !== 'foot_contacts' || options.footContacts),
    );
    this.toldFeet = robot.footNames.length;
    this.state = {
      stamp: -Infinity,
      episode: 0,
      joints: joints([], 0),
      torso: {
        position: new Float64Array(3),
        orientation: new Float64Array(4),
        linearVelocity: new Float64Array(3),
      },
      feet: { names: robot.footNames, contact: new Float64Array(robot.footNames.length) },
    };
  }

  /** s since each needed part arrived; Infinity before. */
  ages(now: number): { readonly part: StatePart; readonly age: number }[] {
    return this.needed.map((part) => ({ part, age: now - this.arrivedAt[part] }));
  }

  /** The state that a joint state completes; undefined while other parts are missing or old. */
  takeJointState(view: JointStateView, now: number): RobotState | undefined {
    const { state } = this;
    // Others may tell joints of their own (a gripper's, say) on the same topic.
    if (this.wasComplete && view.names !== this.knownNames && !this.tellsAny(view.names)) return undefined;
    const efforts = view.effort.length > 0;
    if (view.names !== this.knownNames || efforts !== this.tellsEffort) this.learnNames(view);
    if (view.stamp < state.stamp - CLOCK_RESET) this.clockResets++;
    state.stamp = view.stamp;
    state.episode = episodeOf(view.frameId) + this.clockResets;
    const { position, velocity, effort } = state.joints;
    for (let j = 0; j < this.found.length; j++) {
      const { sign, scale, offset } = this.found[j]!;
      const at = this.places[j]!;
      const ratio = sign * scale;
      // Not measured is not a number, which the controller refuses.
      position[j] = ratio * (view.position[at] ?? NaN) + offset;
      velocity[j] = ratio * (view.velocity[at] ?? NaN);
      effort[j] = (view.effort[at] ?? NaN) / ratio;
    }
    this.arrivedAt.joint_states = now;
    this.pending = true;
    return this.complete(now);
  }

  takeImu(view: ImuView, now: number): RobotState | undefined {
    this.arrivedAt.imu = now;
    if (this.options.orientation === 'imu') {
      if (view.orientationMeasured) this.state.torso.orientation.set(view.orientation);
      else this.state.torso.orientation.fill(NaN);
    }
    return this.complete(now);
  }

  takeOdometry(view: OdometryView, now: number): RobotState | undefined {
    const { torso } = this.state;
    this.arrivedAt.odom = now;
    torso.position.set(view.position);
    // Turned by what is no rotation, a velocity would be any: not a number, which the controller refuses.
    if (isRotation(view.orientation)) {
      rotate(view.orientation, view.linearVelocity, torso.linearVelocity);
    } else torso.linearVelocity.fill(NaN);
    if (this.options.orientation === 'odom') torso.orientation.set(view.orientation);
    return this.complete(now);
  }

  /**
   * `values`: in the order of the robot's feet, 0 to 1 or a force. Another number of them is a robot with other feet:
   * the state names them so that the controller refuses it.
   */
  takeFootContacts(values: ArrayLike<number>, now: number): RobotState | undefined {
    const { contactThreshold } = this.options;
    this.arrivedAt.foot_contacts = now;
    if (values.length !== this.toldFeet) this.learnFeet(values.length);
    const { contact } = this.state.feet;
    for (let f = 0; f < contact.length; f++) {
      const value = values[f] ?? NaN;
      contact[f] = value >= contactThreshold ? 1 : value < contactThreshold ? 0 : NaN;
    }
    return this.complete(now);
  }

  private complete(now: number): RobotState | undefined {
    if (!this.pending) return undefined;
    for (let p = 0; p < this.needed.length; p++) {
      if (now - this.arrivedAt[this.needed[p]!] > this.options.oldestPart) return undefined;
    }
    this.pending = false;
    return this.state;
  }

  private tellsAny(names: readonly string[]): boolean {
    return this.options.robot.joints.some(({ name }) => names.includes(name));
  }

  private learnFeet(count: number): void {
    const { footNames } = this.options.robot;
    this.toldFeet = count;
    const names =
      count > footNames.length
        ? [...footNames, `number ${footNames.length + 1} of ${count}`]
        : footNames.slice(0, count);
    (this.state as { feet: RobotState['feet'] }).feet = { names, contact: new Float64Array(names.length) };
  }

  private learnNames(view: JointStateView): void {
    const { robot } = this.options;
    this.knownNames = view.names;
    this.tellsEffort = view.effort.length > 0;
    // A joint that is told twice is found twice: which one it is, nobody knows, and the controller refuses it.
    const found = robot.joints.flatMap((joint) =>
      view.names.flatMap((name, place) => (name === joint.name ? [{ joint, place }] : [])),
    );
    this.found = found.map(({ joint }) => joint);
    this.places = found.map(({ place }) => place);
    this.wasComplete ||= robot.joints.every((joint) => this.found.includes(joint));
    const names = this.found.map(({ joint }) => joint.name);
    (this.state as { joints: RobotState['joints'] }).joints = joints(
      names,
      this.tellsEffort ? names.length : 0,
    );
  }
}

function joints(names: readonly string[], efforts: number): RobotState['joints'] {
  return {
    names,
    position: new Float64Array(names.length),
    velocity: new Float64Array(names.length),
    effort: new Float64Array(efforts),
  };
}
