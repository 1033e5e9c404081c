import { jointsOfLeg, type Perturbation } from '../../policy/perturbation/index.js';
import type { SimulatedRobot } from './simulated-robot.js';

/** Do to a simulated body what an accepted perturbation of it says. Throws what the robot throws that cannot do it. */
export function damageBody(robot: SimulatedRobot, perturbation: Perturbation): void {
  const { component, type, target = '', value = 0 } = perturbation;
  if (component === 'leg' && type === 'shorten') robot.shortenLeg(target, value);
  else lock(robot, perturbation, true);
}

/** Undo it. */
export function mendBody(robot: SimulatedRobot, perturbation: Perturbation): void {
  const { component, type, target = '' } = perturbation;
  if (component === 'leg' && type === 'shorten') robot.restoreLeg(target);
  else lock(robot, perturbation, false);
}

function lock(robot: SimulatedRobot, { component, target = '' }: Perturbation, locked: boolean): void {
  const joints =
    component === 'leg'
      ? jointsOfLeg(robot.contract, target)
      : robot.contract.joints.flatMap(({ name }, j) => (name === target ? [j] : []));
  for (const joint of joints) robot.lockJoint(joint, locked);
}
