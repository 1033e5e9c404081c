import { beforeEach, describe, expect, it } from 'vitest';
import { createBodyState, observe, OBSERVATION, type BodyState } from '../../policy/observation.js';
import { ANT_CONTRACT, ANT_LEGS, observationSize } from '../../policy/robot-contract.js';

const DEGREE = Math.PI / 180;

let state: BodyState;
beforeEach(() => {
  state = createBodyState(ANT_CONTRACT);
  // Ankles have no zero position between their limits: stand with every joint in the middle.
  ANT_CONTRACT.joints.forEach(({ lower, upper }, j) => (state.jointPosition[j] = (lower + upper) / 2));
});

function observed(goalHeading = 0, referenceHeight = 0): number[] {
  const out = new Float32Array(28);
  observe(ANT_CONTRACT, state, referenceHeight, goalHeading, out);
  return [...out];
}

/** Yaw, then pitch, then roll (z, y', x''), as a quaternion x y z w. */
function orient(yaw: number, pitch: number, roll: number): void {
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  state.orientation.set([
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
    cr * cp * cy + sr * sp * sy,
  ]);
}

describe('the observation of the Ant', () => {
  it('has 28 numbers', () => {
    expect(observationSize(ANT_CONTRACT)).toBe(28);
  });

  it('is the cosine of the heading alone for an Ant that stands in the middle of everything', () => {
    const expected = new Array<number>(28).fill(0);
    expected[2] = 1;
    observed().forEach((value, k) => expect(value, `index ${k}`).toBeCloseTo(expected[k]!, 6));
  });

  it('0: the height above that at reset, m', () => {
    state.height = 0.75;
    expect(observed(0, 0.5)[0]).toBeCloseTo(0.25, 6);
  });

  it.each([
    [0, 90, 1, 0],
    [90, 90, 0, 1],
    [90, 0, -1, 0],
    [30, 90, Math.sin(60 * DEGREE), Math.cos(60 * DEGREE)],
    [170, -170, Math.sin(20 * DEGREE), Math.cos(20 * DEGREE)],
  ])(
    '1, 2: sine and cosine of the angle to the goal; heading %d, goal %d degrees',
    (yaw, goal, sine, cosine) => {
      orient(yaw * DEGREE, 0, 0);
      const out = observed(goal * DEGREE);
      expect(out[1]).toBeCloseTo(sine, 6);
      expect(out[2]).toBeCloseTo(cosine, 6);
    },
  );

  it('3, 4, 5: 0.3 x velocity ahead, to the left, up; whatever the pitch and roll', () => {
    orient(90 * DEGREE, 0.3, -0.2);
    state.linearVelocity.set([-2, 1, 0.5]);
    expect(observed().slice(3, 6)).toEqual(
      [0.3 * 1, 0.3 * 2, 0.3 * 0.5].map((v) => expect.closeTo(v, 6) as number),
    );
  });

  it('6, 7: roll and pitch, rad', () => {
    orient(2, -0.4, 1.1);
    const out = observed();
    expect(out[OBSERVATION.roll]).toBeCloseTo(1.1, 6);
    expect(out[OBSERVATION.pitch]).toBeCloseTo(-0.4, 6);
  });

  it('8..23: hip and ankle of each leg, position between its limits as [-1, 1], 0.1 x velocity', () => {
    const jointAt = (name: string) => ANT_CONTRACT.joints.findIndex((joint) => joint.name === name);
    ANT_LEGS.forEach((leg, l) => {
      state.jointPosition[jointAt(`${leg}_hip`)] = 40 * DEGREE;
      state.jointPosition[jointAt(`${leg}_ankle`)] = 30 * DEGREE;
      state.jointVelocity[jointAt(`${leg}_hip`)] = 1 + l;
      state.jointVelocity[jointAt(`${leg}_ankle`)] = -1 - l;
      const out = observed();
      const at = 8 + 4 * l;
      expect(out[at], `${leg} hip at its upper limit`).toBeCloseTo(1, 6);
      expect(out[at + 1]).toBeCloseTo(0.1 * (1 + l), 6);
      expect(out[at + 2], `${leg} ankle at its lower limit`).toBeCloseTo(-1, 6);
      expect(out[at + 3]).toBeCloseTo(-0.1 * (1 + l), 6);
    });
  });

  it('24..27: the contacts of the feet, in the order of the legs', () => {
    expect(ANT_CONTRACT.feet).toEqual([
      'left_front_foot',
      'right_front_foot',
      'left_back_foot',
      'right_back_foot',
    ]);
    state.footContact.set([1, 0, 0, 1]);
    expect(observed().slice(24)).toEqual([1, 0, 0, 1]);
  });

  it('is clipped to [-5, 5]', () => {
    state.height = 100;
    state.linearVelocity.set([-1e3, 1e3, -1e3]);
    state.jointPosition.fill(50);
    state.jointVelocity.fill(-1e4);
    const out = observed();
    expect(out[0]).toBe(5);
    expect(out.slice(3, 6)).toEqual([-5, 5, -5]);
    expect(out.slice(8, 24)).toEqual(Array.from({ length: 16 }, (_, k) => (k % 2 === 0 ? 5 : -5)));
  });

  it('lets NaN through, so that whoever acts on it can see it', () => {
    state.jointVelocity[3] = NaN;
    state.linearVelocity[2] = NaN;
    const out = observed();
    expect(out[8 + 2 * 3 + 1]).toBeNaN();
    expect(out[5]).toBeNaN();
    expect(out.filter((value) => Number.isNaN(value))).toHaveLength(2);
  });

  it('knows no heading for an Ant whose nose points straight up, and says a finite one', () => {
    orient(0, 90 * DEGREE, 0);
    expect(observed().every(Number.isFinite)).toBe(true);
  });
});
