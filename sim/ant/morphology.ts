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

/** m per axis: how long a drawn foot may be, twice a whole one. */
const LONGEST_FOOT = 2 * FOOT_LENGTH;
/** m per axis. */
const SHORTEST_FOOT = 0.02;

/** `random` or `each`, of which legs, of which lengths. */
const DRAWN = /^(random|each)(?::([a-z_+]+))?(?::([\d.]+)\.\.([\d.]+))?$/;

/**
 * As {@link parseMorphology}, and ways to draw one: `random`, one leg with a foot between the paper's damage and whole;
 * `random:left_front+right_front`, one of these; `each:left_front+right_front:0.4..0.7`, all of these, each with a length
 * of its own in that range, m per axis.
 */
export function parseMorphologySource(text: string): MorphologySource | undefined {
  const drawn = DRAWN.exec(text);
  if (!drawn) return parseMorphology(text);
  const [, how, named, lowest, highest] = drawn;
  const names = named?.split('+') ?? ANT_LEGS;
  const legs = ANT_LEGS.filter((leg) => names.includes(leg));
  const low = lowest === undefined ? DAMAGED_FOOT_LENGTH : Number(lowest);
  const high = highest === undefined ? FOOT_LENGTH : Number(highest);
  if (legs.length !== names.length) return undefined;
  if (!(low >= SHORTEST_FOOT && low < high && high <= LONGEST_FOOT)) return undefined;
  const draw = (random: Random, drawn: readonly AntLeg[]): Morphology => ({
    ...INTACT,
    ...Object.fromEntries(drawn.map((leg) => [leg, random.uniform(low, high)])),
  });
  if (how === 'each') return (random) => draw(random, legs);
  return (random) => draw(random, [legs[Math.floor(random.uniform(0, legs.length))]!]);
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
    if (!(length >= SHORTEST_FOOT && length <= FOOT_LENGTH)) return undefined;
    lengths[known] = length;
  }
  return lengths;
}
