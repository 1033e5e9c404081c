import loadMujoco, { type MainModule, type MjData, type MjModel } from '@mujoco/mujoco';
import { createBodyState, observe } from '../policy/observation.js';
import { ANT_CONTRACT, ANT_LEGS, observationSize } from '../policy/robot-contract.js';
import { CAPSULE_RADIUS } from '../sim/ant/geometry.js';
import { MOTOR_SPEED } from '../sim/ant/motor.js';
import { mujocoAntModel, type MujocoSettings } from './mujoco-ant-model.js';
import { startPose, type SimulatedAnt } from './simulated-ant.js';

const CONTACT_DISTANCE = 0.01;
const JOINTS = ANT_CONTRACT.joints.length;
/** Place of the first joint in qpos and qvel, behind the torso's free joint. */
const FIRST_POSITION = 7;
const FIRST_VELOCITY = 6;

/** Load MuJoCo's official WebAssembly build. */
export function loadMujocoModule(): Promise<MainModule> {
  return loadMujoco();
}

/** The same Ant in MuJoCo, its state read into the same observation. */
export class MujocoAnt implements SimulatedAnt {
  readonly name: string;
  readonly state = createBodyState(ANT_CONTRACT);
  readonly observation = new Float32Array(observationSize(ANT_CONTRACT));
  private readonly mujoco: MainModule;
  private readonly settings: MujocoSettings;
  private readonly model: MjModel;
  private readonly data: MjData;
  // Views into MuJoCo's memory. Every access to the properties makes a new one: they are taken once an episode.
  private position!: Float64Array;
  private velocity!: Float64Array;
  private control!: Float64Array;
  private tips!: Float64Array;
  private forceRange!: Float64Array;
  private referenceHeight = 0;

  constructor(mujoco: MainModule, settings: MujocoSettings) {
    const { substeps, motor, limits } = settings;
    this.name = `MuJoCo, ${substeps} step${substeps === 1 ? '' : 's'}, ${motor} motor, ${limits} limits`;
    this.mujoco = mujoco;
    this.settings = settings;
    this.model = mujoco.MjModel.from_xml_string(mujocoAntModel(settings));
    this.data = new mujoco.MjData(this.model);
    this.reset(0);
  }

  reset(seed: number): void {
    const pose = startPose(seed);
    this.takeViews();
    this.mujoco.mj_resetData(this.model, this.data);
    this.position[2] = pose.height;
    for (let j = 0; j < JOINTS; j++) this.position[FIRST_POSITION + j] = pose.jointPosition[j]!;
    this.mujoco.mj_forward(this.model, this.data);
    this.referenceHeight = pose.height;
    this.readState();
  }

  step(action: Float32Array): void {
    const { mujoco, model, data, control, forceRange, settings } = this;
    for (let j = 0; j < JOINTS; j++) {
      if (settings.motor === 'torque') {
        control[j] = action[j]!;
        continue;
      }
      const effort = action[j]! * ANT_CONTRACT.joints[j]!.effortLimit;
      control[j] = effort < 0 ? -MOTOR_SPEED : MOTOR_SPEED;
      forceRange[2 * j] = -Math.abs(effort);
      forceRange[2 * j + 1] = Math.abs(effort);
    }
    for (let s = 0; s < settings.substeps; s++) mujoco.mj_step(model, data);
    this.readState();
    observe(ANT_CONTRACT, this.state, this.referenceHeight, 0, this.observation);
  }

  /** None: MuJoCo's coordinates are those of the joints. */
  anchorDrift(): number {
    return 0;
  }

  dispose(): void {
    this.data.delete();
    this.model.delete();
  }

  /** A model that is loaded later may move MuJoCo's memory, and views of the old one are empty from then on. */
  private takeViews(): void {
    this.position = this.data.qpos as Float64Array;
    this.velocity = this.data.qvel as Float64Array;
    this.control = this.data.ctrl as Float64Array;
    this.tips = this.data.site_xpos as Float64Array;
    this.forceRange = this.model.actuator_forcerange as Float64Array;
  }

  private readState(): void {
    const { state, position, velocity, tips } = this;
    state.height = position[2]!;
    // MuJoCo's quaternions are w x y z.
    state.orientation[0] = position[4]!;
    state.orientation[1] = position[5]!;
    state.orientation[2] = position[6]!;
    state.orientation[3] = position[3]!;
    for (let k = 0; k < 3; k++) state.linearVelocity[k] = velocity[k]!;
    for (let j = 0; j < JOINTS; j++) {
      state.jointPosition[j] = position[FIRST_POSITION + j]!;
      state.jointVelocity[j] = velocity[FIRST_VELOCITY + j]!;
    }
    for (let l = 0; l < ANT_LEGS.length; l++) {
      state.footContact[l] = tips[3 * l + 2]! - CAPSULE_RADIUS < CONTACT_DISTANCE ? 1 : 0;
    }
  }
}
