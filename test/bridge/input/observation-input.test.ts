import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObservationInput } from '../../../bridge/input/observation-input.js';
import { DEFAULT_SAFETY } from '../../../bridge/supervisor/safety-settings.js';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { createBodyState, observe, type BodyState } from '../../../policy/observation.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

const { joints } = ANT_CONTRACT;

/** An input that has heard nothing yet, on a transport; `now` is what its clock says. */
function listening() {
  const transport = new InMemoryTransport(new InMemoryNetwork(() => undefined));
  const input = new ObservationInput(ANT_CONTRACT, DEFAULT_SAFETY);
  const clock = { now: 1 };
  let news = 0;
  input.listen(
    transport,
    () => clock.now,
    () => news++,
  );
  let stamp = 0;
  return {
    input,
    clock,
    news: () => news,
    publish: (values: Float32Array, label: { stamp?: number; episode?: number } = {}) => {
      transport.publish('observation', { stamp: ++stamp, episode: 0, values, ...label });
    },
    observed: () => {
      const out = new Float32Array(28);
      input.observe(0, 0, out);
      return out;
    },
  };
}

function standing(change: (values: Float32Array) => unknown = () => undefined): Float32Array {
  const values = new Float32Array(28);
  values[2] = 1;
  change(values);
  return values;
}

/** A robot upright enough that its roll and pitch say all but its heading, within all limits. */
const anyState: fc.Arbitrary<BodyState> = fc
  .record({
    angles: fc.array(fc.double({ min: -0.6, max: 0.6, noNaN: true }), { minLength: 2, maxLength: 2 }),
    yaw: fc.double({ min: -3, max: 3, noNaN: true }),
    joints: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 16, maxLength: 16 }),
  })
  .map(({ angles: [roll = 0, pitch = 0], yaw, joints: numbers }) => {
    const state = createBodyState(ANT_CONTRACT);
    const [sr, cr, sp, cp] = [
      Math.sin(roll / 2),
      Math.cos(roll / 2),
      Math.sin(pitch / 2),
      Math.cos(pitch / 2),
    ];
    const [sy, cy] = [Math.sin(yaw / 2), Math.cos(yaw / 2)];
    state.orientation.set([
      sr * cp * cy - cr * sp * sy,
      cr * sp * cy + sr * cp * sy,
      cr * cp * sy - sr * sp * cy,
      cr * cp * cy + sr * sp * sy,
    ]);
    joints.forEach(({ lower, upper }, j) => {
      state.jointPosition[j] = (lower + upper + numbers[j]! * (upper - lower)) / 2;
      state.jointVelocity[j] = 45 * numbers[8 + j]!;
    });
    return state;
  });

describe('an input of observations', () => {
  it('reads back what the supervisor watches, from whatever robot the observation was made', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const { input, publish } = listening();
        const values = new Float32Array(28);
        observe(ANT_CONTRACT, state, 0, 0, values);
        publish(values);
        for (let j = 0; j < joints.length; j++) {
          expect(input.state.jointPosition[j]).toBeCloseTo(state.jointPosition[j]!, 5);
          expect(input.state.jointVelocity[j]).toBeCloseTo(state.jointVelocity[j]!, 4);
        }
        const up = ({ orientation }: BodyState) => 1 - 2 * (orientation[0]! ** 2 + orientation[1]! ** 2);
        expect(up(input.state)).toBeCloseTo(up(state), 5);
        const fast = state.jointVelocity.some((velocity) => Math.abs(velocity) > 40);
        const tilt = Math.acos(up(state));
        if (Math.abs(tilt - DEFAULT_SAFETY.largestTilt) < 1e-3) return;
        const expected = tilt > DEFAULT_SAFETY.largestTilt ? 'tilt' : fast ? 'joint-velocity' : 'good';
        expect(input.judge(1)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('hands the observation on as it came', () => {
    const { publish, observed } = listening();
    const values = standing((all) => all.set([0.1, 0.2, 0.9], 0));
    publish(values);
    expect(observed()).toEqual(values);
  });

  it('keeps what it heard when the publisher changes its message', () => {
    const { publish, observed } = listening();
    const values = standing();
    publish(values);
    values.fill(9);
    expect(observed()).toEqual(standing());
  });

  it('clips what a simulator left unclipped, for the sake of the weights', () => {
    const { publish, observed } = listening();
    publish(standing((values) => values.set([1e38, -7], 24)));
    expect([...observed().subarray(24, 26)]).toEqual([5, -5]);
  });

  it.each([NaN, Infinity, -Infinity])('does not act on a %s in any place', (value) => {
    for (let at = 0; at < 28; at++) {
      const { input, publish } = listening();
      publish(standing((values) => (values[at] = value)));
      expect(input.judge(1)).toBe('non-finite-state');
      publish(standing());
      expect(input.judge(1)).toBe('good');
    }
  });

  it.each([{ stamp: NaN }, { episode: NaN }])('does not act on %o', (label) => {
    const { input, publish } = listening();
    publish(standing());
    publish(standing(), label);
    expect(input.judge(1)).toBe('non-finite-state');
  });

  it('takes another length for another robot, and says which', () => {
    const { input, publish } = listening();
    publish(new Float32Array(27));
    expect(input.judge(1)).toBe('foreign-robot');
    expect(input.describe('foreign-robot', 1)).toBe('it gives 27 observations; these rules take 28');
    publish(standing());
    expect(input.judge(1)).toBe('good');
  });

  it('does not go on with the last observation when one cannot be read', () => {
    const { input, publish } = listening();
    publish(standing());
    publish(undefined as unknown as Float32Array);
    expect(input.judge(1)).toBe('non-finite-state');
  });
});
