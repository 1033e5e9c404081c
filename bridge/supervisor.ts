import type { ControllerState } from './message-map.js';

/**
 * What the controller found in a control period, the worst thing first: the robot is not the one that the rules
 * were evolved for, and so on, to `good`.
 */
export type Finding =
  | 'no-state'
  | 'foreign-robot'
  | 'stale-state'
  | 'non-finite-state'
  | 'non-finite-weights'
  | 'policy-late'
  | 'policy-failed'
  | 'non-finite-action'
  | 'good';

/**
 * The deciding part of the controller: which state follows from what was found. Only in `running` does the
 * policy's command leave the controller, in every other state the safe command (zero effort) does.
 *
 *     waiting --good--> running <--good-- holding
 *                          |----bad------>---|          stop, from anywhere --> stopped (for good)
 *
 * This is the place of a full safety supervisor: fade-in, limits, damping, e-stop. It stays a pure function of
 * state and finding, so that all of it can be tested without a robot, a clock or a transport.
 */
export function nextState(state: ControllerState, finding: Finding | 'stop'): ControllerState {
  if (state === 'stopped' || finding === 'stop') return 'stopped';
  if (finding === 'good') return 'running';
  return state === 'waiting' ? 'waiting' : 'holding';
}

/** Whether the policy's command may leave the controller. */
export function mayAct(state: ControllerState): boolean {
  return state === 'running';
}

/** Why, for people. */
export const FINDING_REASONS: Readonly<Record<Finding | 'stop', string>> = {
  good: 'in control',
  'no-state': 'no robot state has arrived yet',
  'foreign-robot': 'the robot is not the one that these rules are for',
  'stale-state': 'the newest robot state is too old',
  'non-finite-state': 'the robot state has values that are not finite',
  'non-finite-weights': 'the weights are not finite; reset them',
  'policy-late': 'the policy has not answered in time',
  'policy-failed': 'the policy failed',
  'non-finite-action': 'the policy gave actions that are not finite',
  stop: 'stopped',
};
