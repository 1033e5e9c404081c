import type { BodyState } from '../../policy/observation.js';
import { ANT_LEGS, type AntLeg } from '../../policy/robot-contract.js';
import { AntEnvironment, type AntOptions } from '../ant/ant-environment.js';
import { INTACT, parseMorphology, type Morphology, type MorphologySource } from '../ant/morphology.js';
import type { SimulatedRobot } from './simulated-robot.js';

/** The Ant as a robot that can be damaged while it walks. `loadRapier()` must have resolved. */
export class AntRobot extends AntEnvironment implements SimulatedRobot {
  private next: MorphologySource;
  /** Of this episode: a leg that is restored gets back what it began with. */
  private bornWith: Morphology = INTACT;

  constructor(options: AntOptions = {}) {
    super({
      ...options,
      morphology: (random) =>
        (this.bornWith = typeof this.next === 'function' ? this.next(random) : this.next),
    });
    this.next = options.morphology ?? INTACT;
  }

  canBecome(morphology: string): boolean {
    return parseMorphology(morphology) !== undefined;
  }

  become(morphology: string): boolean {
    const known = parseMorphology(morphology);
    if (known) this.next = known;
    return known !== undefined;
  }

  get state(): BodyState {
    return this.body.state;
  }

  get position(): Float64Array {
    return this.body.position;
  }

  get appliedEffort(): Float64Array {
    return this.body.appliedEffort;
  }

  shortenLeg(leg: string, length: number): void {
    this.body.setFootLength(antLeg(leg), length);
  }

  restoreLeg(leg: string): void {
    const known = antLeg(leg);
    this.body.setFootLength(known, this.bornWith[known]);
  }

  lockJoint(joint: number, locked: boolean): void {
    this.body.setJointLocked(joint, locked);
  }
}

function antLeg(name: string): AntLeg {
  const leg = ANT_LEGS.find((known) => known === name);
  if (!leg) throw new Error(`the Ant has no leg '${name}'; it has ${ANT_LEGS.join(', ')}`);
  return leg;
}
