import type { Policy } from '../policy/policy.js';
import type { RobotContract } from '../policy/robot-contract.js';
import type { Clock } from './clock.js';
import type { CommandInterface } from './message-map.js';
import type { SafetySettings } from './supervisor/safety-settings.js';
import type { SupervisorState } from './supervisor/supervisor.js';
import type { Transport } from './transport.js';

export interface ControllerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly policy: Policy;
  /** The robot that the policy is for; its control period is the controller's. */
  readonly contract: RobotContract;
  /** Of the first life: initial weights, noise of faulty sensors. Later lives follow from it. */
  readonly seed: number;
  /** Direction of the goal, rad from +x towards +y. Default 0. */
  readonly goalHeading?: number;
  /** Torso height that counts as 0 in the observation, m. Default: that of the first state of each episode. */
  readonly referenceHeight?: number;
  /** The robot is a simulated one: perturbations may reach its body. Default false. */
  readonly simulated?: boolean;
  /** Whether perturbations are taken. Default: only where the robot is simulated. */
  readonly perturbations?: boolean;
  /** What is safe; what is left out is as in `DEFAULT_SAFETY`. */
  readonly safety?: Partial<SafetySettings>;
  /** s between status messages, beside those at every change. Default 1. */
  readonly statusPeriod?: number;
  /** s between messages with all weights; 0 (default): none. */
  readonly weightsPeriod?: number;
  /** What the robot tells: its state (default), or the observation itself. */
  readonly input?: 'state' | 'observation';
  /** What the robot's joints take. Default `effort`. */
  readonly commandInterface?: CommandInterface;
  /**
   * Who begins a control step: the controller's own `timer` each control period (default); the `input`, in lock-step
   * with a simulator, where the timer only watches that it does not fall silent; or whoever calls `step`.
   */
  readonly trigger?: 'timer' | 'input' | 'call';
  /** A stop that was latched before there was a controller stays latched. */
  readonly latched?: SupervisorState['latched'];
}
