import { createBodyState, type BodyState } from '../../policy/observation.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import type { RobotState } from '../message-map.js';

/** How far from 1 the squared length of an orientation's quaternion may be. */
const ORIENTATION_TOLERANCE = 0.1;

/**
 * Brings robot state messages into the order of a contract. Names are compared with those of the message
 * before; only when they differ are they looked up anew. Otherwise reading allocates nothing.
 */
export class RobotStateReader {
  /** The newest state, in the contract's order. */
  readonly state: BodyState;
  /** [joints], N m, in the contract's order; NaN where the robot does not measure them. */
  readonly effort: Float64Array;
  private readonly jointNames: readonly string[];
  private readonly footNames: readonly string[];
  private readonly joints: NameOrder;
  private readonly feet: NameOrder;
  private finiteState = false;

  constructor(contract: RobotContract) {
    this.state = createBodyState(contract);
    this.effort = new Float64Array(contract.joints.length).fill(NaN);
    this.jointNames = contract.joints.map(({ name }) => name);
    this.footNames = contract.feet;
    this.joints = new NameOrder('joint', this.jointNames);
    this.feet = new NameOrder('foot', this.footNames);
  }

  /** What is wrong with the robot, naming joints and feet; undefined when it is the contract's. */
  get refusal(): string | undefined {
    if (this.joints.refusal === undefined || this.feet.refusal === undefined) {
      return this.joints.refusal ?? this.feet.refusal;
    }
    return `${this.joints.refusal}; ${this.feet.refusal}`;
  }

  /** Whether every number of the newest state is finite, and its orientation a rotation. */
  get finite(): boolean {
    return this.finiteState;
  }

  /** Copy what the policy needs of `message` into `state`, unless the robot is refused. */
  read(message: RobotState): void {
    // Until all of it was read: a message that cannot be read must not leave the last one in force.
    this.finiteState = false;
    const { joints, torso, feet } = message;
    this.joints.match(joints.names);
    this.feet.match(feet.names);
    if (this.joints.refusal !== undefined || this.feet.refusal !== undefined) return;
    const { state } = this;
    // A sum is finite only if all its terms are. Arrays that are too short give NaN.
    let sum = message.stamp + message.episode + torso.position[2]!;
    state.height = torso.position[2]!;
    for (let k = 0; k < 3; k++) sum += state.linearVelocity[k] = torso.linearVelocity[k]!;
    let norm = 0;
    for (let k = 0; k < 4; k++) {
      const q = (state.orientation[k] = torso.orientation[k]!);
      norm += q * q;
    }
    for (let j = 0; j < this.jointNames.length; j++) {
      const at = this.joints.places[j]!;
      sum += state.jointPosition[j] = joints.position[at]!;
      sum += state.jointVelocity[j] = joints.velocity[at]!;
      this.effort[j] = joints.effort[at] ?? NaN;
    }
    for (let f = 0; f < this.footNames.length; f++) {
      sum += state.footContact[f] = feet.contact[this.feet.places[f]!]!;
    }
    // All zeros is what an IMU says that has not begun to measure.
    // Efforts are measured by all joints or by none.
    if (joints.effort.length > 0) for (let j = 0; j < this.effort.length; j++) sum += this.effort[j]!;
    this.finiteState = Number.isFinite(sum) && Math.abs(norm - 1) < ORIENTATION_TOLERANCE;
  }
}

/** Where wanted names stand in a list of names that comes again and again. */
export class NameOrder {
  /** [wanted]: the place of each in the list; valid when nothing is refused. */
  readonly places: Int32Array;
  private readonly kind: string;
  private readonly wanted: readonly string[];
  /** The list as it was, not as its owner may have changed it since. */
  private known: readonly string[] | undefined;
  private problem: string | undefined;

  constructor(kind: string, wanted: readonly string[]) {
    this.kind = kind;
    this.wanted = wanted;
    this.places = new Int32Array(wanted.length);
  }

  /** Which names are missing, unknown or there twice; undefined when every name is there exactly once. */
  get refusal(): string | undefined {
    return this.problem;
  }

  match(names: readonly string[]): void {
    if (this.known && sameNames(this.known, names)) return;
    this.known = [...names];
    this.problem = this.compare(this.known);
    if (this.problem !== undefined) return;
    for (let w = 0; w < this.wanted.length; w++) this.places[w] = names.indexOf(this.wanted[w]!);
  }

  private compare(names: readonly string[]): string | undefined {
    const missing = this.wanted.filter((name) => !names.includes(name));
    const unknown = names.filter((name) => !this.wanted.includes(name));
    const twice = names.filter((name, at) => names.indexOf(name) !== at && this.wanted.includes(name));
    const parts = [
      ...(missing.length > 0 ? [`lacks ${this.kind} ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`has unknown ${this.kind} ${unknown.join(', ')}`] : []),
      ...(twice.length > 0 ? [`names ${this.kind} ${twice.join(', ')} twice`] : []),
    ];
    return parts.length > 0 ? parts.join('; ') : undefined;
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
