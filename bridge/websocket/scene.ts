import type { FrameTransform, SceneUpdate } from '@foxglove/schemas';
import { ANT_CONTRACT, ANT_LEGS } from '../../policy/robot-contract.js';
import {
  ANT_PARTS,
  CAPSULE_RADIUS,
  createPartPoses,
  FOOT_LENGTH,
  placeParts,
  type RobotPart,
} from '../../policy/robot-model.js';
import type { Perturbation } from '../../policy/perturbation/index.js';
import type { RobotState } from '../message-map.js';

/** Every pose is in this frame; REP-105 calls the one that a robot's odometry is in so. */
const WORLD = 'odom';
const TORSO = 'base_link';

const BODY = { r: 0.72, g: 0.55, b: 0.32, a: 1 };
/** A part that something was done to. */
const DAMAGED = { r: 0.85, g: 0.2, b: 0.15, a: 1 };

/**
 * The Ant as Foxglove and Lichtblick draw it. States of robots with other joints have no scene: the geometry is the
 * Ant's.
 */
export class Scene {
  private readonly poses = createPartPoses();
  private readonly jointPosition = new Float64Array(ANT_CONTRACT.joints.length);
  private readonly footLength = new Float64Array(ANT_LEGS.length).fill(FOOT_LENGTH);
  private damaged: ReadonlySet<string> = new Set();

  /** What is being done to the body. */
  setPerturbations(perturbations: readonly Perturbation[]): void {
    const damaged = new Set<string>();
    this.footLength.fill(FOOT_LENGTH);
    for (const { component, type, target, value } of perturbations) {
      if (component !== 'leg' && component !== 'joint') continue;
      for (const part of ANT_PARTS) if (isHit(part, component, target)) damaged.add(part.name);
      if (type !== 'shorten') continue;
      ANT_LEGS.forEach((leg, l) => {
        if (target === undefined || target === leg) this.footLength[l] = value ?? FOOT_LENGTH;
      });
    }
    this.damaged = damaged;
  }

  /** The robot's parts as they are now; undefined for a robot with other joints. `time` in ms since 1970. */
  update(state: RobotState, time: number): SceneUpdate | undefined {
    const { joints, torso } = state;
    for (const [j, { name }] of ANT_CONTRACT.joints.entries()) {
      const place = joints.names.indexOf(name);
      if (place < 0) return undefined;
      this.jointPosition[j] = joints.position[place] ?? 0;
    }
    const { position, orientation } = torso;
    const { poses, jointPosition, footLength } = this;
    placeParts({ position, orientation, jointPosition, footLength }, poses);
    const spheres: SceneUpdate['entities'][number]['spheres'] = [];
    const cylinders: SceneUpdate['entities'][number]['cylinders'] = [];
    const position3 = new Float64Array(3);
    for (const [p, part] of ANT_PARTS.entries()) {
      const color = this.damaged.has(part.name) ? DAMAGED : BODY;
      const centre = vector(poses.position, 3 * p);
      const turn = quaternion(poses.orientation, 4 * p);
      const size = 2 * part.radius;
      if (part.shape === 'sphere') {
        spheres.push({ pose: { position: centre, orientation: turn }, size: cube(size), color });
        continue;
      }
      const length = poses.length[p]!;
      cylinders.push({
        pose: { position: centre, orientation: turn },
        size: { x: size, y: size, z: length },
        bottom_scale: 1,
        top_scale: 1,
        color,
      });
      // The round end that points away from the torso; the other one is inside the part before.
      alongAxis(turn, length / 2, position3);
      const end = { x: centre.x + position3[0]!, y: centre.y + position3[1]!, z: centre.z + position3[2]! };
      spheres.push({ pose: { position: end, orientation: turn }, size: cube(2 * CAPSULE_RADIUS), color });
    }
    return {
      deletions: [],
      entities: [
        {
          timestamp: timeOf(time),
          frame_id: WORLD,
          id: 'robot',
          lifetime: { sec: 0, nsec: 0 },
          frame_locked: false,
          metadata: [],
          arrows: [],
          cubes: [],
          spheres,
          cylinders,
          lines: [],
          triangles: [],
          texts: [],
          models: [],
        },
      ],
    };
  }
}

/** Where the torso is, for a view that follows it. `time` in ms since 1970. */
export function torsoTransform({ torso }: RobotState, time: number): FrameTransform {
  return {
    timestamp: timeOf(time),
    parent_frame_id: WORLD,
    child_frame_id: TORSO,
    translation: vector(torso.position, 0),
    rotation: quaternion(torso.orientation, 0),
  };
}

function isHit({ leg, joint }: RobotPart, component: 'leg' | 'joint', target: string | undefined): boolean {
  if (leg === undefined) return false;
  return target === undefined || target === (component === 'leg' ? leg : joint);
}

interface Vector {
  x: number;
  y: number;
  z: number;
}

interface Quaternion extends Vector {
  w: number;
}

function vector(values: Float64Array, at: number): Vector {
  return { x: values[at] ?? 0, y: values[at + 1] ?? 0, z: values[at + 2] ?? 0 };
}

function quaternion(values: Float64Array, at: number): Quaternion {
  return { ...vector(values, at), w: values[at + 3] ?? 1 };
}

function cube(size: number): Vector {
  return { x: size, y: size, z: size };
}

/** `length` times +z, turned by the quaternion. */
function alongAxis({ x, y, z, w }: Quaternion, length: number, out: Float64Array): void {
  out[0] = 2 * (x * z + w * y) * length;
  out[1] = 2 * (y * z - w * x) * length;
  out[2] = (1 - 2 * (x * x + y * y)) * length;
}

function timeOf(milliseconds: number): { sec: number; nsec: number } {
  const sec = Math.floor(milliseconds / 1000);
  return { sec, nsec: Math.floor((milliseconds - 1000 * sec) * 1e6) };
}
