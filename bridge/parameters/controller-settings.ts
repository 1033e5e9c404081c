import type { RobotContract } from '../../policy/robot-contract.js';
import type { ControllerOptions } from '../controller.js';
import type { HealthBounds, SafetySettings } from '../supervisor/safety-settings.js';
import type { NodeParameters } from './parse-node-parameters.js';
import type { RobotParameters } from './robot-parameters.js';

/** What the parameters say of a controller; its surroundings and its policy are its owner's. */
export type ControllerSettings = Omit<ControllerOptions, 'transport' | 'clock' | 'policy' | 'latched'>;

/** `contract`: of the bundle; `robot`: what the parameters make of it. */
export function controllerSettings(
  parameters: NodeParameters,
  contract: RobotContract,
  robot: RobotParameters,
): ControllerSettings {
  const referenceHeight = parameters.reference_height;
  return {
    contract: {
      ...contract,
      joints: robot.joints.map(({ joint }) => joint),
      controlPeriod: robot.controlPeriod,
    },
    seed: parameters.seed,
    goalHeading: parameters.goal_heading,
    ...(Number.isNaN(referenceHeight) ? {} : { referenceHeight }),
    simulated: parameters.simulated,
    perturbations: parameters['perturbation.enabled'],
    safety: safetySettings(parameters, robot.controlPeriod),
    statusPeriod: parameters.status_period,
    weightsPeriod: parameters.weights_period,
    input: parameters['input.source'] === 'observation' ? 'observation' : 'state',
    commandInterface: parameters['command.type'] === 'trajectory' ? 'position' : 'effort',
    trigger: parameters.trigger,
  };
}

/** `controlPeriod` in s. */
export function safetySettings(parameters: NodeParameters, controlPeriod: number): SafetySettings {
  const most = parameters['input.max_rate'];
  return {
    largestInputRate: most > 0 ? most : parameters.trigger === 'input' ? 2 / controlPeriod : Infinity,
    stalePeriods: parameters['input.stale_periods'],
    leastInputRate: parameters['input.min_rate'],
    positionMargin: parameters['input.position_margin'],
    largestTilt: parameters['limits.tilt'],
    largestJointVelocity: parameters['limits.joint_velocity'],
    largestJointEffort: parameters['limits.joint_effort'],
    largestAction: parameters['limits.action'],
    largestActionRate: parameters['limits.action_rate'],
    fadeInTime: parameters.fade_in_time,
    recoveryTime: parameters.recovery_time,
    dampingGain: parameters['damped.gain'],
    dampedTimeout: parameters['damped.timeout'],
    overrunPolicy: parameters['overrun.policy'],
    largestMissedShare: parameters['overrun.limit'],
    weightRms: bounds(parameters, 'weight_rms'),
    weightDrift: bounds(parameters, 'weight_drift'),
    saturation: bounds(parameters, 'saturation'),
    settleTime: parameters['health.settle_time'],
  };
}

function bounds(
  parameters: NodeParameters,
  indicator: 'weight_rms' | 'weight_drift' | 'saturation',
): HealthBounds {
  return {
    freeze: parameters[`health.${indicator}.freeze`],
    damp: parameters[`health.${indicator}.damp`],
    stop: parameters[`health.${indicator}.stop`],
  };
}
