import { describe, expect, it } from 'vitest';
import { BodyLimits } from '../../../bridge/input/body-limits.js';
import { createBodyState, type BodyState } from '../../../policy/observation.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

const LIMITS = { positionMargin: 0.5, largestTilt: 1, largestJointVelocity: 40, largestJointEffort: 1.5 };
const limits = new BodyLimits(ANT_CONTRACT, LIMITS);

/** The Ant standing still; `change` does something to it. */
function judged(change: (state: BodyState, effort: Float64Array) => void): [string, string] {
  const state = createBodyState(ANT_CONTRACT);
  const effort = new Float64Array(8);
  ANT_CONTRACT.joints.forEach(({ lower, upper }, j) => (state.jointPosition[j] = (lower + upper) / 2));
  state.height = 0.6;
  change(state, effort);
  const finding = limits.judge(state, effort);
  return [finding, limits.describe(finding, state, effort)];
}

/** A quaternion, `angle` rad about an axis in the ground plane at `bearing`, after a turn of `yaw`. */
function tilted(angle: number, bearing: number, yaw = 0): number[] {
  const [s, c] = [Math.sin(angle / 2), Math.cos(angle / 2)];
  const [z, w] = [Math.sin(yaw / 2), Math.cos(yaw / 2)];
  const [x, y] = [s * Math.cos(bearing), s * Math.sin(bearing)];
  return [x * w + y * z, y * w - x * z, c * z, c * w];
}

describe('the limits of a body', () => {
  it('leave a standing robot alone', () => {
    expect(judged(() => undefined)).toEqual(['good', '']);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'are passed by a tilt towards any side (%i rad), whatever the heading',
    (bearing) => {
      for (const yaw of [0, 1, -2, 3]) {
        expect(judged(({ orientation }) => orientation.set(tilted(0.99, bearing, yaw)))[0]).toBe('good');
        const [finding, detail] = judged(({ orientation }) => orientation.set(tilted(1.01, bearing, yaw)));
        expect(finding).toBe('tilt');
        expect(detail).toBe('1.01 rad, at most 1');
      }
    },
  );

  it('are passed by a robot on its back', () => {
    expect(judged(({ orientation }) => orientation.set([1, 0, 0, 0]))).toEqual([
      'tilt',
      '3.14 rad, at most 1',
    ]);
  });

  it.each([-1, 1])('are passed by a joint that is too fast, in either direction (%i)', (direction) => {
    expect(judged(({ jointVelocity }) => (jointVelocity[3] = direction * 40))[0]).toBe('good');
    expect(judged(({ jointVelocity }) => (jointVelocity[3] = direction * 40.5))).toEqual([
      'joint-velocity',
      `right_front_ankle at ${direction * 40.5} rad/s, at most 40`,
    ]);
  });

  it.each([-1, 1])('are passed by a joint that bears too much, in either direction (%i)', (direction) => {
    expect(judged((_, effort) => (effort[6] = direction * 375))[0]).toBe('good');
    expect(judged((_, effort) => (effort[6] = direction * 376))).toEqual([
      'joint-effort',
      `right_back_hip at ${direction * 376} N m, at most 375`,
    ]);
  });

  it('are not passed by efforts that are not measured', () => {
    expect(judged((_, effort) => effort.fill(NaN))[0]).toBe('good');
  });

  it('take a joint far beyond its range for a fault of the reading, and no danger', () => {
    const { lower, upper } = ANT_CONTRACT.joints[1]!;
    for (const [position, finding] of [
      [lower - 0.49, 'good'],
      [lower - 0.51, 'absurd-state'],
      [upper + 0.49, 'good'],
      [upper + 0.51, 'absurd-state'],
    ] as const) {
      expect(judged(({ jointPosition }) => (jointPosition[1] = position))[0]).toBe(finding);
    }
    expect(judged(({ jointPosition }) => (jointPosition[1] = 9))[1]).toBe(
      'left_front_ankle at 9 rad, between 0.524 and 1.75',
    );
  });

  it('take a torso that flies for a fault of the reading', () => {
    expect(judged((state) => (state.height = 1001))[0]).toBe('absurd-state');
    const [finding, detail] = judged(({ linearVelocity }) => linearVelocity.set([60, 60, 60]));
    expect(finding).toBe('absurd-state');
    expect(detail).toBe('torso at 0.6 m with a velocity of 60, 60, 60 m/s');
  });

  it('judge readings that cannot be before all that is made of them', () => {
    const [finding] = judged((state) => {
      state.orientation.set([1, 0, 0, 0]);
      state.jointVelocity.fill(99);
      state.jointPosition[0] = 99;
    });
    expect(finding).toBe('absurd-state');
  });
});
