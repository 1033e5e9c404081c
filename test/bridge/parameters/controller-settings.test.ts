import { describe, expect, it } from 'vitest';
import {
  controllerSettings,
  NODE_PARAMETERS,
  parseNodeParameters,
  robotParameters,
  safetySettings,
} from '../../../bridge/parameters/index.js';
import { DEFAULT_SAFETY } from '../../../bridge/supervisor/safety-settings.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

/** The controller that a node with these parameters has. */
function settingsOf(values: Readonly<Record<string, unknown>> = {}) {
  const overrides = Object.entries(values).map(([name, value]) => ({ name, value, source: 'test' }));
  const parameters = parseNodeParameters(overrides);
  return controllerSettings(parameters, ANT_CONTRACT, robotParameters(parameters, ANT_CONTRACT));
}

describe('the controller of a node whose parameters are left alone', () => {
  it('is as safe as a controller is by default', () => {
    expect(safetySettings(parseNodeParameters(), ANT_CONTRACT.controlPeriod)).toEqual(DEFAULT_SAFETY);
  });

  it('is that of the bundle, on hardware, from robot states to efforts by its own timer', () => {
    expect(settingsOf()).toEqual({
      contract: ANT_CONTRACT,
      seed: 1,
      goalHeading: 0,
      simulated: false,
      perturbations: false,
      safety: DEFAULT_SAFETY,
      statusPeriod: 1,
      weightsPeriod: 0,
      input: 'state',
      commandInterface: 'effort',
      trigger: 'timer',
    });
  });
});

describe('a parameter of the controller', () => {
  /** The bounds of one indicator, which belong together: each is at least the one before. */
  const health = (indicator: string, measure: string) =>
    [
      { freeze: 0.5, damp: Infinity, stop: Infinity },
      { freeze: 0.5, damp: 0.6, stop: Infinity },
      { freeze: 0.5, damp: 0.6, stop: 0.7 },
    ].map((bounds): [string, unknown, object] => [
      `health.${indicator}`,
      bounds,
      { safety: { [measure]: bounds } },
    ]);

  const arrivals: readonly [string, unknown, object][] = [
    ['seed', 7, { seed: 7 }],
    ['simulated', true, { simulated: true }],
    ['trigger', 'input', { trigger: 'input', safety: { largestInputRate: 2 / ANT_CONTRACT.controlPeriod } }],
    ['control_period', 0.02, { contract: { controlPeriod: 0.02 } }],
    ['goal_heading', -0.5, { goalHeading: -0.5 }],
    ['reference_height', 0.6, { referenceHeight: 0.6 }],
    ['input.source', 'observation', { input: 'observation' }],
    ['input.position_margin', 0.25, { safety: { positionMargin: 0.25 } }],
    ['input.min_rate', 30, { safety: { leastInputRate: 30 } }],
    ['input.max_rate', 200, { safety: { largestInputRate: 200 } }],
    ['input.stale_periods', 5, { safety: { stalePeriods: 5 } }],
    ['command.type', 'trajectory', { commandInterface: 'position' }],
    ['limits.tilt', 0.75, { safety: { largestTilt: 0.75 } }],
    ['limits.joint_velocity', 12, { safety: { largestJointVelocity: 12 } }],
    ['limits.joint_effort', 0.9, { safety: { largestJointEffort: 0.9 } }],
    ['limits.action', 0.5, { safety: { largestAction: 0.5 } }],
    ['limits.action_rate', 10, { safety: { largestActionRate: 10 } }],
    ['fade_in_time', 2, { safety: { fadeInTime: 2 } }],
    ['recovery_time', 0.75, { safety: { recoveryTime: 0.75 } }],
    ['damped.gain', 0.05, { safety: { dampingGain: 0.05 } }],
    ['damped.timeout', 9, { safety: { dampedTimeout: 9 } }],
    ['overrun.policy', 'stop', { safety: { overrunPolicy: 'stop' } }],
    ['overrun.limit', 0.4, { safety: { largestMissedShare: 0.4 } }],
    ...health('weight_rms', 'weightRms'),
    ...health('weight_drift', 'weightDrift'),
    ...health('saturation', 'saturation'),
    ['health.settle_time', 3, { safety: { settleTime: 3 } }],
    ['perturbation.enabled', true, { perturbations: true }],
    ['status_period', 0.5, { statusPeriod: 0.5 }],
    ['weights_period', 0.2, { weightsPeriod: 0.2 }],
    ['joints.left_front_hip.effort_limit', 90, { contract: { joints: { 0: { effortLimit: 90 } } } }],
  ];

  it.each(arrivals)('%s = %j arrives', (name, value, expected) => {
    const group = name.startsWith('health.') && typeof value === 'object';
    const values = group
      ? Object.fromEntries(Object.entries(value ?? {}).map(([stage, bound]) => [`${name}.${stage}`, bound]))
      : { [name]: value };
    expect(settingsOf(values)).toMatchObject(expected);
    expect(settingsOf()).not.toMatchObject(expected);
  });

  it('is among these, or none of the controller', () => {
    // Of the node around it: what it loads, when it starts, whose time it keeps, and how messages travel.
    const ofTheNode = [
      ...['bundle', 'autostart', 'use_sim_time', 'diagnostics_period'],
      ...['input.orientation', 'input.foot_contacts', 'input.foot_names', 'input.contact_threshold'],
      ...['command.topic', 'command.trajectory_topic', 'qos.sensors', 'qos.command'],
    ];
    const groups = ['health.weight_rms', 'health.weight_drift', 'health.saturation'];
    const arriving = new Set(
      arrivals.flatMap(([name]) =>
        groups.includes(name) ? ['freeze', 'damp', 'stop'].map((stage) => `${name}.${stage}`) : [name],
      ),
    );
    arriving.delete('joints.left_front_hip.effort_limit');
    expect([...ofTheNode, ...arriving].sort()).toEqual(NODE_PARAMETERS.map(({ name }) => name).sort());
  });
});
