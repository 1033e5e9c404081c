import { OBSERVATION_CLIP } from '../observation.js';
import type { PerturbationComponent, PerturbationType } from './perturbation.js';

/** Longest delay of a sensor, in control steps. */
export const LONGEST_DELAY = 120;

/** The number that a kind of perturbation takes; bounds are inclusive. */
export interface PerturbationValue {
  readonly meaning: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer?: true;
  /** A number: taken if none is given. `none`: the kind does without. Absent: it must be given. */
  readonly default?: number | 'none';
}

/**
 * One kind of perturbation. Where it acts: on the `observation` before the policy sees it, in the `policy`, on
 * the `command` that leaves it (these work on hardware too), or in the `body`, which needs a simulator.
 */
export interface PerturbationKind {
  readonly component: PerturbationComponent;
  readonly type: PerturbationType;
  readonly meaning: string;
  readonly actsOn: 'observation' | 'policy' | 'command' | 'body';
  /** Whether a target must be named; `optional`: without one, everything that the component has. */
  readonly target: 'required' | 'optional' | 'none';
  readonly value?: PerturbationValue;
  /** Done once, with nothing to end: takes no duration. */
  readonly instant?: true;
}

const effortLeft: PerturbationValue = {
  meaning: 'fraction of the effort that is left',
  minimum: 0,
  maximum: 1,
};
const action: PerturbationValue = { meaning: 'action', minimum: -1, maximum: 1, default: 1 };

/** Every kind of perturbation there is. */
export const PERTURBATION_KINDS: readonly PerturbationKind[] = [
  { component: 'joint', type: 'off', meaning: 'no effort', actsOn: 'command', target: 'required' },
  {
    component: 'joint',
    type: 'weak',
    meaning: 'less effort',
    actsOn: 'command',
    target: 'required',
    value: effortLeft,
  },
  {
    component: 'joint',
    type: 'saturated',
    meaning: 'effort stuck',
    actsOn: 'command',
    target: 'required',
    value: action,
  },
  { component: 'joint', type: 'locked', meaning: 'held where it is', actsOn: 'body', target: 'required' },
  {
    component: 'leg',
    type: 'off',
    meaning: 'no effort in its joints',
    actsOn: 'command',
    target: 'required',
  },
  {
    component: 'leg',
    type: 'weak',
    meaning: 'less effort in its joints',
    actsOn: 'command',
    target: 'required',
    value: effortLeft,
  },
  {
    component: 'leg',
    type: 'locked',
    meaning: 'its joints held where they are',
    actsOn: 'body',
    target: 'required',
  },
  {
    component: 'leg',
    type: 'shorten',
    meaning: 'a shorter foot',
    actsOn: 'body',
    target: 'required',
    value: { meaning: 'length of the foot in m (0.4 is intact)', minimum: 0.02, maximum: 0.4, default: 0.1 },
  },
  {
    component: 'sensor',
    type: 'stuck',
    meaning: 'one reading for ever',
    actsOn: 'observation',
    target: 'optional',
    value: {
      meaning: 'the reading (none: the one at the start)',
      minimum: -OBSERVATION_CLIP,
      maximum: OBSERVATION_CLIP,
      default: 'none',
    },
  },
  {
    component: 'sensor',
    type: 'noise',
    meaning: 'normal noise added',
    actsOn: 'observation',
    target: 'optional',
    value: {
      meaning: 'standard deviation in the units of the observation',
      minimum: 0,
      maximum: OBSERVATION_CLIP,
    },
  },
  {
    component: 'sensor',
    type: 'delay',
    meaning: 'readings of the past',
    actsOn: 'observation',
    target: 'optional',
    value: { meaning: 'control steps', minimum: 1, maximum: LONGEST_DELAY, integer: true },
  },
  {
    component: 'sensor',
    type: 'drop',
    meaning: 'readings lost, 0 in their place',
    actsOn: 'observation',
    target: 'optional',
    value: { meaning: 'probability of a loss in each control step', minimum: 0, maximum: 1, default: 1 },
  },
  {
    component: 'weights',
    type: 'zero',
    meaning: 'some weights set to 0, once',
    actsOn: 'policy',
    target: 'optional',
    value: { meaning: 'fraction of the weights', minimum: 0, maximum: 1 },
    instant: true,
  },
  {
    component: 'weights',
    type: 'reset',
    meaning: 'initial weights drawn anew, once',
    actsOn: 'policy',
    target: 'none',
    value: { meaning: 'seed', minimum: 0, maximum: 0xffffffff, integer: true, default: 'none' },
    instant: true,
  },
  {
    component: 'plasticity',
    type: 'freeze',
    meaning: 'weights stay as they are',
    actsOn: 'policy',
    target: 'none',
  },
  { component: 'outputs', type: 'off', meaning: 'every action 0', actsOn: 'command', target: 'none' },
  {
    component: 'outputs',
    type: 'weak',
    meaning: 'every action less',
    actsOn: 'command',
    target: 'none',
    value: effortLeft,
  },
  {
    component: 'outputs',
    type: 'saturated',
    meaning: 'every action stuck',
    actsOn: 'command',
    target: 'none',
    value: action,
  },
];

/** The kind, or undefined if the component has no such type. */
export function perturbationKind(
  component: PerturbationComponent,
  type: PerturbationType,
): PerturbationKind | undefined {
  return PERTURBATION_KINDS.find((kind) => kind.component === component && kind.type === type);
}

/** The types that a component takes, in the order of the table. */
export function typesOf(component: PerturbationComponent): PerturbationType[] {
  return PERTURBATION_KINDS.filter((kind) => kind.component === component).map((kind) => kind.type);
}
