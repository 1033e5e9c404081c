import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../policy/random.js';
import { ANT_CONTRACT, ANT_LEGS } from '../../policy/robot-contract.js';
import {
  ANT_PARTS,
  createPartPoses,
  FOOT_LENGTH,
  placeParts,
  TORSO_RADIUS,
} from '../../policy/robot-model.js';
import { AntBody } from '../../sim/ant/ant-body.js';
import { INTACT, type Morphology } from '../../sim/ant/morphology.js';
import { DEFAULT_SOLVER } from '../../sim/ant/solver-settings.js';
import { loadRapier } from '../../sim/rapier.js';

beforeAll(loadRapier);

const REST = { position: [0, 0, 1], orientation: [0, 0, 0, 1], footLength: [0.4, 0.4, 0.4, 0.4] };

function placed(pose: Parameters<typeof placeParts>[0]) {
  const poses = createPartPoses();
  placeParts(pose, poses);
  return poses;
}

function part(name: string): number {
  return ANT_PARTS.findIndex((one) => one.name === name);
}

/** +z turned by the part's orientation: the direction of its axis. */
function axis({ orientation }: ReturnType<typeof createPartPoses>, index: number): number[] {
  const [x, y, z, w] = orientation.subarray(4 * index, 4 * index + 4) as unknown as number[];
  return [2 * (x! * z! + w! * y!), 2 * (y! * z! - w! * x!), 1 - 2 * (x! * x! + y! * y!)];
}

/** How far each thigh's and foot's collider in Rapier is from where the model says, m, and the angle between them. */
function differences(ant: AntBody, morphology: Morphology): { distance: number; angle: number }[] {
  const { orientation, jointPosition } = ant.state;
  const footLength = ANT_LEGS.map((leg) => morphology[leg]);
  const poses = placed({ position: ant.position, orientation, jointPosition, footLength });
  return ant.links.map((link, index) => {
    const at = part(`${ANT_LEGS[index >> 1]!}_${index % 2 === 0 ? 'thigh' : 'foot'}`);
    const collider = link.collider(0);
    const { x, y, z } = collider.translation();
    const [px, py, pz] = poses.position.subarray(3 * at) as unknown as [number, number, number];
    // Rapier's capsules lie along +y.
    const q = collider.rotation();
    const along = [2 * (q.x * q.y - q.w * q.z), 1 - 2 * (q.x * q.x + q.z * q.z), 2 * (q.y * q.z + q.w * q.x)];
    const dot = axis(poses, at).reduce((sum, value, k) => sum + value * along[k]!, 0);
    return { distance: Math.hypot(x - px, y - py, z - pz), angle: Math.acos(Math.min(1, dot)) };
  });
}

const SHORT: Morphology = { ...INTACT, right_front: 0.1, left_back: 0.25 };

describe('the model of the Ant', () => {
  it('has a torso, and a stub, a thigh and a foot for each leg', () => {
    expect(ANT_PARTS).toHaveLength(13);
    expect(ANT_PARTS[0]).toMatchObject({ name: 'torso', shape: 'sphere', radius: TORSO_RADIUS });
    expect(ANT_PARTS.map(({ joint }) => joint).filter(Boolean)).toEqual(
      ANT_CONTRACT.joints.map(({ name }) => name),
    );
  });

  it('stretches its legs out level at joint position 0', () => {
    const poses = placed({ ...REST, jointPosition: new Float64Array(8) });
    const foot = part('right_front_foot');
    const [x, y, z] = poses.position.subarray(3 * foot);
    expect([x, y, z]).toEqual([expect.closeTo(0.6), expect.closeTo(-0.6), expect.closeTo(1)]);
    expect(axis(poses, foot)).toEqual([
      expect.closeTo(Math.SQRT1_2),
      expect.closeTo(-Math.SQRT1_2),
      expect.closeTo(0),
    ]);
    expect(poses.length[foot]).toBeCloseTo(FOOT_LENGTH * Math.SQRT2);
  });

  it('points its feet straight down when the ankles are at a right angle', () => {
    const jointPosition = ANT_LEGS.flatMap(() => [0, Math.PI / 2]);
    const poses = placed({ ...REST, jointPosition });
    for (const leg of ANT_LEGS) expect(axis(poses, part(`${leg}_foot`))[2]).toBeCloseTo(-1);
  });

  it('shortens a foot towards its ankle', () => {
    const jointPosition = ANT_LEGS.flatMap(() => [0, Math.PI / 2]);
    const poses = placed({ ...REST, jointPosition, footLength: [0.1, 0.4, 0.4, 0.4] });
    expect(poses.position[3 * part('left_front_foot') + 2]).toBeCloseTo(1 - (0.1 * Math.SQRT2) / 2);
    expect(poses.position[3 * part('right_front_foot') + 2]).toBeCloseTo(1 - (0.4 * Math.SQRT2) / 2);
  });

  it.each([
    ['intact', INTACT],
    ['with short feet', SHORT],
  ])('is where Rapier puts the Ant at the start, %s', (_, morphology) => {
    const random = new Random(1);
    for (let trial = 0; trial < 20; trial++) {
      const jointPosition = ANT_CONTRACT.joints.map(({ lower, upper }) => random.uniform(lower, upper));
      const pose = { jointPosition, height: 1, yaw: random.uniform(-3, 3) };
      const ant = new AntBody(morphology, pose, DEFAULT_SOLVER);
      for (const { distance, angle } of differences(ant, morphology)) {
        expect(distance).toBeLessThan(1e-6);
        expect(angle).toBeLessThan(1e-3);
      }
      ant.free();
    }
  });

  it('is within a centimetre of the Ant in Rapier in 99 of 100 poses, though its joints give, as it falls about', () => {
    const all: number[] = [];
    for (let seed = 1; seed <= 5; seed++) {
      const random = new Random(seed);
      const jointPosition = ANT_CONTRACT.joints.map(({ lower, upper }) => (lower + upper) / 2);
      const ant = new AntBody(SHORT, { jointPosition, height: 0.9, yaw: 1 }, DEFAULT_SOLVER);
      const action = new Float32Array(8);
      for (let step = 0; step < 300; step++) {
        for (let j = 0; j < 8; j++) action[j] = random.uniform(-1, 1);
        ant.step(action);
        all.push(...differences(ant, SHORT).map(({ distance }) => distance));
      }
      ant.free();
    }
    all.sort((a, b) => a - b);
    expect(all[Math.floor(0.99 * all.length)]).toBeLessThan(0.01);
  });
});
