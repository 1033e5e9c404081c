import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActuatorFaults, SensorFaults, sensorNames } from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { perturbation } from './examples.js';

const names = sensorNames(ANT_CONTRACT);
const roll = names.indexOf('roll');
const pitch = names.indexOf('pitch');
/** An observation whose every reading tells sensor and step. */
const reading = (sensor: number, step: number) => Math.fround(0.01 * sensor + step / 1000);

/** The observations of `steps` control steps after the faults; `between` comes before each. */
function observe(faults: SensorFaults, steps: number, between?: (step: number) => void): Float32Array[] {
  return Array.from({ length: steps }, (_, step) => {
    between?.(step);
    const observation = Float32Array.from(names, (_name, sensor) => reading(sensor, step));
    faults.apply(observation);
    return observation;
  });
}

describe('faults of sensors', () => {
  const stuck = perturbation({ component: 'sensor', type: 'stuck', target: 'roll' });

  it('leave everything as it is where there are none', () => {
    for (const [step, observation] of observe(new SensorFaults(ANT_CONTRACT), 3).entries()) {
      expect([...observation]).toEqual(names.map((_, sensor) => reading(sensor, step)));
    }
  });

  it('touch the sensor that is named and no other, and leave it when they end', () => {
    const faults = new SensorFaults(ANT_CONTRACT);
    const fault = { ...stuck, value: -3 };
    const seen = observe(faults, 4, (step) => {
      if (step === 1) faults.activate(fault);
      if (step === 3) faults.deactivate(fault);
    });
    expect(seen.map((observation) => observation[roll])).toEqual([
      reading(roll, 0),
      -3,
      -3,
      reading(roll, 3),
    ]);
    expect(seen.map((observation) => observation[pitch])).toEqual(
      [0, 1, 2, 3].map((step) => reading(pitch, step)),
    );
  });

  it('hold the reading at the start of a stuck sensor without a value', () => {
    const faults = new SensorFaults(ANT_CONTRACT);
    const seen = observe(faults, 5, (step) => {
      if (step === 2) faults.activate(stuck);
    });
    expect(seen.map((observation) => observation[roll])).toEqual(
      [0, 1, 2, 2, 2].map((step) => reading(roll, step)),
    );
  });

  it('delay by control steps, with the oldest reading there is before that', () => {
    const faults = new SensorFaults(ANT_CONTRACT);
    faults.activate(perturbation({ component: 'sensor', type: 'delay', value: 3 }));
    const seen = observe(faults, 300);
    for (const [step, observation] of seen.entries()) {
      expect(observation[pitch]).toBe(reading(pitch, Math.max(0, step - 3)));
    }
  });

  it('know the past from before a delay began, and forget it with a new life', () => {
    const faults = new SensorFaults(ANT_CONTRACT);
    const delay = perturbation({ component: 'sensor', type: 'delay', value: 120 });
    observe(faults, 200);
    faults.activate(delay);
    const observation = new Float32Array(names.length);
    faults.apply(observation);
    expect(observation[roll]).toBe(reading(roll, 80));
    faults.reset(0);
    observation.fill(0.5);
    faults.apply(observation);
    expect(observation[roll]).toBe(0.5);
  });

  it('add noise of the given deviation, the same for the same seed, within the bounds of an observation', () => {
    const noise = perturbation({ component: 'sensor', type: 'noise', target: 'roll', value: 0.5 });
    const run = (seed: number) => {
      const faults = new SensorFaults(ANT_CONTRACT, seed);
      faults.activate(noise);
      return observe(faults, 4000).map((observation, step) => observation[roll]! - reading(roll, step));
    };
    const errors = run(1).slice(0, 900);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(deviation).toBeGreaterThan(0.45);
    expect(deviation).toBeLessThan(0.55);
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
    const loud = new SensorFaults(ANT_CONTRACT, 1);
    loud.activate({ ...noise, value: 5 });
    for (const observation of observe(loud, 500)) expect(Math.abs(observation[roll]!)).toBeLessThanOrEqual(5);
  });

  it('drop readings with the given probability', () => {
    const faults = new SensorFaults(ANT_CONTRACT, 3);
    faults.activate(perturbation({ component: 'sensor', type: 'drop', target: 'pitch', value: 0.25 }));
    const seen = observe(faults, 2000);
    const dropped = seen.filter((observation) => observation[pitch] === 0).length;
    expect(dropped).toBeGreaterThan(400);
    expect(dropped).toBeLessThan(600);
    for (const [step, observation] of seen.entries()) {
      expect([0, reading(pitch, step)]).toContain(observation[pitch]);
    }
  });
});

describe('faults of actuators', () => {
  const actions = fc.float32Array({ minLength: 8, maxLength: 8, min: -1, max: 1, noNaN: true });
  const afterwards = (action: Float32Array, ...faulty: Parameters<typeof perturbation>[0][]) => {
    const faults = new ActuatorFaults(ANT_CONTRACT);
    for (const fault of faulty) faults.activate(perturbation(fault));
    const out = new Float32Array(8);
    faults.apply(action, out);
    return [...out];
  };

  it('cut, weaken and saturate the actuator that is named', () => {
    fc.assert(
      fc.property(actions, fc.integer({ min: 0, max: 7 }), (action, joint) => {
        const target = ANT_CONTRACT.joints[joint]!.name;
        const expected = (faulty: number) => [...action].map((value, j) => (j === joint ? faulty : value));
        expect(afterwards(action, { component: 'joint', type: 'off', target })).toEqual(expected(0));
        expect(afterwards(action, { component: 'joint', type: 'weak', target, value: 0.5 })).toEqual(
          expected(Math.fround(0.5 * action[joint]!)),
        );
        expect(afterwards(action, { component: 'joint', type: 'saturated', target, value: -1 })).toEqual(
          expected(-1),
        );
      }),
    );
  });

  it('reach both joints of a leg, and all outputs', () => {
    const action = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    expect(afterwards(action, { component: 'leg', type: 'off', target: 'right_front' })).toEqual([
      0.5, 0.5, 0, 0, 0.5, 0.5, 0.5, 0.5,
    ]);
    expect(afterwards(action, { component: 'outputs', type: 'saturated', value: 1 })).toEqual(
      Array(8).fill(1),
    );
  });

  it('weaken what saturated outputs ask of a weak actuator', () => {
    const action = new Float32Array(8);
    const out = afterwards(
      action,
      { component: 'outputs', type: 'saturated', value: 1 },
      { component: 'joint', type: 'weak', target: 'left_front_hip', value: 0.25 },
    );
    expect(out).toEqual([0.25, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('end without a trace', () => {
    fc.assert(
      fc.property(actions, (action) => {
        const faults = new ActuatorFaults(ANT_CONTRACT);
        const leg = perturbation({ component: 'leg', type: 'weak', target: 'left_back', value: 0.1 });
        const outputs = perturbation({ component: 'outputs', type: 'off' });
        faults.activate(leg);
        faults.activate(outputs);
        faults.deactivate(outputs);
        faults.deactivate(leg);
        const out = Float32Array.from(action);
        faults.apply(out);
        expect(out).toEqual(action);
      }),
    );
  });
});
