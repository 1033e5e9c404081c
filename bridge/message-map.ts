import type { ErrorCode } from '../policy/errors.js';
import type { PerturbationInput, Perturbation } from '../policy/perturbation/index.js';
import type { SupervisorPhase } from './supervisor/supervisor.js';

/*
 * What travels between the robot, the controller and whoever watches: every message of every transport.
 * Messages belong to their publisher, who fills the same objects again and again (see transport.ts).
 * Units are SI; frames and axes follow REP-103 (x forward, y left, z up).
 */

/** The messages by topic. */
export interface MessageMap {
  /** Robot to controller, each control period. */
  readonly robotState: RobotState;
  /** Simulator to controller, each control period: in place of `robotState`, where the observation is there already. */
  readonly observation: ObservationMessage;
  /** Controller to robot, each control period. */
  readonly jointCommand: JointCommand;
  /** Operator to controller. */
  readonly perturbationRequest: PerturbationRequest;
  /** Operator to controller: whatever is no perturbation. */
  readonly operatorRequest: OperatorRequest;
  /** Controller to simulated robot: the part of a perturbation that happens in the body. */
  readonly bodyPerturbation: BodyPerturbation;
  /** Operator to simulated robot. */
  readonly simulationRequest: SimulationRequest;
  /** The answer to a request. */
  readonly acknowledgement: Acknowledgement;
  /** Controller to whoever watches: at every change, and every status period. */
  readonly status: ControllerStatus;
  /** Controller to whoever watches: every weights period. */
  readonly weights: WeightsMessage;
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
    /** N m; empty where it is not measured. */
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

export interface ObservationMessage {
  /** s, on the simulator's clock. A message with the stamp of the one before is no news. */
  stamp: number;
  /** As in {@link RobotState}. */
  episode: number;
  /** [28] for the Ant (policy/observation.ts). */
  readonly values: Float32Array;
}

export interface JointCommand {
  /** s, on the controller's clock. */
  stamp: number;
  readonly names: readonly string[];
  readonly interface: CommandInterface;
  /** [joints], N m or rad. */
  readonly values: Float64Array;
}

/** What a command tells a joint: ros2_control's command interfaces. */
export type CommandInterface = 'effort' | 'position';

export type PerturbationRequest =
  | { readonly operation: 'begin'; readonly perturbation: PerturbationInput }
  | { readonly operation: 'end'; readonly id: string };

/**
 * What an operator asks of a controller. An emergency stop is heard however it is asked for; clearing it is a local
 * act and no message. Freezing lasts until it is undone or another life begins.
 */
export type OperatorRequest =
  | { readonly operation: 'emergency-stop'; readonly id: string }
  | { readonly operation: 'freeze'; readonly id: string; readonly frozen: boolean }
  | { readonly operation: 'reset-weights'; readonly id: string; readonly seed?: number }
  /** rad from +x towards +y. */
  | { readonly operation: 'goal-heading'; readonly id: string; readonly heading: number };

export interface BodyPerturbation {
  readonly operation: 'begin' | 'end';
  readonly perturbation: Perturbation;
}

/** What an operator asks of a simulator. */
export type SimulationRequest =
  | {
      /** Begin another episode. */
      readonly operation: 'restart';
      readonly id: string;
      /** Of the episode; without it the robot goes on to its next one. */
      readonly seed?: number;
      /** The body from now on, like `right_front`; without it, as before. */
      readonly morphology?: string;
      /** The controller's rules from now on, by a name that the simulator offers; without it, as before. */
      readonly bundle?: string;
    }
  /** Stand still in time, or go on. */
  | { readonly operation: 'pause'; readonly id: string; readonly paused: boolean };

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

export interface ControllerStatus {
  /** s, on the controller's clock. */
  readonly stamp: number;
  /** s since the controller was activated. */
  readonly time: number;
  /** See bridge/supervisor/supervisor.ts. */
  readonly state: SupervisorPhase;
  /** Why it is in that state, for people. */
  readonly reason: string;
  /** What holds it stopped until it is cleared; null: nothing. */
  readonly latched: string | null;
  /** Commands of the policy published so far. */
  readonly steps: number;
  /** Commands published so far that were not the policy's. */
  readonly safeSteps: number;
  /** Control steps that were not done by their next deadline. */
  readonly overruns: number;
  /** Control periods without a step, because an earlier one took too long. */
  readonly missedPeriods: number;
  /** s since the newest robot state arrived; null before the first. */
  readonly stateAge: number | null;
  /** Robot states a second; null until they have come for a second. */
  readonly inputRate: number | null;
  /** Commands a second; null until there were some for a second. */
  readonly outputRate: number | null;
  /** From the beginning of a control step to its command, s; null before the first. */
  readonly stepTime: Percentiles | null;
  /** Error of the control period, s; null before the second step. */
  readonly jitter: Percentiles | null;
  /** Of the plasticity; null for policies without weights. */
  readonly plasticity: PlasticityStatus | null;
  /** Root mean square of all weights, NaN and infinite ones told as null; null for policies without weights. */
  readonly weightRms: number | null;
  /** Whether plasticity is off. */
  readonly frozen: boolean;
  /** Direction of the goal, rad from +x towards +y. */
  readonly goalHeading: number;
  readonly activePerturbations: readonly Perturbation[];
}

/** All weights of the policy's network. */
export interface WeightsMessage {
  /** s, on the controller's clock. */
  stamp: number;
  /** From the observation to the action. */
  readonly layers: readonly LayerWeights[];
}

export interface LayerWeights {
  readonly pre: number;
  readonly post: number;
  /** [pre, post], pre by pre. */
  readonly values: Float32Array;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface PlasticityStatus {
  /** Root mean square of the weights of each layer; null where it is not finite. */
  readonly layerRms: readonly (number | null)[];
  /** Relative change of the weights' root mean square, 1/s; null before the first second. */
  readonly drift: number | null;
  /** Share of the outputs beyond 0.99 in the last second; null before the first. */
  readonly saturation: number | null;
  /** Who holds the weights still. */
  readonly frozenBy: readonly ('operator' | 'perturbation' | 'health')[];
  readonly health: 'healthy' | 'freeze' | 'damp' | 'stop';
}
