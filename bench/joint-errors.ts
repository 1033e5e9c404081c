import { ANT_CONTRACT } from '../policy/robot-contract.js';
import { ActionSequence } from './action-sequence.js';
import type { SimulatedAnt } from './simulated-ant.js';
import { quantile } from './timing.js';

/** A joint counts as beyond its limit from here on, rad. */
export const LIMIT_TOLERANCE = 0.02;

/** How far a simulator's joints are from what they should be. */
export interface JointErrors {
  /** Share of the joint positions, one a joint and control step, that are beyond a limit by LIMIT_TOLERANCE. */
  readonly beyondLimit: number;
  /** Mean over all joint positions of the way beyond a limit, degrees. */
  readonly meanExcess: number;
  /** The furthest that a joint went beyond a limit, degrees. */
  readonly worstExcess: number;
  /** Distance between the two anchors of the worst joint of the moment, mm: median and largest. */
  readonly medianDrift: number;
  readonly worstDrift: number;
  /** The fastest that a joint moved, rad/s. */
  readonly fastestJoint: number;
}

export interface EpisodeSettings {
  readonly episodes: number;
  /** Control steps of each. */
  readonly steps: number;
}

/** Let the ant live episodes 0, 1, ... of random actions and look at its joints after every control step. */
export function measureJointErrors(ant: SimulatedAnt, { episodes, steps }: EpisodeSettings): JointErrors {
  const actions = new ActionSequence();
  const action = new Float32Array(ANT_CONTRACT.joints.length);
  const drifts: number[] = [];
  let samples = 0;
  let beyond = 0;
  let sum = 0;
  let worst = 0;
  let fastest = 0;
  for (let seed = 0; seed < episodes; seed++) {
    ant.reset(seed);
    actions.begin(seed);
    for (let k = 0; k < steps; k++) {
      actions.next(action);
      ant.step(action);
      drifts.push(1000 * ant.anchorDrift());
      const { jointPosition, jointVelocity } = ant.state;
      ANT_CONTRACT.joints.forEach(({ lower, upper }, j) => {
        const position = jointPosition[j]!;
        const excess = Math.max(0, position - upper, lower - position);
        samples++;
        if (excess > LIMIT_TOLERANCE) beyond++;
        sum += excess;
        worst = Math.max(worst, excess);
        fastest = Math.max(fastest, Math.abs(jointVelocity[j]!));
      });
    }
  }
  const degrees = 180 / Math.PI;
  return {
    beyondLimit: beyond / samples,
    meanExcess: (degrees * sum) / samples,
    worstExcess: degrees * worst,
    medianDrift: quantile(drifts, 0.5),
    worstDrift: Math.max(...drifts),
    fastestJoint: fastest,
  };
}
