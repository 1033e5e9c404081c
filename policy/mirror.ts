import { synapseCount } from './network-buffers.js';
import { PLASTICITY_RULES, type CoefficientName, type RuleName } from './plasticity-rule.js';
import { ANT_CONTRACT, ANT_LEGS, type RobotContract } from './robot-contract.js';

/**
 * The left-right mirror of a robot, and plasticity rules that are tied under it.
 *
 * Reflecting the robot exchanges left and right legs and changes the sign of sideways quantities. A network
 * whose coefficients are tied under the reflection controls the mirrored robot as the mirror image of itself.
 * A synapse from neuron i to j under dw = eta (A x y + B x + C y + D) has the partner (P(i), Q(j)) with
 * A' = A, eta' = eta, B' = t_j B, C' = s_i C, D' = s_i t_j D, where s and t are the signs that the activities
 * of i and j take under the reflection.
 */
export interface Mirror {
  /** For each neuron of a layer, its partner. */
  readonly partner: readonly Int32Array[];
  /** For each neuron of a layer, the sign that its activity takes. */
  readonly sign: readonly Int8Array[];
}

/**
 * The reflection on the layers of a network for the Ant: hidden unit k and k xor 1 are partners; the last one
 * of an odd number is its own.
 */
export function antMirror(layerSizes: readonly number[], contract: RobotContract = ANT_CONTRACT): Mirror {
  const legs = ANT_LEGS.length;
  const mirroredLeg = (leg: number): number => leg ^ 1;
  const partner = layerSizes.map((size) =>
    Int32Array.from({ length: size }, (_, k) => Math.min(k ^ 1, size - 1)),
  );
  const sign = layerSizes.map((size) => new Int8Array(size).fill(1));

  const first = partner[0]!;
  const firstSign = sign[0]!;
  for (let k = 0; k < 8; k++) first[k] = k;
  for (const k of [1, 4, 6]) firstSign[k] = -1;
  const last = partner.at(-1)!;
  const lastSign = sign.at(-1)!;
  const contacts = 8 + 2 * contract.joints.length;
  for (let leg = 0; leg < legs; leg++) {
    for (let joint = 0; joint < 2; joint++) {
      const from = 2 * leg + joint;
      const to = 2 * mirroredLeg(leg) + joint;
      const isHip = joint === 0;
      first[8 + 2 * from] = 8 + 2 * to;
      first[9 + 2 * from] = 9 + 2 * to;
      last[from] = to;
      if (isHip) {
        firstSign[8 + 2 * from] = -1;
        firstSign[9 + 2 * from] = -1;
        lastSign[from] = -1;
      }
    }
    first[contacts + leg] = contacts + mirroredLeg(leg);
  }
  return { partner, sign };
}

/** How a tied matrix [synapses, columns] unfolds from its free values. */
export interface TiedExpansion {
  /** Number of free values. */
  readonly freeCount: number;
  /** For each value of the full matrix, the free value that it takes ... */
  readonly source: Int32Array;
  /** ... and the sign with which it takes it; 0 where only 0 is its own mirror image. */
  readonly sign: Int8Array;
}

/** Which coefficients change sign with the presynaptic (s) and postsynaptic (t) neuron. */
function coefficientSign(name: CoefficientName | 'weight', s: number, t: number): number {
  switch (name) {
    case 'A':
    case 'eta':
      return 1;
    case 'B':
      return t;
    case 'C':
      return s;
    case 'D_in':
    case 'D_out':
    case 'weight':
      return s * t;
  }
}

/** The tying of a rule's coefficients, or of the weights themselves, under `mirror`. */
export function tie(
  layerSizes: readonly number[],
  rule: RuleName | 'weights',
  mirror: Mirror,
): TiedExpansion {
  const columns: readonly (CoefficientName | 'weight')[] =
    rule === 'weights' ? ['weight'] : PLASTICITY_RULES[rule];
  const length = synapseCount(layerSizes) * columns.length;
  const source = new Int32Array(length).fill(-1);
  const sign = new Int8Array(length);
  let freeCount = 0;
  let firstSynapse = 0;
  for (let l = 0; l + 1 < layerSizes.length; l++) {
    const pre = layerSizes[l]!;
    const post = layerSizes[l + 1]!;
    for (let i = 0; i < pre; i++) {
      for (let j = 0; j < post; j++) {
        const synapse = firstSynapse + i * post + j;
        const twin = firstSynapse + mirror.partner[l]![i]! * post + mirror.partner[l + 1]![j]!;
        columns.forEach((name, c) => {
          if (source[synapse * columns.length + c] !== -1) return;
          const twinSign = coefficientSign(name, mirror.sign[l]![i]!, mirror.sign[l + 1]![j]!);
          source[synapse * columns.length + c] = freeCount;
          // A value that has to be its own negative is 0.
          sign[synapse * columns.length + c] = twin === synapse && twinSign < 0 ? 0 : 1;
          if (twin !== synapse) {
            source[twin * columns.length + c] = freeCount;
            sign[twin * columns.length + c] = twinSign;
          }
          freeCount++;
        });
      }
    }
    firstSynapse += pre * post;
  }
  return { freeCount, source, sign };
}

/** Unfold free values into the full matrix. */
export function expandTied(expansion: TiedExpansion, free: Float32Array, out: Float32Array): void {
  const { source, sign } = expansion;
  for (let k = 0; k < out.length; k++) out[k] = sign[k]! * free[source[k]!]!;
}
