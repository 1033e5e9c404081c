import type { RobotContract } from '../robot-contract.js';
import type { PerturbationComponent } from './perturbation.js';

const FOOT = '_foot';

/** The legs of a robot: a foot `left_front_foot` stands at the end of the leg `left_front`. */
export function legNames(contract: RobotContract): string[] {
  return contract.feet.filter((foot) => foot.endsWith(FOOT)).map((foot) => foot.slice(0, -FOOT.length));
}

/** Indices of the joints of a leg: those whose names begin with the leg's. */
export function jointsOfLeg(contract: RobotContract, leg: string): number[] {
  return contract.joints.flatMap(({ name }, index) => (name.startsWith(`${leg}_`) ? [index] : []));
}

/** The sensors by name, in the order of the observation (policy/observation.ts): index = place in it. */
export function sensorNames(contract: RobotContract): string[] {
  return [
    'height',
    'sin_heading',
    'cos_heading',
    'velocity_x',
    'velocity_y',
    'velocity_z',
    'roll',
    'pitch',
    ...contract.joints.flatMap(({ name }) => [`${name}_position`, `${name}_velocity`]),
    ...contract.feet.map((foot) => `${foot}_contact`),
  ];
}

/** Weight layers count from 1, next to the observation. */
export function layerNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, index) => `layer_${index + 1}`);
}

/** What a perturbation of `component` may name; nothing for components that have no parts. */
export function targetNames(
  component: PerturbationComponent,
  contract: RobotContract,
  layers: number,
): string[] {
  switch (component) {
    case 'joint':
      return contract.joints.map(({ name }) => name);
    case 'leg':
      return legNames(contract);
    case 'sensor':
      return sensorNames(contract);
    case 'weights':
      return layerNames(layers);
    case 'plasticity':
    case 'outputs':
      return [];
  }
}
