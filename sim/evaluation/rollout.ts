import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import type { ActuatorFaults } from '../../policy/perturbation/index.js';
import { mixSeed } from '../../policy/random.js';
import type { Environment } from '../environment.js';
import { ActionUse } from './action-use.js';
import { BLOWN_UP } from './blown-up.js';

export interface RolloutOptions {
  /** Control steps at most. */
  readonly horizon: number;
  /** Hold the weights from this step on. */
  readonly freezeAt?: number;
  /** Stop after this many steps backwards in a row; evolution saves its time so. 0: never. */
  readonly backwardLimit?: number;
  /** Stop when this many steps have brought no new best distance. 0: never. */
  readonly stallLimit?: number;
  /** Distance made before this step is told apart, as `headStart`. */
  readonly countFrom?: number;
  /** What is wrong on the way from the policy to the joints. */
  readonly actuatorFaults?: ActuatorFaults;
  /** Called with 0 when the life begins and after each step; for measurements. */
  readonly onStep?: (step: number) => void;
}

/** What a life came to. */
export interface RolloutResult {
  /** Sum of the rewards; BLOWN_UP where it ceased to be finite. */
  distance: number;
  /** The part of it that was made before `countFrom`. */
  headStart: number;
  steps: number;
  /** Share of outputs beyond +-0.95. */
  saturated: number;
  /** Mean absolute change of an output from step to step. */
  actionChange: number;
  /** Mean square of an output: what heats a motor. */
  effort: number;
}

/** A new best distance must be this much further than the last, in units of reward. */
const STALL_MARGIN = 3;

/** Lives one life of `network` in `environment` from `seed`, and tells what came of it. */
export class Rollout {
  private readonly action: Float32Array;
  private readonly use: ActionUse;
  private readonly arriving: Float32Array;
  private readonly result: RolloutResult = {
    distance: 0,
    headStart: 0,
    steps: 0,
    saturated: 0,
    actionChange: 0,
    effort: 0,
  };
  readonly network: HebbianNetwork;
  readonly environment: Environment;

  constructor(network: HebbianNetwork, environment: Environment) {
    this.network = network;
    this.environment = environment;
    this.action = new Float32Array(network.actionSize);
    this.use = new ActionUse(network.actionSize);
    this.arriving = new Float32Array(network.actionSize);
  }

  /** The result object is filled again by the next run. */
  run(seed: number, options: RolloutOptions): RolloutResult {
    const { network, environment, action, arriving, use, result } = this;
    const {
      horizon,
      freezeAt,
      backwardLimit = 0,
      stallLimit = 0,
      countFrom = 0,
      actuatorFaults,
      onStep,
    } = options;
    environment.reset(seed);
    network.reset(mixSeed(seed, 1));
    use.reset();
    let distance = 0;
    let headStart = 0;
    let best = 0;
    let bestStep = 0;
    let backwards = 0;
    let step = 0;
    onStep?.(0);
    while (step < horizon) {
      if (step === freezeAt) network.freeze();
      network.act(environment.observation, action);
      use.count(action);
      actuatorFaults?.apply(action, arriving);
      const { reward, terminated, truncated } = environment.step(actuatorFaults ? arriving : action);
      step++;
      distance += reward;
      if (step <= countFrom) headStart = distance;
      onStep?.(step);
      backwards = reward < 0 ? backwards + 1 : 0;
      if (distance > best + STALL_MARGIN) {
        best = distance;
        bestStep = step;
      }
      if (terminated || truncated) break;
      if (backwardLimit > 0 && backwards >= backwardLimit) break;
      if (stallLimit > 0 && step - bestStep >= stallLimit) break;
    }
    result.distance = Number.isFinite(distance) ? distance : BLOWN_UP;
    result.headStart = headStart;
    result.steps = step;
    result.saturated = use.saturated;
    result.effort = use.effort;
    result.actionChange = use.change;
    return result;
  }
}
