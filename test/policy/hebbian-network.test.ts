import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_LAYER_SIZES,
  HebbianNetwork,
  type NetworkDescription,
} from '../../policy/hebbian-network.js';
import type { InitialWeights } from '../../policy/initial-weights.js';
import { synapseCount, weightIndex } from '../../policy/network-buffers.js';
import { bitsOf, fillObservation, randomNetwork } from './random-network.js';

const SMALL: NetworkDescription = {
  layerSizes: [5, 7, 3],
  rule: 'ABCD_lr',
  bounding: { kind: 'decay', rate: 0.02 },
  initialWeights: { kind: 'uniform', bound: 0.1 },
};

function weightsOf(network: HebbianNetwork): Float32Array {
  return Float32Array.from(network.layers.flatMap((layer) => [...layer.weights]));
}

/** The weights without the padding, layer by layer. */
function synapsesOf(network: HebbianNetwork, layers = network.layers): number[] {
  return layers.flatMap((layer) =>
    Array.from(
      { length: layer.pre * layer.post },
      (_, k) => layer.weights[weightIndex(layer, Math.floor(k / layer.post), k % layer.post)]!,
    ),
  );
}

function stepAt(network: HebbianNetwork, t: number): Float32Array {
  const observation = new Float32Array(network.observationSize);
  const action = new Float32Array(network.actionSize);
  fillObservation(observation, t);
  network.act(observation, action);
  return action;
}

function step(network: HebbianNetwork, count = 1): Float32Array {
  const observation = new Float32Array(network.observationSize);
  const action = new Float32Array(network.actionSize);
  for (let t = 0; t < count; t++) {
    fillObservation(observation, t);
    network.act(observation, action);
  }
  return action;
}

describe('plasticity', () => {
  it('changes the weights at every step, and not while frozen', () => {
    const network = randomNetwork(SMALL);
    const born = weightsOf(network);
    step(network, 5);
    const learned = weightsOf(network);
    expect(learned).not.toEqual(born);

    network.freeze();
    expect(network.frozen).toBe(true);
    step(network, 5);
    expect(weightsOf(network)).toEqual(learned);

    network.thaw();
    step(network);
    expect(weightsOf(network)).not.toEqual(learned);
  });

  it('goes on in a new life that begins while frozen', () => {
    const network = randomNetwork(SMALL);
    network.freeze();
    network.reset(2);
    expect(network.frozen).toBe(false);
  });

  it('is absent from a static network', () => {
    const network = randomNetwork({ ...SMALL, rule: 'static' });
    const born = weightsOf(network);
    step(network, 5);
    expect(weightsOf(network)).toEqual(born);
  });
});

describe('smoothed actions', () => {
  const SMOOTHED: NetworkDescription = { ...SMALL, actionSmoothing: 0.75 };

  it('go a quarter of the way from the last action to the activations, where 0.75 of it stays', () => {
    const [plain, smoothed] = [SMALL, SMOOTHED].map((description) => randomNetwork(description));
    const expected = new Float64Array(3);
    for (let t = 0; t < 50; t++) {
      const [activations, actions] = [plain!, smoothed!].map((network) => stepAt(network, t));
      actions!.forEach((action, j) => {
        expected[j]! += 0.25 * (activations![j]! - expected[j]!);
        expect(action).toBeCloseTo(expected[j]!, 6);
      });
    }
  });

  it('leave plasticity as it is', () => {
    const [plain, smoothed] = [SMALL, SMOOTHED].map((description) => randomNetwork(description));
    step(plain!, 50);
    step(smoothed!, 50);
    expect(bitsOf(weightsOf(smoothed!))).toEqual(bitsOf(weightsOf(plain!)));
  });

  it('begin each life at zero', () => {
    const network = randomNetwork(SMOOTHED);
    const first = Float32Array.from(step(network));
    step(network, 50);
    network.reset(1);
    expect(step(network)).toEqual(first);
  });

  it('forget a NaN at once', () => {
    const network = randomNetwork(SMOOTHED);
    network.freeze();
    const action = new Float32Array(network.actionSize);
    network.act(new Float32Array(network.observationSize).fill(NaN), action);
    expect(action.every((value) => Number.isNaN(value))).toBe(true);
    expect(step(network).every((value) => Number.isFinite(value))).toBe(true);
  });
});

describe('resetting weights', () => {
  it('draws the weights of that seed and leaves plasticity as it is', () => {
    const network = randomNetwork(SMALL);
    const born = weightsOf(network);
    step(network, 5);
    network.freeze();
    network.resetWeights(1);
    expect(weightsOf(network)).toEqual(born);
    expect(network.frozen).toBe(true);
    network.resetWeights(2);
    expect(weightsOf(network)).not.toEqual(born);
  });

  it('clears what a NaN left in the memory between layers', () => {
    const network = randomNetwork({ ...SMALL, bounding: { kind: 'largest', gain: 1 } });
    const before = Float32Array.from(step(network, 20));
    network.act(new Float32Array(5).fill(NaN), new Float32Array(3));
    expect(network.weightRms()).toBeNaN();
    network.reset(1);
    expect(network.weightRms()).toBeGreaterThan(0);
    expect(bitsOf(step(network, 20))).toEqual(bitsOf(before));
  });
});

describe('zeroing weights', () => {
  it('zeroes exactly the fraction that is asked for, rounded down, and no other weight changes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        fc.option(fc.nat(1), { nil: undefined }),
        (fraction, seed, layerIndex) => {
          const network = randomNetwork({ ...SMALL, initialWeights: { kind: 'ones' } });
          const layers = layerIndex === undefined ? network.layers : [network.layers[layerIndex]!];
          const wanted = Math.floor(fraction * layers.reduce((n, l) => n + l.pre * l.post, 0));
          expect(network.zeroWeights(fraction, seed, layerIndex)).toBe(wanted);
          expect(synapsesOf(network, layers).filter((w) => w === 0)).toHaveLength(wanted);
          expect(synapsesOf(network).filter((w) => w === 1)).toHaveLength(network.synapses - wanted);
        },
      ),
    );
  });

  it('chooses other weights for another seed, the same for the same', () => {
    const zeroed = [1, 1, 2].map((seed) => {
      const network = randomNetwork(SMALL);
      network.zeroWeights(0.3, seed);
      return weightsOf(network);
    });
    expect(zeroed[0]).toEqual(zeroed[1]);
    expect(zeroed[0]).not.toEqual(zeroed[2]);
  });
});

describe('reading weights', () => {
  it('reads them in place', () => {
    const network = randomNetwork(SMALL);
    const { weights } = network.layers[1]!;
    const before = Float32Array.from(weights);
    step(network);
    expect(network.layers[1]!.weights).toBe(weights);
    expect(weights).not.toEqual(before);
  });

  it('tells their root mean square, of all layers and of one', () => {
    const network = randomNetwork(SMALL);
    const rms = (values: readonly number[]) =>
      Math.sqrt(values.reduce((sum, w) => sum + w * w, 0) / values.length);
    expect(network.weightRms()).toBeCloseTo(rms(synapsesOf(network)), 12);
    expect(network.weightRms(1)).toBeCloseTo(rms(synapsesOf(network, [network.layers[1]!])), 12);
  });
});

describe('initial weights', () => {
  const LARGE = { ...SMALL, layerSizes: [100, 60, 40] };
  const drawn = (initialWeights: InitialWeights, layer: number) =>
    synapsesOf(
      (() => {
        const network = new HebbianNetwork({ ...LARGE, initialWeights });
        network.reset(5);
        return network;
      })(),
    ).slice(...(layer === 0 ? [0, 6000] : [6000]));
  const sd = (values: readonly number[]) =>
    Math.sqrt(values.reduce((sum, w) => sum + w * w, 0) / values.length);

  it.each([
    ['uniform', { kind: 'uniform', bound: 0.1 }, [0.1, 0.1]],
    ['xavier-uniform', { kind: 'xavier-uniform' }, [Math.sqrt(6 / 160), Math.sqrt(6 / 100)]],
    ['kaiming-uniform', { kind: 'kaiming-uniform' }, [Math.sqrt(6 / 100), Math.sqrt(6 / 60)]],
  ] as const)('%s fills its interval and keeps to it', (_, initial, bounds) => {
    bounds.forEach((bound, layer) => {
      const weights = drawn(initial, layer);
      const largest = Math.max(...weights.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest).toBeGreaterThan(0.99 * bound);
      expect(sd(weights) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
    });
  });

  it('normal has its standard deviation', () => {
    expect(sd(drawn({ kind: 'normal', sd: 0.1 }, 0)) / 0.1).toBeCloseTo(1, 1);
  });

  it('sparse has its share of zeros, the rest normal', () => {
    const weights = drawn({ kind: 'sparse', sparsity: 0.7, sd: 0.2 }, 0);
    const others = weights.filter((w) => w !== 0);
    expect(others.length / weights.length).toBeCloseTo(0.3, 1);
    expect(sd(others) / 0.2).toBeCloseTo(1, 1);
  });

  it('zeros and ones are what they say', () => {
    expect(new Set(drawn({ kind: 'zeros' }, 0))).toEqual(new Set([0]));
    expect(new Set(drawn({ kind: 'ones' }, 1))).toEqual(new Set([1]));
  });

  it('carried weights are set pre-major, whatever the seed', () => {
    const network = new HebbianNetwork({ ...SMALL, initialWeights: { kind: 'carried' } });
    const carried = Float32Array.from({ length: network.synapses }, (_, k) => k);
    network.setCarriedWeights(carried);
    for (const seed of [1, 2]) {
      network.reset(seed);
      expect(synapsesOf(network)).toEqual([...carried]);
    }
  });
});

describe('memory', () => {
  it('does not grow over 100,000 control steps of the paper-sized network', () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const network = randomNetwork({ ...SMALL, layerSizes: DEFAULT_LAYER_SIZES });
    expect(network.synapses).toBe(12_288);
    expect(synapseCount(DEFAULT_LAYER_SIZES)).toBe(12_288);
    step(network, 1000);
    collect();
    const before = process.memoryUsage();
    step(network, 100_000);
    collect();
    const after = process.memoryUsage();
    // A step that kept as little as 8 bytes would show as 800 kB.
    expect(after.heapUsed - before.heapUsed).toBeLessThan(400_000);
    expect(after.external - before.external).toBeLessThan(400_000);
  });
});
