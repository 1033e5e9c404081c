import type { ErrorCode } from '../policy/errors.js';
import type { PerturbationInput, Perturbation } from '../policy/perturbation/index.js';

/*
 * What travels between the robot, the controller and whoever watches: every message of every transport.
 * Messages belong to their publisher, who fills the same objects again and again (see transport.ts).
 * Units are SI; frames and axes follow REP-103 (x forward, y left, z up).
 */

/** The messages by topic. */
export interface MessageMap {
  /** Robot to controller, each control period. */
  readonly robotState: RobotState;
  /** Controller to robot, each control period. */
  readonly jointCommand: JointCommand;
  /** Operator to controller. */
  readonly perturbationRequest: PerturbationRequest;
  /** Controller to simulated robot: the part of a perturbation that happens in the body. */
  readonly bodyPerturbation: BodyPerturbation;
  /** Operator to simulated robot: begin another episode. */
  readonly restartRequest: RestartRequest;
  /** The answer to a request. */
  readonly acknowledgement: Acknowledgement;
  /** Controller to whoever watches: at every change, and every status period. */
  readonly status: ControllerStatus;
}

export type Topic = keyof MessageMap;

export interface RobotState {
  /** s, on the robot's clock. A message with the stamp of the one before is no news. */
  stamp: number;
  /** Counts the restarts of a simulated robot; hardware stays at 0. A new episode begins a new life. */
  episode: number;
  readonly joints: {
    /** In any order: joints are found by name. The arrays beside it have its length. */
    readonly names: readonly string[];
    /** rad */
    readonly position: Float64Array;
    /** rad/s */
    readonly velocity: Float64Array;
    /** N m */
    readonly effort: Float64Array;
  };
  readonly torso: {
    /** Centre, world frame, m, x y z. */
    readonly position: Float64Array;
    /** Unit quaternion x y z w, world from body. */
    readonly orientation: Float64Array;
    /** World frame, m/s, x y z. */
    readonly linearVelocity: Float64Array;
  };
  readonly feet: {
    readonly names: readonly string[];
    /** 0 or 1 */
    readonly contact: Float64Array;
  };
}

export interface JointCommand {
  /** s, on the controller's clock. */
  stamp: number;
  readonly names: readonly string[];
  /** N m */
  readonly effort: Float64Array;
}

export type PerturbationRequest =
  | { readonly operation: 'begin'; readonly perturbation: PerturbationInput }
  | { readonly operation: 'end'; readonly id: string };

export interface BodyPerturbation {
  readonly operation: 'begin' | 'end';
  readonly perturbation: Perturbation;
}

export interface RestartRequest {
  readonly id: string;
  /** Seed of the episode; without it the robot goes on to its next one. */
  readonly seed?: number;
}

export interface Acknowledgement {
  /** The request's: of the perturbation, or of the restart. */
  readonly id: string;
  readonly from: 'controller' | 'robot';
  readonly accepted: boolean;
  /** Present where it was refused. */
  readonly code?: ErrorCode;
  /** Why it was refused and what would be right; empty where it was accepted. */
  readonly reason: string;
}

export const CONTROLLER_STATES = ['waiting', 'running', 'holding', 'stopped'] as const;
/** See bridge/supervisor.ts. */
export type ControllerState = (typeof CONTROLLER_STATES)[number];

export interface ControllerStatus {
  /** s, on the controller's clock. */
  readonly stamp: number;
  /** s since the controller started. */
  readonly time: number;
  readonly state: ControllerState;
  /** Why it is in that state, for people. */
  readonly reason: string;
  /** Commands of the policy published so far. */
  readonly steps: number;
  /** Safe commands published so far. */
  readonly safeSteps: number;
  /** Control steps that were not done by their next deadline. */
  readonly overruns: number;
  /** Control periods without a step, because an earlier one took too long. */
  readonly missedPeriods: number;
  /** s since the newest robot state arrived; null before the first. */
  readonly stateAge: number | null;
  /** From the beginning of a control step to its command, s; null before the first. */
  readonly stepTime: { readonly p50: number; readonly p99: number } | null;
  /** Root mean square of all weights, NaN and infinite ones told as null; null for policies without weights. */
  readonly weightRms: number | null;
  /** Whether plasticity is off. */
  readonly frozen: boolean;
  readonly activePerturbations: readonly Perturbation[];
}
