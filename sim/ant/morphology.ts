import { ANT_LEGS, type AntLeg } from '../../policy/robot-contract.js';
import type { Random } from '../../policy/random.js';
import { DAMAGED_FOOT_LENGTH, FOOT_LENGTH } from './geometry.js';

/** Length of each leg's foot, m per axis (0.4 when whole). */
export type Morphology = Readonly<Record<AntLeg, number>>;

export const INTACT: Morphology = {
  left_front: FOOT_LENGTH,
  right_front: FOOT_LENGTH,
  left_back: FOOT_LENGTH,
  right_back: FOOT_LENGTH,
};

/** The named ones: `intact`, and each leg damaged as in the paper. */
export const MORPHOLOGY_NAMES = ['intact', ...ANT_LEGS] as const;

/** A morphology, or a way to draw one at the start of each life. */
export type MorphologySource = Morphology | ((random: Random) => Morphology);

/** A random one of `legs`, its foot between the paper's damage and whole. */
export function drawDamage(random: Random, legs: readonly AntLeg[] = ANT_LEGS): Morphology {
  const leg = legs[Math.floor(random.uniform(0, legs.length))]!;
  return { ...INTACT, [leg]: random.uniform(DAMAGED_FOOT_LENGTH, FOOT_LENGTH) };
}

/** As {@link parseMorphology}, and {@link drawDamage} for `random` or `random:left_front+right_front`. */
export function parseMorphologySource(text: string): MorphologySource | undefined {
  if (text === 'random') return drawDamage;
  if (!text.startsWith('random:')) return parseMorphology(text);
  const names = text.slice('random:'.length).split('+');
  const legs = ANT_LEGS.filter((leg) => names.includes(leg));
  return legs.length === names.length ? (random) => drawDamage(random, legs) : undefined;
}

/**
 * A morphology by its text: `intact`; a leg (`right_front`: its foot at 0.1); a leg and a length
 * (`left_back:0.25`); several of them joined by `+`. Returns undefined where the text is none of these.
 */
export function parseMorphology(text: string): Morphology | undefined {
  const lengths: Record<AntLeg, number> = { ...INTACT };
  if (text === 'intact') return lengths;
  for (const part of text.split('+')) {
    const [leg, lengthText, ...rest] = part.split(':');
    const length = lengthText === undefined ? DAMAGED_FOOT_LENGTH : Number(lengthText);
    const known = ANT_LEGS.find((name) => name === leg);
    if (known === undefined || rest.length > 0 || lengthText === '') return undefined;
    if (!(length >= 0.02 && length <= FOOT_LENGTH)) return undefined;
    lengths[known] = length;
  }
  return lengths;
}
