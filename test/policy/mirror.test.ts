import { describe, expect, it } from 'vitest';
import { HebbianNetwork, type NetworkDescription } from '../../policy/hebbian-network.js';
import { antMirror, expandTied, tie, type Mirror } from '../../policy/mirror.js';
import { synapseCount } from '../../policy/network-buffers.js';
import { createBodyState, observe } from '../../policy/observation.js';
import { columnCount, PLASTICITY_RULES, RULE_NAMES } from '../../policy/plasticity-rule.js';
import { Random } from '../../policy/random.js';
import { ANT_CONTRACT, ANT_LEGS } from '../../policy/robot-contract.js';
import { bitsOf, BOUNDINGS, fillObservation } from './random-network.js';

/** Even hidden layers, odd ones (whose last unit is its own mirror image), and none. */
const SIZES = [
  [28, 16, 12, 8],
  [28, 13, 9, 8],
  [28, 8],
];

function reflected(mirror: Mirror, layer: number, values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  mirror.partner[layer]!.forEach((partner, k) => (out[partner] = mirror.sign[layer]![k]! * values[k]!));
  return out;
}

/** A network whose coefficients are tied under the mirror, and whose first weights are mirrored if asked for. */
function tiedNetwork(
  description: Omit<NetworkDescription, 'initialWeights'>,
  mirror: Mirror,
  mirrored: boolean,
): HebbianNetwork {
  const { layerSizes, rule } = description;
  const random = new Random(11);
  const network = new HebbianNetwork({ ...description, initialWeights: { kind: 'carried' } });
  if (rule !== 'static') {
    const expansion = tie(layerSizes, rule, mirror);
    const free = Float32Array.from({ length: expansion.freeCount }, () => 0.05 * random.normal());
    const coefficients = new Float32Array(expansion.source.length);
    expandTied(expansion, free, coefficients);
    network.setCoefficients(coefficients);
  }
  const weights = new Float32Array(network.synapses);
  random.fillNormal(weights);
  const carried = new Float32Array(network.synapses);
  let first = 0;
  for (let l = 0; l + 1 < layerSizes.length; l++) {
    const [pre, post] = [layerSizes[l]!, layerSizes[l + 1]!];
    for (let i = 0; i < pre; i++) {
      for (let j = 0; j < post; j++) {
        const twin = mirrored
          ? first + mirror.partner[l]![i]! * post + mirror.partner[l + 1]![j]!
          : first + i * post + j;
        const sign = mirrored ? mirror.sign[l]![i]! * mirror.sign[l + 1]![j]! : 1;
        carried[twin] = 0.3 * sign * weights[first + i * post + j]!;
      }
    }
    first += pre * post;
  }
  network.setCarriedWeights(carried);
  network.reset(0);
  return network;
}

/** The largest difference between the mirror image of one network's actions and the mirrored network's. */
function largestDifference(description: Omit<NetworkDescription, 'initialWeights'>, steps: number): number {
  const mirror = antMirror(description.layerSizes);
  const network = tiedNetwork(description, mirror, false);
  const image = tiedNetwork(description, mirror, true);
  const observation = new Float32Array(28);
  const action = new Float32Array(8);
  const imageAction = new Float32Array(8);
  let largest = 0;
  for (let t = 0; t < steps; t++) {
    fillObservation(observation, t);
    network.act(observation, action);
    image.act(reflected(mirror, 0, observation), imageAction);
    const expected = reflected(mirror, description.layerSizes.length - 1, action);
    expected.forEach((a, j) => (largest = Math.max(largest, Math.abs(a - imageAction[j]!))));
  }
  return largest;
}

describe.each(SIZES.map((sizes) => [sizes.join('-'), sizes] as const))(
  'the mirror of %s',
  (_, layerSizes) => {
    const mirror = antMirror(layerSizes);

    it('gives every neuron a partner, whose partner it is, with the same sign', () => {
      layerSizes.forEach((size, l) => {
        const partner = mirror.partner[l]!;
        expect(partner).toHaveLength(size);
        partner.forEach((p, k) => {
          expect(partner[p]).toBe(k);
          expect(mirror.sign[l]![p]).toBe(mirror.sign[l]![k]);
        });
      });
    });

    it.each(RULE_NAMES)('gives mirrored actions under a tied rule: %s', (rule) => {
      const description = { layerSizes, rule, bounding: { kind: 'decay', rate: 0.02 } } as const;
      expect(largestDifference(description, 1)).toBeLessThan(1e-6);
      expect(largestDifference(description, 100)).toBeLessThan(2e-3);
    });

    it.each(BOUNDINGS.map((bounding) => [bounding.kind, bounding] as const))(
      'gives mirrored actions with weights bounded by %s',
      (_kind, bounding) => {
        const description = { layerSizes, rule: 'ABCD_lr', bounding } as const;
        // The first action comes before any update: the second one is the bound's.
        expect(largestDifference(description, 2)).toBeLessThan(1e-5);
      },
    );

    it('ties every coefficient to its twin, and the twin back to it', () => {
      for (const rule of RULE_NAMES) {
        const { freeCount, source, sign } = tie(layerSizes, rule, mirror);
        expect(source).toHaveLength(synapseCount(layerSizes) * columnCount(rule));
        expect(new Set(source)).toEqual(new Set(Array.from({ length: freeCount }, (_n, k) => k)));
        const uses = new Int32Array(freeCount);
        source.forEach((s) => uses[s]!++);
        expect(Math.max(...uses)).toBe(2);
        expect(new Set(sign.filter((s) => s !== 0))).toEqual(new Set(rule === 'A' ? [1] : [1, -1]));
      }
    });
  },
);

describe('an untied rule', () => {
  it('does not act as its own mirror image', () => {
    const layerSizes = [28, 16, 12, 8];
    const mirror = antMirror(layerSizes);
    const random = new Random(12);
    const coefficients = Float32Array.from(
      { length: synapseCount(layerSizes) * PLASTICITY_RULES.ABCD.length },
      () => 0.05 * random.normal(),
    );
    const description = { layerSizes, rule: 'ABCD', bounding: { kind: 'decay', rate: 0.02 } } as const;
    const [network, image] = [false, true].map((mirrored) => tiedNetwork(description, mirror, mirrored));
    const action = new Float32Array(8);
    const imageAction = new Float32Array(8);
    const observation = new Float32Array(28);
    for (const one of [network!, image!]) one.setCoefficients(coefficients);
    for (let t = 0; t < 20; t++) {
      fillObservation(observation, t);
      network!.act(observation, action);
      image!.act(reflected(mirror, 0, observation), imageAction);
    }
    const expected = reflected(mirror, 3, action);
    expect(Math.max(...expected.map((a, j) => Math.abs(a - imageAction[j]!)))).toBeGreaterThan(0.01);
  });
});

describe('the weights themselves', () => {
  it('can be tied: a static network that is its own mirror image', () => {
    const layerSizes = [28, 16, 8];
    const mirror = antMirror(layerSizes);
    const expansion = tie(layerSizes, 'weights', mirror);
    expect(expansion.freeCount).toBe(synapseCount(layerSizes) / 2);
    const free = new Float32Array(expansion.freeCount);
    new Random(13).fillNormal(free);
    const weights = new Float32Array(expansion.source.length);
    expandTied(expansion, free, weights);
    const network = new HebbianNetwork({
      layerSizes,
      rule: 'static',
      bounding: { kind: 'none' },
      initialWeights: { kind: 'carried' },
    });
    network.setCarriedWeights(weights.map((w) => 0.2 * w));
    network.reset(0);
    const observation = new Float32Array(28);
    fillObservation(observation, 3);
    const [action, imageAction] = [new Float32Array(8), new Float32Array(8)];
    network.act(observation, action);
    network.act(reflected(mirror, 0, observation), imageAction);
    reflected(mirror, 2, action).forEach((a, j) => expect(Math.abs(a - imageAction[j]!)).toBeLessThan(1e-6));
  });
});

describe('the mirrored robot', () => {
  it('is observed as the mirror image of the observation', () => {
    const mirror = antMirror([28, 8]);
    const random = new Random(14);
    for (let n = 0; n < 200; n++) {
      const state = createBodyState(ANT_CONTRACT);
      const image = createBodyState(ANT_CONTRACT);
      state.height = image.height = random.uniform(0.2, 1);
      const q = [random.normal(), random.normal(), random.normal(), random.normal()];
      const length = Math.hypot(...q);
      q.forEach((value, k) => (state.orientation[k] = value / length));
      // Under y -> -y rotations about x and z turn round, those about y do not.
      state.orientation.forEach((value, k) => (image.orientation[k] = k === 0 || k === 2 ? -value : value));
      for (let k = 0; k < 3; k++) {
        state.linearVelocity[k] = 3 * random.normal();
        image.linearVelocity[k] = (k === 1 ? -1 : 1) * state.linearVelocity[k]!;
      }
      ANT_LEGS.forEach((leg, l) => {
        const other = ANT_LEGS.indexOf(
          leg.startsWith('left')
            ? (leg.replace('left', 'right') as typeof leg)
            : (leg.replace('right', 'left') as typeof leg),
        );
        for (const [joint, sign] of [
          [0, -1],
          [1, 1],
        ] as const) {
          state.jointPosition[2 * l + joint] = random.normal();
          state.jointVelocity[2 * l + joint] = 5 * random.normal();
          image.jointPosition[2 * other + joint] = sign * state.jointPosition[2 * l + joint]!;
          image.jointVelocity[2 * other + joint] = sign * state.jointVelocity[2 * l + joint]!;
        }
        state.footContact[l] = random.uniform() < 0.5 ? 1 : 0;
        image.footContact[other] = state.footContact[l]!;
      });
      const goalHeading = random.uniform(-3, 3);
      const observation = new Float32Array(28);
      const imageObservation = new Float32Array(28);
      observe(ANT_CONTRACT, state, 0.5, goalHeading, observation);
      observe(ANT_CONTRACT, image, 0.5, -goalHeading, imageObservation);
      const plusZero = (values: Float32Array) => bitsOf(values.map((value) => value + 0));
      expect(plusZero(imageObservation)).toEqual(plusZero(reflected(mirror, 0, observation)));
    }
  });
});
