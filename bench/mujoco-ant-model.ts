import { ANT_CONTRACT, ANT_LEGS } from '../policy/robot-contract.js';
import {
  CAPSULE_RADIUS,
  DENSITY,
  FOOT_LENGTH,
  FRICTION,
  GRAVITY,
  HIP_OFFSET,
  LEG_DIRECTION,
  THIGH_LENGTH,
  TORSO_RADIUS,
} from '../sim/ant/geometry.js';
import { MOTOR_GAIN } from '../sim/ant/motor.js';

export interface MujocoSettings {
  /** Steps of MuJoCo a control period. */
  readonly substeps: number;
  /** `torque`: MuJoCo's plain motor, as in its own Ant. `limited`: full effort up to MOTOR_SPEED, as in sim/ant. */
  readonly motor: 'torque' | 'limited';
  /**
   * How fast MuJoCo's soft joint limits push back. `default`: a time constant of 0.02 s. `stiff`: two substeps,
   * the fastest that MuJoCo accepts.
   */
  readonly limits: 'default' | 'stiff';
}

/**
 * The Ant as MJCF: geometry, masses, limits and efforts of sim/ant, from the same constants. Robot and ground
 * collide, links of the robot do not. No armature and no joint damping, as in Rapier. Euler integrator.
 */
export function mujocoAntModel({ substeps, motor, limits }: MujocoSettings): string {
  const timestep = ANT_CONTRACT.controlPeriod / substeps;
  return `<mujoco model="ant">
  <compiler angle="radian" autolimits="true"/>
  <option timestep="${timestep}" gravity="0 0 ${-GRAVITY}" integrator="Euler"/>
  <default>
    <geom density="${DENSITY}" friction="${FRICTION} 0.005 0.0001" condim="3" contype="0" conaffinity="1"/>
    <joint type="hinge" armature="0" damping="0" solreflimit="${limits === 'stiff' ? 2 * timestep : 0.02} 1"/>
  </default>
  <worldbody>
    <geom name="ground" type="plane" size="0 0 1" contype="1" conaffinity="0"/>
    <body name="torso" pos="0 0 1">
      <freejoint/>
      <geom type="sphere" size="${TORSO_RADIUS}"/>
${ANT_LEGS.map(leg).join('\n')}
    </body>
  </worldbody>
  <actuator>
${ANT_CONTRACT.joints.map(({ name, effortLimit }) => actuator(name, effortLimit, motor)).join('\n')}
  </actuator>
</mujoco>`;
}

function leg(name: (typeof ANT_LEGS)[number], l: number): string {
  const { x, y } = LEG_DIRECTION[name];
  const capsule = (length: number): string =>
    `<geom type="capsule" size="${CAPSULE_RADIUS}" fromto="0 0 0 ${x * length} ${y * length} 0"/>`;
  const hinge = (joint: number, axis: string): string => {
    const { name: jointName, lower, upper } = ANT_CONTRACT.joints[joint]!;
    return `<joint name="${jointName}" axis="${axis}" range="${lower} ${upper}"/>`;
  };
  return `      ${capsule(HIP_OFFSET)}
      <body pos="${x * HIP_OFFSET} ${y * HIP_OFFSET} 0">
        ${hinge(2 * l, '0 0 1')}
        ${capsule(THIGH_LENGTH)}
        <body pos="${x * THIGH_LENGTH} ${y * THIGH_LENGTH} 0">
          ${hinge(2 * l + 1, `${-y} ${x} 0`)}
          ${capsule(FOOT_LENGTH)}
          <site name="${name}_tip" pos="${x * FOOT_LENGTH} ${y * FOOT_LENGTH} 0"/>
        </body>
      </body>`;
}

function actuator(joint: string, effortLimit: number, motor: MujocoSettings['motor']): string {
  if (motor === 'torque') return `    <motor joint="${joint}" gear="${effortLimit}" ctrlrange="-1 1"/>`;
  // The force range is set anew in every control step: the effort that is asked for.
  return `    <velocity joint="${joint}" kv="${MOTOR_GAIN}" forcerange="${-effortLimit} ${effortLimit}"/>`;
}
