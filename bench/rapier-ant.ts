import { observe } from '../policy/observation.js';
import { ANT_CONTRACT, observationSize } from '../policy/robot-contract.js';
import { AntBody } from '../sim/ant/ant-body.js';
import { INTACT } from '../sim/ant/morphology.js';
import type { SolverSettings } from '../sim/ant/solver-settings.js';
import { startPose, type SimulatedAnt } from './simulated-ant.js';

/** `1 x 4 x 8`: world steps, solver iterations, internal PGS iterations. */
export function solverText({ worldSteps, solverIterations, internalPgsIterations }: SolverSettings): string {
  return `${worldSteps} x ${solverIterations} x ${internalPgsIterations}`;
}

/** The Ant of sim/ant in Rapier. `loadRapier()` must have resolved. */
export class RapierAnt implements SimulatedAnt {
  readonly name: string;
  readonly observation = new Float32Array(observationSize(ANT_CONTRACT));
  private readonly solver: SolverSettings;
  private body: AntBody;
  private referenceHeight = 0;

  constructor(solver: SolverSettings) {
    this.name = `Rapier, ${solverText(solver)}`;
    this.solver = solver;
    this.body = new AntBody(INTACT, startPose(0), solver);
  }

  get state() {
    return this.body.state;
  }

  reset(seed: number): void {
    this.body.free();
    this.body = new AntBody(INTACT, startPose(seed), this.solver);
    this.referenceHeight = this.body.state.height;
  }

  step(action: Float32Array): void {
    this.body.step(action);
    observe(ANT_CONTRACT, this.body.state, this.referenceHeight, 0, this.observation);
  }

  anchorDrift(): number {
    let largest = 0;
    for (const joint of this.body.joints) {
      const a = worldPoint(joint.body1(), joint.anchor1());
      const b = worldPoint(joint.body2(), joint.anchor2());
      largest = Math.max(largest, Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z));
    }
    return largest;
  }

  dispose(): void {
    this.body.free();
  }
}

type Link = AntBody['torso'];
type Vector = ReturnType<Link['translation']>;

/** A point of a body in the world: its rotation applied to `p`, then its translation. */
function worldPoint(body: Link, p: Vector): Vector {
  const { x, y, z, w } = body.rotation();
  const t = body.translation();
  const tx = 2 * (y * p.z - z * p.y);
  const ty = 2 * (z * p.x - x * p.z);
  const tz = 2 * (x * p.y - y * p.x);
  return {
    x: t.x + p.x + w * tx + (y * tz - z * ty),
    y: t.y + p.y + w * ty + (z * tx - x * tz),
    z: t.z + p.z + w * tz + (x * ty - y * tx),
  };
}
