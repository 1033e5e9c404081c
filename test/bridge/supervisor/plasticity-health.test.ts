import { describe, expect, it } from 'vitest';
import { PlasticityHealth } from '../../../bridge/supervisor/plasticity-health.js';
import { HebbianNetwork } from '../../../policy/hebbian-network.js';
import { plasticNetwork } from '../controller-rig.js';

const NEVER = { freeze: Infinity, damp: Infinity, stop: Infinity };
const LADDER = { freeze: 1, damp: 2, stop: 3 };
const CALM = new Float32Array(8);
const SATURATED = new Float32Array(8).fill(1);

/** A network all of whose weights are what the test says, watched from 0 s on. */
function watched(bounds: {
  weightRms?: typeof LADDER;
  weightDrift?: typeof LADDER;
  saturation?: typeof LADDER;
}) {
  const network = plasticNetwork();
  const health = new PlasticityHealth(network, {
    weightRms: NEVER,
    weightDrift: NEVER,
    saturation: NEVER,
    settleTime: 0,
    ...bounds,
  });
  health.reset(0);
  const set = (weight: number) => network.layers.forEach(({ weights }) => weights.fill(weight));
  set(0.5);
  let now = 0;
  return {
    health,
    set,
    /** A tenth of a second each, at whose end the policy answers `action`; none: it is not asked. */
    live: (seconds: number, action?: Float32Array, change: () => void = () => undefined) => {
      let found = health.measure(now);
      for (let k = 0; k < Math.round(10 * seconds); k++) {
        if (action) health.record(action);
        change();
        now += 0.1;
        found = health.measure(now);
      }
      return found;
    },
    reset: () => {
      health.reset(now);
    },
  };
}

describe('the health of plasticity', () => {
  it('is good for a policy without weights', () => {
    const health = new PlasticityHealth(undefined, {
      weightRms: { freeze: 0, damp: 0, stop: 0 },
      weightDrift: NEVER,
      saturation: NEVER,
      settleTime: 0,
    });
    expect(health.measure(1)).toBe('healthy');
  });

  it.each([
    [0.9, 'healthy'],
    [1.1, 'freeze'],
    [2.1, 'damp'],
    [3.1, 'stop'],
  ])('with weights of %f rms calls for: %s', (weight, called) => {
    const { set, live } = watched({ weightRms: LADDER });
    set(weight);
    expect(live(0)).toBe(called);
  });

  it.each([NaN, Infinity, -Infinity])(
    'calls for a stop at one weight of %s, whatever the bounds',
    (weight) => {
      const network = plasticNetwork();
      network.layers[1]!.weights[3] = weight;
      const health = new PlasticityHealth(network, {
        weightRms: NEVER,
        weightDrift: NEVER,
        saturation: NEVER,
        settleTime: 0,
      });
      expect(health.measure(0)).toBe('stop');
      expect(health.describe()).toContain('weights of');
    },
  );

  it('says which indicator is past which bound', () => {
    const { health, set, live } = watched({ weightRms: LADDER });
    set(2.5);
    live(0);
    expect(health.describe()).toBe('weights of 2.50 rms (at most 2)');
  });

  it('measures drift over a second, relative to the weights', () => {
    const { health, live, set } = watched({ weightDrift: LADDER });
    let weight = 0.5;
    const growing = () => set((weight += 0.05));
    expect(live(0.9, CALM, growing)).toBe('healthy');
    expect(health.drift).toBeNaN();
    live(0.2, CALM, growing);
    expect(health.drift).toBeCloseTo(1, 1);
  });

  it.each([
    [1.5, 'freeze'],
    [2.5, 'damp'],
    [3.5, 'stop'],
  ])('calls for what a drift of %f a second calls for: %s', (drift, called) => {
    const { live, set } = watched({ weightDrift: LADDER });
    let weight = 0.5;
    expect(live(1.1, CALM, () => set((weight += 0.05 * drift)))).toBe(called);
  });

  it('does not judge drift before a life has settled', () => {
    const network = plasticNetwork();
    const health = new PlasticityHealth(network, {
      weightRms: NEVER,
      weightDrift: { freeze: 0.01, damp: Infinity, stop: Infinity },
      saturation: NEVER,
      settleTime: 3,
    });
    health.reset(0);
    const found: string[] = [];
    for (let k = 0; k <= 50; k++) {
      network.layers[0]!.weights.fill(1 + k);
      found.push(health.measure(k / 10));
      health.record(CALM);
    }
    expect(found.indexOf('freeze')).toBeGreaterThanOrEqual(40);
    expect(found.at(-1)).toBe('freeze');
  });

  it('measures the share of outputs beyond 0.99 in a second', () => {
    const { health, live } = watched({ saturation: { freeze: 0.4, damp: 0.6, stop: 0.9 } });
    const half = Float32Array.of(1, -1, 0.999, -0.995, 0.98, 0, 0, -0.5);
    expect(live(1.1, half)).toBe('freeze');
    expect(health.saturation).toBe(0.5);
    expect(live(2, SATURATED)).toBe('stop');
    expect(live(2, CALM)).toBe('healthy');
  });

  it('does not take a policy that is not asked for one that is well again', () => {
    const { live, reset } = watched({ saturation: { freeze: 0.4, damp: 0.6, stop: Infinity } });
    expect(live(1.1, SATURATED)).toBe('damp');
    expect(live(5)).toBe('damp');
    reset();
    expect(live(5)).toBe('healthy');
  });

  it('is that of the worst indicator', () => {
    const { live, set } = watched({
      weightRms: LADDER,
      saturation: { freeze: 0.1, damp: Infinity, stop: Infinity },
    });
    set(2.5);
    expect(live(1.1, SATURATED)).toBe('damp');
  });

  it('is not judged by what was before a reset', () => {
    const { live, reset, health } = watched({ saturation: { freeze: 0.4, damp: Infinity, stop: Infinity } });
    expect(live(1.1, SATURATED)).toBe('freeze');
    reset();
    expect(live(0.1, CALM)).toBe('healthy');
    expect(health.saturation).toBeNaN();
  });

  it('is measured of the network, and changes nothing in it', () => {
    const network = new HebbianNetwork(plasticNetwork().description);
    network.reset(3);
    const before = network.layers.map(({ weights }) => weights.slice());
    const health = new PlasticityHealth(network, {
      weightRms: LADDER,
      weightDrift: LADDER,
      saturation: LADDER,
      settleTime: 0,
    });
    health.measure(0);
    expect(health.weightRms).toBe(network.weightRms());
    expect(network.layers.map(({ weights }) => weights)).toEqual(before);
  });
});
