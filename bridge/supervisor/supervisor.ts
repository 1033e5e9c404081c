import { FINDINGS, type Finding } from './finding.js';
import type { SafetySettings } from './safety-settings.js';

/**
 * What the controller is doing. The first two and the last are those of a ROS 2 managed node; the others are what
 * its `active` state is made of, and in each of them a command leaves in every control period.
 */
export const SUPERVISOR_PHASES = [
  'unconfigured',
  'inactive',
  'waiting',
  'fading',
  'running',
  'holding',
  'damped',
  'stopped',
  'finalized',
] as const;
export type SupervisorPhase = (typeof SUPERVISOR_PHASES)[number];

/**
 * What is done to a controller, by its owner or an operator. `clear-stop` is the only way out of a latched stop;
 * `restart`: a new life began, and the command is faded in anew.
 */
export const SUPERVISOR_ACTS = [
  'configure',
  'activate',
  'deactivate',
  'cleanup',
  'shutdown',
  'emergency-stop',
  'clear-stop',
  'restart',
] as const;
export type SupervisorAct = (typeof SUPERVISOR_ACTS)[number];

export type SupervisorEvent = Finding | SupervisorAct;

/** What may leave the controller: nothing, the safe command, one that brakes the joints, or the policy's. */
export type CommandKind = 'none' | 'safe' | 'damp' | 'policy';

/** A value; every change makes another one. */
export interface SupervisorState {
  readonly phase: SupervisorPhase;
  /** When the phase began, s. */
  readonly since: number;
  /** The last finding that counted in this phase. */
  readonly finding: Finding;
  /** In `damped`: since when nothing bad was found; NaN while it is. */
  readonly goodSince: number;
  /** What stopped the robot, until it is cleared. Kept through deactivation: it cannot be forgotten by accident. */
  readonly latched: Finding | 'emergency-stop' | undefined;
}

export const UNCONFIGURED: SupervisorState = {
  phase: 'unconfigured',
  since: 0,
  finding: 'no-state',
  goodSince: NaN,
  latched: undefined,
};

/** The part of the settings that decides between states. */
export type SupervisorSettings = Pick<SafetySettings, 'fadeInTime' | 'recoveryTime' | 'dampedTimeout'>;

/**
 * The deciding part of the controller: the state after `event` at `time` (s, never going back). Pure; the same
 * object comes back when nothing changed, so that it can be asked in every control period.
 *
 *     unconfigured <--cleanup/configure--> inactive --activate--> waiting    (stopped, if a stop is latched)
 *     waiting --good--> fading --fadeInTime--> running
 *     fading, running --hold--> holding --good--> fading
 *     waiting, fading, running, holding --damp--> damped --good for recoveryTime--> fading
 *     damped --dampedTimeout--> stopped;  any of them --stop, emergency-stop--> stopped --clear-stop--> waiting
 *     any of them --deactivate--> inactive;  anything --shutdown--> finalized
 */
export function nextState(
  state: SupervisorState,
  event: SupervisorEvent,
  time: number,
  settings: SupervisorSettings,
): SupervisorState {
  const { phase } = state;
  if (phase === 'finalized') return state;
  switch (event) {
    case 'configure':
      return phase === 'unconfigured' ? enter(state, 'inactive', time) : state;
    case 'cleanup':
      return phase === 'inactive' ? enter(state, 'unconfigured', time) : state;
    case 'activate':
      if (phase !== 'inactive') return state;
      return enter(state, state.latched === undefined ? 'waiting' : 'stopped', time, 'no-state');
    case 'deactivate':
      return isActive(phase) ? enter(state, 'inactive', time) : state;
    case 'shutdown':
      return enter(state, 'finalized', time);
    case 'emergency-stop':
      return stop(state, event, time);
    case 'clear-stop':
      if (state.latched === undefined) return state;
      return {
        ...(phase === 'stopped' ? enter(state, 'waiting', time, 'no-state') : state),
        latched: undefined,
      };
    case 'restart':
      return phase === 'running' || phase === 'fading' ? enter(state, 'fading', time) : state;
    default:
      return isActive(phase) ? afterPeriod(state, event, time, settings) : state;
  }
}

function afterPeriod(
  state: SupervisorState,
  finding: Finding,
  time: number,
  settings: SupervisorSettings,
): SupervisorState {
  const { phase } = state;
  if (phase === 'stopped') return state;
  const { calls } = FINDINGS[finding];
  if (calls === 'stop') return stop(state, finding, time);
  if (phase === 'damped') return whileDamped(state, finding, time, settings);
  if (calls === 'damp') return enter(state, 'damped', time, finding);
  if (calls === 'hold') {
    const held = phase === 'waiting' || phase === 'holding';
    if (!held) return enter(state, 'holding', time, finding);
    return finding === state.finding ? state : { ...state, finding };
  }
  if (phase === 'running') return state;
  const fading = phase === 'fading' ? state : enter(state, 'fading', time, finding);
  return time - fading.since >= settings.fadeInTime ? enter(fading, 'running', time) : fading;
}

function whileDamped(
  state: SupervisorState,
  finding: Finding,
  time: number,
  settings: SupervisorSettings,
): SupervisorState {
  const good = FINDINGS[finding].calls === 'go';
  if (good && time - state.goodSince >= settings.recoveryTime) {
    return afterPeriod(enter(state, 'fading', time, finding), finding, time, settings);
  }
  // What brought it here is the cause, not what is found in the period in which the time is up.
  if (time - state.since >= settings.dampedTimeout) return stop(state, causeOf(state, finding), time);
  if (!good) {
    const same = finding === state.finding && Number.isNaN(state.goodSince);
    return same ? state : { ...state, finding, goodSince: NaN };
  }
  return Number.isNaN(state.goodSince) ? { ...state, goodSince: time } : state;
}

function causeOf(state: SupervisorState, finding: Finding): Finding {
  return FINDINGS[finding].calls === 'damp' ? finding : state.finding;
}

function enter(
  state: SupervisorState,
  phase: SupervisorPhase,
  time: number,
  finding = state.finding,
): SupervisorState {
  return { phase, since: time, finding, goodSince: NaN, latched: state.latched };
}

/** The first cause stays the cause, but an emergency stop is always told as one. */
function stop(state: SupervisorState, cause: Finding | 'emergency-stop', time: number): SupervisorState {
  const latched = cause === 'emergency-stop' ? cause : (state.latched ?? cause);
  if (!isActive(state.phase)) return state.latched === latched ? state : { ...state, latched };
  if (state.phase === 'stopped') return state.latched === latched ? state : { ...state, latched };
  const finding = cause === 'emergency-stop' ? state.finding : cause;
  return { ...enter(state, 'stopped', time, finding), latched };
}

/** Whether a command leaves in every control period. */
export function isActive(phase: SupervisorPhase): boolean {
  return phase !== 'unconfigured' && phase !== 'inactive' && phase !== 'finalized';
}

/** Whether the policy takes a step in a period that is good. */
export function mayAct({ phase }: SupervisorState): boolean {
  return phase === 'fading' || phase === 'running';
}

/** What leaves in the control period that ended in `state`. */
export function commandKind(state: SupervisorState): CommandKind {
  switch (state.phase) {
    case 'unconfigured':
    case 'inactive':
    case 'finalized':
      return 'none';
    case 'fading':
    case 'running':
      return 'policy';
    case 'damped':
      // Braking needs velocities that can be trusted.
      return FINDINGS[state.finding].calls === 'hold' ? 'safe' : 'damp';
    default:
      return 'safe';
  }
}

/** Share of the policy's command that leaves, from 0 when the fade-in begins to 1. */
export function fadeGain(state: SupervisorState, time: number, { fadeInTime }: SupervisorSettings): number {
  if (state.phase === 'running') return 1;
  if (state.phase !== 'fading') return 0;
  return fadeInTime > 0 ? Math.min(1, (time - state.since) / fadeInTime) : 1;
}

/** Why it is in that state, for people; `detail` says more about its finding. */
export function reasonOf({ phase, latched, finding, goodSince }: SupervisorState, detail = ''): string {
  const cause = (reason: string): string => (detail === '' ? reason : `${reason}: ${detail}`);
  if (phase === 'finalized') return 'shut down';
  if (latched === 'emergency-stop') return 'emergency stop; it stays until it is cleared';
  if (latched !== undefined) return `${cause(FINDINGS[latched].reason)}; stopped until it is cleared`;
  if (phase === 'unconfigured' || phase === 'inactive') return 'not active';
  if (phase === 'fading') return 'fading in';
  if (phase === 'damped' && !Number.isNaN(goodSince)) return 'recovering';
  return cause(FINDINGS[finding].reason);
}
