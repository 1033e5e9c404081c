import { jointsOfLeg, type Perturbation } from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT, ANT_LEGS } from '../../../policy/robot-contract.js';
import { ANT_PARTS, FOOT_LENGTH } from '../../../policy/robot-model.js';

/** What is wrong with a part, worst last: where there is more than one, the last one is shown. */
export const CONDITIONS = ['intact', 'weak', 'saturated', 'off', 'locked', 'short'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** In the words of the legend. */
export const CONDITION_WORDS: Readonly<Record<Condition, string>> = {
  intact: 'intact',
  weak: 'weak',
  saturated: 'saturated',
  off: 'off (limp)',
  locked: 'locked',
  short: 'shortened',
};

export interface BodyDamage {
  /** For each part of ANT_PARTS. */
  readonly conditions: readonly Condition[];
  /** [4] m per axis, in the order of ANT_LEGS. */
  readonly footLength: readonly number[];
}

/**
 * How the body is, as far as the page can know: the feet that it was born with, and what is done to it now.
 *
 * @param bornWith [4] m per axis
 */
export function bodyDamage(active: readonly Perturbation[], bornWith: readonly number[]): BodyDamage {
  const footLength = [...bornWith];
  const conditions = ANT_PARTS.map((): Condition => 'intact');
  const worsen = (part: number, condition: Condition): void => {
    if (CONDITIONS.indexOf(condition) > CONDITIONS.indexOf(conditions[part]!)) conditions[part] = condition;
  };
  for (const { component, type, target = '', value } of active) {
    if (component === 'leg' && type === 'shorten') {
      const leg = ANT_LEGS.findIndex((name) => name === target);
      if (leg >= 0) footLength[leg] = value ?? footLength[leg]!;
      continue;
    }
    if (type !== 'weak' && type !== 'saturated' && type !== 'off' && type !== 'locked') continue;
    const joints = jointsOf(component, target);
    ANT_PARTS.forEach(({ joint }, part) => {
      if (joint !== undefined && joints.includes(joint)) worsen(part, type);
    });
  }
  ANT_PARTS.forEach(({ name, leg }, part) => {
    const at = leg === undefined ? -1 : ANT_LEGS.indexOf(leg);
    if (at >= 0 && name.endsWith('_foot') && footLength[at]! < FOOT_LENGTH) worsen(part, 'short');
  });
  return { conditions, footLength };
}

function jointsOf(component: Perturbation['component'], target: string): string[] {
  const names = ANT_CONTRACT.joints.map(({ name }) => name);
  if (component === 'outputs') return names;
  if (component === 'joint') return [target];
  if (component === 'leg') return jointsOfLeg(ANT_CONTRACT, target).map((joint) => names[joint]!);
  return [];
}

/** The feet of a morphology's text (`right_front`, `left_back:0.25+right_back`); [4] m per axis. */
export function feetOfMorphology(text: string): number[] {
  const feet = ANT_LEGS.map(() => FOOT_LENGTH as number);
  for (const part of text.split('+')) {
    const [leg, length] = part.split(':');
    const at = ANT_LEGS.findIndex((name) => name === leg);
    if (at >= 0) feet[at] = length === undefined ? DAMAGED_FOOT_LENGTH : Number(length) || FOOT_LENGTH;
  }
  return feet;
}

/** m per axis: the foot of a leg that a morphology names without a length. */
const DAMAGED_FOOT_LENGTH = 0.1;
