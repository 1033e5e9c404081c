import type { Perturbation } from '../../policy/perturbation/index.js';
import { FOOT_LENGTH } from '../../policy/robot-model.js';
import { ANT_LEGS } from '../../policy/robot-contract.js';
import type { ControllerStatus, RobotState, WeightsMessage } from '../message-map.js';
import { bodyDamage, feetOfMorphology, type BodyDamage } from './display/body-damage.js';
import { WeightPath } from './display/principal-components.js';
import { WalkTrace } from './display/walk-trace.js';
import { formatPerturbation } from '../../policy/perturbation/index.js';

/** s without a state of the robot after which what is shown is not what is. */
const STALE = 0.5;

/** Everything that the page knows, from the messages that came; no document, no clock of its own. */
export class PageModel {
  readonly trace = new WalkTrace();
  readonly path = new WeightPath();
  status: ControllerStatus | undefined;
  state: RobotState | undefined;
  damage: BodyDamage;
  private stateAt = -Infinity;
  private bornWith: readonly number[] = ANT_LEGS.map(() => FOOT_LENGTH);
  private bundle: string | undefined;
  private steps = 0;

  constructor() {
    this.damage = bodyDamage([], this.bornWith);
  }

  /** `now`: s, on the page's clock. */
  hearState(state: RobotState, now: number): void {
    if (this.state && state.episode !== this.state.episode) {
      this.path.clear();
      this.trace.mark('restart');
    }
    this.state = state;
    this.stateAt = now;
    this.trace.add(state.stamp, state.episode, state.torso.position[0] ?? NaN);
  }

  hearStatus(status: ControllerStatus): void {
    const before = this.status?.activePerturbations ?? [];
    const known = new Set(before.map(({ id }) => id));
    const begun = this.status ? status.activePerturbations.filter(({ id }) => !known.has(id)) : [];
    for (const { id, component, target, type, value } of begun) {
      const what = { id, component, type, ...(target === undefined ? {} : { target }) };
      this.trace.mark(formatPerturbation(value === undefined ? what : { ...what, value }));
    }
    if (this.status && this.status.latched === null && status.latched !== null)
      this.trace.mark(status.latched);
    if (status.steps < this.steps) this.path.clear();
    this.steps = status.steps;
    this.status = status;
    this.damage = bodyDamage(status.activePerturbations, this.bornWith);
  }

  /** Something that was done at once, and that no status tells. */
  done(text: string): void {
    this.trace.mark(text);
  }

  /** The weights were drawn anew: another life. */
  forgetPath(): void {
    this.path.clear();
  }

  hearWeights({ layers }: WeightsMessage): void {
    const all = new Float32Array(layers.reduce((sum, { values }) => sum + values.length, 0));
    let at = 0;
    for (const { values } of layers) {
      all.set(values, at);
      at += values.length;
    }
    this.path.add(all);
  }

  /** The body that the simulator was given, by its text. */
  becomeMorphology(text: string): void {
    this.bornWith = feetOfMorphology(text);
    this.damage = bodyDamage(this.status?.activePerturbations ?? [], this.bornWith);
  }

  /** The rules that the controller runs, by their name. */
  runBundle(name: string): void {
    if (this.bundle !== undefined && name !== this.bundle) this.trace.mark(`rules: ${name}`);
    this.bundle = name;
  }

  get active(): readonly Perturbation[] {
    return this.status?.activePerturbations ?? NONE;
  }

  /** s since the newest state of the robot came; Infinity before the first. */
  age(now: number): number {
    return now - this.stateAt;
  }

  stale(now: number): boolean {
    return this.age(now) > STALE;
  }
}

const NONE: readonly Perturbation[] = [];
