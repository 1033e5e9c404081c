import type { BodyState } from '../policy/observation.js';
import { ANT_CONTRACT, ANT_LEGS } from '../policy/robot-contract.js';
import { Random } from '../policy/random.js';
import type { AntPose } from '../sim/ant/ant-body.js';
import { CAPSULE_RADIUS, FOOT_LENGTH } from '../sim/ant/geometry.js';

/** The Ant in one simulator, at one setting of it: what is timed, and what its joints are judged by. */
export interface SimulatedAnt {
  readonly name: string;
  readonly state: BodyState;
  readonly observation: Float32Array;
  /** Stand in {@link startPose}. */
  reset(seed: number): void;
  /** One control period, state and observation included. */
  step(action: Float32Array): void;
  /** Largest distance between the two anchors of a joint, m. */
  anchorDrift(): number;
  dispose(): void;
}

/** As an episode begins: hips near their middle, ankles near their lower limit, feet on the ground. */
export function startPose(seed: number): AntPose {
  const random = new Random(seed, 32);
  const jointPosition = ANT_CONTRACT.joints.map(({ lower, upper }, j) =>
    j % 2 === 0 ? (lower + upper) / 2 + random.uniform(-0.1, 0.1) : lower + random.uniform(0, 0.1),
  );
  const drops = ANT_LEGS.map((_, l) => FOOT_LENGTH * Math.SQRT2 * Math.sin(jointPosition[2 * l + 1]!));
  return { jointPosition, height: Math.max(...drops) + CAPSULE_RADIUS, yaw: 0 };
}
