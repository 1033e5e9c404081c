import type { RigidBody, RevoluteImpulseJoint, World } from '@dimforge/rapier3d-simd-compat';
import { atan2, cos, sin } from '../../policy/math.js';
import { createBodyState, type BodyState } from '../../policy/observation.js';
import { ANT_CONTRACT, ANT_LEGS, type AntLeg } from '../../policy/robot-contract.js';
import { RAPIER } from '../rapier.js';
import {
  CAPSULE_RADIUS,
  DENSITY,
  FRICTION,
  GRAVITY,
  HIP_OFFSET,
  LEG_DIRECTION,
  THIGH_LENGTH,
  TORSO_RADIUS,
} from './geometry.js';
import type { Morphology } from './morphology.js';
import { MOTOR_GAIN, MOTOR_SPEED } from './motor.js';
import { fromYAxisTo, multiply, rotateFlat, type Quaternion, type Vector } from './rotation.js';
import type { SolverSettings } from './solver-settings.js';

const JOINTS = ANT_CONTRACT.joints.length;
const SQRT_HALF = Math.SQRT1_2;

/** A foot counts as touching when its tip is this near to the ground, m. */
const CONTACT_DISTANCE = 0.01;

/** The robot touches the ground and nothing else: its links do not collide with each other. */
const ROBOT_GROUP = 0x0001_0002;
const GROUND_GROUP = 0x0002_0001;

export interface AntPose {
  /** [8] rad, in the contract's order. */
  readonly jointPosition: ArrayLike<number>;
  /** Height of the torso's centre, m. */
  readonly height: number;
  /** Heading, rad. */
  readonly yaw: number;
}

export interface AntWorldOptions {
  readonly gravity?: number;
  readonly friction?: number;
  /** Without ground the robot floats (physics tests). */
  readonly ground?: boolean;
}

/**
 * The Ant as bodies, joints and motors of a Rapier world of its own. Knows physics, not episodes.
 *
 * The torso carries the four hip stubs; each leg is a thigh (hip, about the vertical) and a foot (ankle).
 * All links stand unrotated at joint position 0, so a joint's position is the rotation between its two links.
 */
export class AntBody {
  readonly contract = ANT_CONTRACT;
  /** State of the robot after the last step; see {@link readState}. */
  readonly state: BodyState = createBodyState(ANT_CONTRACT);
  /** Centre of the torso, m, x y z. */
  readonly position = new Float64Array(3);
  /** [8] N m: the effort last asked of each joint, after weakening. */
  readonly appliedEffort = new Float64Array(JOINTS);
  readonly world: World;
  readonly torso: RigidBody;
  /** Hip and ankle of each leg, in the contract's order. */
  readonly joints: RevoluteImpulseJoint[] = [];
  /** The link that each joint moves: thigh, foot, thigh, ... */
  readonly links: RigidBody[] = [];

  private readonly worldSteps: number;
  private readonly rawGravity: ReturnType<typeof RAPIER.VectorOps.intoRaw>;
  private readonly scratch = new Float32Array(4);
  private readonly rotations = new Float64Array(4 * (JOINTS + 1));
  private readonly angularVelocities = new Float64Array(3 * (JOINTS + 1));
  private readonly handles = new Float64Array(JOINTS + 1);
  private readonly jointHandles = new Float64Array(JOINTS);
  private readonly footLength = new Float64Array(ANT_LEGS.length);
  private readonly actuatorScale = new Float64Array(JOINTS).fill(1);
  private readonly friction: number;
  private motorAxis!: ReturnType<RevoluteImpulseJoint['rawAxis']>;

  constructor(morphology: Morphology, pose: AntPose, solver: SolverSettings, options: AntWorldOptions = {}) {
    const gravity = options.gravity ?? GRAVITY;
    this.friction = options.friction ?? FRICTION;
    this.world = new RAPIER.World({ x: 0, y: 0, z: -gravity });
    this.worldSteps = solver.worldSteps;
    this.world.timestep = ANT_CONTRACT.controlPeriod / solver.worldSteps;
    this.world.numSolverIterations = solver.solverIterations;
    this.world.numInternalPgsIterations = solver.internalPgsIterations;
    this.rawGravity = RAPIER.VectorOps.intoRaw({ x: 0, y: 0, z: -gravity });
    if (options.ground ?? true) this.addGround();

    const yaw = { x: 0, y: 0, z: sin(pose.yaw / 2), w: cos(pose.yaw / 2) };
    this.torso = this.addLink(0, 0, pose.height, yaw);
    this.world.createCollider(this.solid(RAPIER.ColliderDesc.ball(TORSO_RADIUS)), this.torso);
    this.handles[0] = this.torso.handle;
    ANT_LEGS.forEach((leg, l) => this.addLeg(leg, l, morphology[leg], pose, yaw));
    // Fills broad phase and mass properties without moving anything.
    this.readState();
  }

  /** Give the world's memory back; the body must not be used afterwards. */
  free(): void {
    this.rawGravity.free();
    this.world.free();
  }

  /** One control period with efforts = action x effort limit. `action` is [8] in [-1, 1]. Allocates nothing. */
  step(action: ArrayLike<number>): void {
    const { world } = this;
    const raw = world.impulseJoints.raw;
    for (let j = 0; j < JOINTS; j++) {
      const effort = action[j]! * this.contract.joints[j]!.effortLimit * this.actuatorScale[j]!;
      this.appliedEffort[j] = effort;
      const handle = this.jointHandles[j]!;
      raw.jointConfigureMotorVelocity(
        handle,
        this.motorAxis,
        effort < 0 ? -MOTOR_SPEED : MOTOR_SPEED,
        MOTOR_GAIN,
      );
      raw.jointSetMotorMaxForce(handle, this.motorAxis, Math.abs(effort));
    }
    // World.step in its raw form: the public one allocates a vector and walks its object maps every time.
    for (let s = 0; s < this.worldSteps; s++) {
      world.physicsPipeline.raw.step(
        this.rawGravity,
        world.integrationParameters.raw,
        world.islands.raw,
        world.broadPhase.raw,
        world.narrowPhase.raw,
        world.bodies.raw,
        world.colliders.raw,
        world.impulseJoints.raw,
        world.multibodyJoints.raw,
        world.ccdSolver.raw,
      );
    }
    this.readState();
  }

  /** Shorten or restore a foot (m per axis), at any time; its mass changes with it. */
  setFootLength(leg: AntLeg, length: number): void {
    const l = ANT_LEGS.indexOf(leg);
    const foot = this.links[2 * l + 1]!;
    this.world.removeCollider(foot.collider(0), true);
    this.addFootCollider(leg, l, length, foot);
  }

  /** Hold a joint where it is, or let it move between its limits again. */
  setJointLocked(joint: number, locked: boolean): void {
    const { lower, upper } = this.contract.joints[joint]!;
    const at = this.state.jointPosition[joint]!;
    this.joints[joint]!.setLimits(locked ? at : lower, locked ? at : upper);
  }

  /** Share of its effort that a joint's actuator still gives: 1 whole, 0 cut. */
  setActuatorScale(joint: number, scale: number): void {
    this.actuatorScale[joint] = scale;
  }

  /** Height of a foot's tip above the ground, m; 0 when it touches. */
  tipHeight(leg: number): number {
    const at = 4 * (2 * leg + 2);
    const { x, y } = LEG_DIRECTION[ANT_LEGS[leg]!];
    const reach = this.footLength[leg]!;
    this.world.bodies.raw.rbTranslation(this.handles[2 * leg + 2]!, this.scratch);
    const qx = this.rotations[at]!;
    const qy = this.rotations[at + 1]!;
    const qz = this.rotations[at + 2]!;
    const qw = this.rotations[at + 3]!;
    // Third row of the rotation matrix times the foot's direction.
    const drop = 2 * (qx * qz - qw * qy) * x * reach + 2 * (qy * qz + qw * qx) * y * reach;
    return this.scratch[2]! + drop - CAPSULE_RADIUS;
  }

  private addGround(): void {
    const plane = new RAPIER.ColliderDesc(new RAPIER.HalfSpace({ x: 0, y: 0, z: 1 }));
    this.world.createCollider(plane.setFriction(this.friction).setCollisionGroups(GROUND_GROUP));
  }

  private addLink(x: number, y: number, z: number, rotation: { x: number; y: number; z: number; w: number }) {
    return this.world.createRigidBody(
      RAPIER.RigidBodyDesc.dynamic().setTranslation(x, y, z).setRotation(rotation).setCanSleep(false),
    );
  }

  private solid(shape: InstanceType<typeof RAPIER.ColliderDesc>) {
    return shape.setDensity(DENSITY).setFriction(this.friction).setCollisionGroups(ROBOT_GROUP);
  }

  /** A capsule from the link's origin to (dx, dy) x `length`. */
  private capsule(leg: AntLeg, length: number) {
    const { x, y } = LEG_DIRECTION[leg];
    return this.solid(RAPIER.ColliderDesc.capsule((length * Math.SQRT2) / 2, CAPSULE_RADIUS))
      .setTranslation((x * length) / 2, (y * length) / 2, 0)
      .setRotation(fromYAxisTo(x * SQRT_HALF, y * SQRT_HALF));
  }

  private addFootCollider(leg: AntLeg, l: number, length: number, foot: RigidBody): void {
    this.footLength[l] = length;
    this.world.createCollider(this.capsule(leg, length), foot);
  }

  private addLeg(leg: AntLeg, l: number, footLength: number, pose: AntPose, yaw: Quaternion): void {
    const { x, y } = LEG_DIRECTION[leg];
    this.world.createCollider(this.capsule(leg, HIP_OFFSET), this.torso);

    const hipAngle = pose.jointPosition[2 * l]!;
    const hip = multiply(yaw, { x: 0, y: 0, z: sin(hipAngle / 2), w: cos(hipAngle / 2) });
    const hipAt = rotateFlat(yaw, x * HIP_OFFSET, y * HIP_OFFSET);
    const thigh = this.addLink(hipAt.x, hipAt.y, pose.height, hip);
    this.world.createCollider(this.capsule(leg, THIGH_LENGTH), thigh);
    this.addJoint(
      2 * l,
      this.torso,
      thigh,
      { x: x * HIP_OFFSET, y: y * HIP_OFFSET, z: 0 },
      { x: 0, y: 0, z: 1 },
    );

    // Positive ankle positions bend the foot down, whichever leg it is.
    const axis = { x: -y * SQRT_HALF, y: x * SQRT_HALF, z: 0 };
    const ankleAngle = pose.jointPosition[2 * l + 1]!;
    const s = sin(ankleAngle / 2);
    const ankle = multiply(hip, { x: axis.x * s, y: axis.y * s, z: 0, w: cos(ankleAngle / 2) });
    const reach = rotateFlat(hip, x * THIGH_LENGTH, y * THIGH_LENGTH);
    const foot = this.addLink(hipAt.x + reach.x, hipAt.y + reach.y, pose.height, ankle);
    this.addFootCollider(leg, l, footLength, foot);
    this.addJoint(2 * l + 1, thigh, foot, { x: x * THIGH_LENGTH, y: y * THIGH_LENGTH, z: 0 }, axis);
  }

  private addJoint(index: number, parent: RigidBody, child: RigidBody, anchor: Vector, axis: Vector): void {
    const data = RAPIER.JointData.revolute(anchor, { x: 0, y: 0, z: 0 }, axis);
    const revolute = this.world.createImpulseJoint(data, parent, child, true);
    if (!(revolute instanceof RAPIER.RevoluteImpulseJoint)) throw new Error('Rapier made another joint');
    const { lower, upper } = this.contract.joints[index]!;
    revolute.setLimits(lower, upper);
    revolute.setContactsEnabled(false);
    revolute.configureMotorModel(RAPIER.MotorModel.ForceBased);
    this.joints[index] = revolute;
    this.jointHandles[index] = revolute.handle;
    this.motorAxis = revolute.rawAxis();
    this.links[index] = child;
    this.handles[index + 1] = child.handle;
  }

  /** Bring `state`, `position` up to date from the world: raw getters into one scratch array. */
  private readState(): void {
    const { state, scratch, rotations, angularVelocities } = this;
    const raw = this.world.bodies.raw;
    for (let b = 0; b <= JOINTS; b++) {
      const handle = this.handles[b]!;
      raw.rbRotation(handle, scratch);
      for (let k = 0; k < 4; k++) rotations[4 * b + k] = scratch[k]!;
      raw.rbAngvel(handle, scratch);
      for (let k = 0; k < 3; k++) angularVelocities[3 * b + k] = scratch[k]!;
    }
    raw.rbTranslation(this.handles[0]!, scratch);
    for (let k = 0; k < 3; k++) this.position[k] = scratch[k]!;
    state.height = scratch[2]!;
    raw.rbLinvel(this.handles[0]!, scratch);
    for (let k = 0; k < 3; k++) {
      state.linearVelocity[k] = scratch[k]!;
      state.orientation[k] = rotations[k]!;
    }
    state.orientation[3] = rotations[3]!;
    for (let l = 0; l < ANT_LEGS.length; l++) {
      const { x, y } = LEG_DIRECTION[ANT_LEGS[l]!];
      this.readJoint(2 * l, 0, 2 * l + 1, 0, 0, 1);
      this.readJoint(2 * l + 1, 2 * l + 1, 2 * l + 2, -y * SQRT_HALF, x * SQRT_HALF, 0);
      state.footContact[l] = this.tipHeight(l) < CONTACT_DISTANCE ? 1 : 0;
    }
  }

  /** Position and velocity of a joint about (ax, ay, az), fixed in its parent link. */
  private readJoint(joint: number, parent: number, child: number, ax: number, ay: number, az: number): void {
    const q = this.rotations;
    const p = 4 * parent;
    const c = 4 * child;
    const px = -q[p]!;
    const py = -q[p + 1]!;
    const pz = -q[p + 2]!;
    const pw = q[p + 3]!;
    const cx = q[c]!;
    const cy = q[c + 1]!;
    const cz = q[c + 2]!;
    const cw = q[c + 3]!;
    // conjugate(parent) * child
    let along =
      ax * (pw * cx + px * cw + py * cz - pz * cy) +
      ay * (pw * cy - px * cz + py * cw + pz * cx) +
      az * (pw * cz + px * cy - py * cx + pz * cw);
    let scalar = pw * cw - px * cx - py * cy - pz * cz;
    if (scalar < 0) {
      along = -along;
      scalar = -scalar;
    }
    this.state.jointPosition[joint] = 2 * atan2(along, scalar);

    // The axis in the world: parent rotation applied to (ax, ay, az).
    const tx = 2 * (-py * az + pz * ay);
    const ty = 2 * (-pz * ax + px * az);
    const tz = 2 * (-px * ay + py * ax);
    const wx = ax + pw * tx + (-py * tz + pz * ty);
    const wy = ay + pw * ty + (-pz * tx + px * tz);
    const wz = az + pw * tz + (-px * ty + py * tx);
    const v = this.angularVelocities;
    this.state.jointVelocity[joint] =
      wx * (v[3 * child]! - v[3 * parent]!) +
      wy * (v[3 * child + 1]! - v[3 * parent + 1]!) +
      wz * (v[3 * child + 2]! - v[3 * parent + 2]!);
  }
}
