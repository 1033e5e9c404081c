import type { BodyState } from '../../policy/observation.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import type { Finding } from '../supervisor/finding.js';
import type { SafetySettings } from '../supervisor/safety-settings.js';

/** No walking robot is faster (m/s) or further from the ground (m): such a reading is a fault of its sensor. */
const FASTEST_TORSO = 100;
const HIGHEST_TORSO = 1000;

type Limits = Pick<
  SafetySettings,
  'positionMargin' | 'largestTilt' | 'largestJointVelocity' | 'largestJointEffort'
>;

/** Judges the state of a body against its limits. Judging allocates nothing; only `describe` does. */
export class BodyLimits {
  private readonly contract: RobotContract;
  private readonly limits: Limits;

  constructor(contract: RobotContract, limits: Limits) {
    this.contract = contract;
    this.limits = limits;
  }

  /** `state` is finite; `effort` ([joints], N m) has values that are not where efforts are not measured. */
  judge(state: BodyState, effort: Float64Array): Finding {
    if (!this.possible(state)) return 'absurd-state';
    if (tiltOf(state.orientation) > this.limits.largestTilt) return 'tilt';
    if (this.fastJoint(state) >= 0) return 'joint-velocity';
    return this.strainedJoint(effort) >= 0 ? 'joint-effort' : 'good';
  }

  /** What is wrong, with the values. */
  describe(finding: Finding, state: BodyState, effort: Float64Array): string {
    const { joints } = this.contract;
    const { largestTilt, largestJointVelocity, largestJointEffort } = this.limits;
    switch (finding) {
      case 'absurd-state': {
        const j = this.displacedJoint(state);
        if (j < 0)
          return `torso at ${state.height} m with a velocity of ${[...state.linearVelocity].join(', ')} m/s`;
        const { name, lower, upper } = joints[j]!;
        return `${name} at ${rounded(state.jointPosition[j]!)} rad, between ${rounded(lower)} and ${rounded(upper)}`;
      }
      case 'tilt':
        return `${rounded(tiltOf(state.orientation))} rad, at most ${largestTilt}`;
      case 'joint-velocity': {
        const j = Math.max(0, this.fastJoint(state));
        return `${joints[j]!.name} at ${rounded(state.jointVelocity[j]!)} rad/s, at most ${largestJointVelocity}`;
      }
      case 'joint-effort': {
        const j = Math.max(0, this.strainedJoint(effort));
        const { name, effortLimit } = joints[j]!;
        return `${name} at ${rounded(effort[j]!)} N m, at most ${rounded(largestJointEffort * effortLimit)}`;
      }
      default:
        return '';
    }
  }

  private possible(state: BodyState): boolean {
    const { linearVelocity, height } = state;
    let square = 0;
    for (let k = 0; k < 3; k++) square += linearVelocity[k]! * linearVelocity[k]!;
    if (square > FASTEST_TORSO * FASTEST_TORSO || Math.abs(height) > HIGHEST_TORSO) return false;
    return this.displacedJoint(state) < 0;
  }

  private displacedJoint({ jointPosition }: BodyState): number {
    const { joints } = this.contract;
    const { positionMargin } = this.limits;
    for (let j = 0; j < joints.length; j++) {
      const position = jointPosition[j]!;
      if (position < joints[j]!.lower - positionMargin || position > joints[j]!.upper + positionMargin)
        return j;
    }
    return -1;
  }

  private fastJoint({ jointVelocity }: BodyState): number {
    for (let j = 0; j < jointVelocity.length; j++) {
      if (Math.abs(jointVelocity[j]!) > this.limits.largestJointVelocity) return j;
    }
    return -1;
  }

  private strainedJoint(effort: Float64Array): number {
    const { joints } = this.contract;
    for (let j = 0; j < joints.length; j++) {
      if (Math.abs(effort[j]!) > this.limits.largestJointEffort * joints[j]!.effortLimit) return j;
    }
    return -1;
  }
}

/** Angle between the torso's axis and the vertical, rad, of a unit quaternion x y z w. */
function tiltOf(orientation: Float64Array): number {
  const x = orientation[0]!;
  const y = orientation[1]!;
  return Math.acos(Math.max(-1, Math.min(1, 1 - 2 * (x * x + y * y))));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
