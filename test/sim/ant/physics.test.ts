import { beforeAll, describe, expect, it } from 'vitest';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { Random } from '../../../policy/random.js';
import { AntBody, type AntPose, type AntWorldOptions } from '../../../sim/ant/ant-body.js';
import {
  CAPSULE_RADIUS,
  capsuleMass,
  FOOT_LENGTH,
  GRAVITY,
  THIGH_LENGTH,
} from '../../../sim/ant/geometry.js';
import { INTACT } from '../../../sim/ant/morphology.js';
import { DEFAULT_SOLVER } from '../../../sim/ant/solver-settings.js';
import { loadRapier, RAPIER } from '../../../sim/rapier.js';

const DEGREE = Math.PI / 180;
const PERIOD = ANT_CONTRACT.controlPeriod;
const STILL = new Float32Array(8);
/** Hips in the middle, feet at 60 degrees. */
const POSE: AntPose = {
  jointPosition: ANT_CONTRACT.joints.map((_, j) => (j % 2 === 0 ? 0 : 60 * DEGREE)),
  height: 2,
  yaw: 0,
};

beforeAll(loadRapier);

function withAnt<T>(use: (ant: AntBody) => T, options: AntWorldOptions = {}, pose: AntPose = POSE): T {
  const ant = new AntBody(INTACT, pose, DEFAULT_SOLVER, options);
  try {
    return use(ant);
  } finally {
    ant.free();
  }
}

function allBodies(ant: AntBody) {
  return [ant.torso, ...ant.links];
}

/** Horizontal speed of the centre of mass, m/s. */
function slidingSpeed(ant: AntBody): number {
  const bodies = allBodies(ant);
  const mass = bodies.reduce((sum, body) => sum + body.mass(), 0);
  const along = (axis: 'x' | 'y'): number =>
    bodies.reduce((sum, body) => sum + body.mass() * body.linvel()[axis], 0) / mass;
  return Math.hypot(along('x'), along('y'));
}

describe('geometry', () => {
  it('has the mass of the AntBulletEnv robot: 182.2 kg', () => {
    withAnt((ant) => {
      const mass = allBodies(ant).reduce((sum, body) => sum + body.mass(), 0);
      expect(mass).toBeCloseTo(182.2, 1);
    });
  });

  it('weighs each link as its capsule does', () => {
    withAnt((ant) => {
      expect(ant.links[0]!.mass()).toBeCloseTo(capsuleMass(THIGH_LENGTH * Math.SQRT2), 3);
      expect(ant.links[1]!.mass()).toBeCloseTo(capsuleMass(FOOT_LENGTH * Math.SQRT2), 3);
    });
  });

  it('reads back the joint positions that it was made with', () => {
    const random = new Random(4);
    const jointPosition = ANT_CONTRACT.joints.map(({ lower, upper }) => random.uniform(lower, upper));
    withAnt(
      (ant) => {
        ant.state.jointPosition.forEach((position, j) => expect(position).toBeCloseTo(jointPosition[j]!, 5));
      },
      {},
      { ...POSE, jointPosition, yaw: 0.7 },
    );
  });

  it('takes a heading: the yaw of the pose is the yaw of the torso', () => {
    withAnt(
      (ant) => {
        const [, , z, w] = ant.state.orientation;
        expect(2 * Math.atan2(z!, w!)).toBeCloseTo(0.7, 6);
      },
      {},
      { ...POSE, yaw: 0.7 },
    );
  });
});

describe('free fall', () => {
  it('falls g t^2 / 2 within what the integration step explains', () => {
    const steps = 30;
    const time = steps * PERIOD;
    const fallen = withAnt(
      (ant) => {
        for (let k = 0; k < steps; k++) ant.step(STILL);
        return 2 - ant.position[2]!;
      },
      { ground: false },
    );
    const substep = PERIOD / DEFAULT_SOLVER.worldSteps / DEFAULT_SOLVER.solverIterations;
    // Semi-implicit Euler falls g t dt / 2 too far.
    expect(fallen).toBeCloseTo((GRAVITY * time * time) / 2 + (GRAVITY * time * substep) / 2, 3);
  });
});

describe('a hanging foot', () => {
  it('swings with the period of a physical pendulum', () => {
    const length = FOOT_LENGTH * Math.SQRT2;
    // Inertia of a capsule about its middle, across its axis: cylinder and two half balls.
    const r = CAPSULE_RADIUS;
    const density = capsuleMass(length) / (Math.PI * r * r * (length + (4 / 3) * r));
    const cylinder = density * Math.PI * r * r * length;
    const ball = density * (4 / 3) * Math.PI * r ** 3;
    const middle =
      cylinder * (length ** 2 / 12 + r ** 2 / 4) +
      ball * ((2 / 5) * r ** 2 + length ** 2 / 4 + (3 / 8) * length * r);
    const mass = cylinder + ball;
    const inertia = middle + mass * (length / 2) ** 2;
    const expected = 2 * Math.PI * Math.sqrt(inertia / (mass * GRAVITY * (length / 2)));

    const amplitude = 4 * DEGREE;
    const jointPosition = POSE.jointPosition;
    const hanging = Array.from(jointPosition, (p, j) => (j === 1 ? 90 * DEGREE - amplitude : p));
    const period = withAnt(
      (ant) => {
        for (const body of allBodies(ant)) {
          if (body.handle !== ant.links[1]!.handle) body.setBodyType(RAPIER.RigidBodyType.Fixed, true);
        }
        const crossings: number[] = [];
        let before = ant.state.jointPosition[1]! - 90 * DEGREE;
        for (let k = 1; crossings.length < 5; k++) {
          ant.step(STILL);
          const now = ant.state.jointPosition[1]! - 90 * DEGREE;
          if (before < 0 && now >= 0) crossings.push((k - now / (now - before)) * PERIOD);
          before = now;
        }
        return (crossings[4]! - crossings[0]!) / 4;
      },
      { ground: false },
      { ...POSE, jointPosition: hanging },
    );
    expect(Math.abs(period - expected) / expected).toBeLessThan(0.02);
  });
});

describe('friction', () => {
  // Rapier brakes between 0.93 mu g (along x) and 1.00 mu g (along a diagonal).
  it.each([0, Math.PI / 8, Math.PI / 4])('brakes a robot that slides towards %f rad by mu g', (direction) => {
    const friction = 0.2;
    const flat = ANT_CONTRACT.joints.map(({ lower, upper }, j) =>
      j % 2 === 0 ? (lower + upper) / 2 : lower,
    );
    const height = FOOT_LENGTH * Math.SQRT2 * Math.sin(30 * DEGREE) + CAPSULE_RADIUS;
    const braking = withAnt(
      (ant) => {
        for (let j = 0; j < 8; j++) ant.setJointLocked(j, true);
        for (let k = 0; k < 40; k++) ant.step(STILL);
        for (const body of allBodies(ant)) {
          body.setLinvel({ x: 3 * Math.cos(direction), y: 3 * Math.sin(direction), z: 0 }, true);
        }
        ant.step(STILL);
        const before = slidingSpeed(ant);
        for (let k = 0; k < 40; k++) ant.step(STILL);
        return (before - slidingSpeed(ant)) / (40 * PERIOD);
      },
      { friction },
      { ...POSE, jointPosition: flat, height },
    );
    expect(Math.abs(braking - friction * GRAVITY) / (friction * GRAVITY)).toBeLessThan(0.09);
  });
});

describe('momentum without contact', () => {
  it('stays zero whatever the motors do', () => {
    const random = new Random(2);
    const action = new Float32Array(8);
    withAnt(
      (ant) => {
        for (let k = 0; k < 200; k++) {
          for (let j = 0; j < 8; j++) action[j] = random.uniform(-1, 1);
          ant.step(action);
        }
        const momentum = { x: 0, y: 0, z: 0 };
        let moved = 0;
        for (const body of allBodies(ant)) {
          const v = body.linvel();
          momentum.x += body.mass() * v.x;
          momentum.y += body.mass() * v.y;
          momentum.z += body.mass() * v.z;
          moved += body.mass() * Math.hypot(v.x, v.y, v.z);
        }
        expect(moved).toBeGreaterThan(10);
        expect(Math.hypot(momentum.x, momentum.y, momentum.z)).toBeLessThan(1e-3 * moved);
      },
      { ground: false, gravity: 0 },
    );
  });
});

describe('joint limits', () => {
  it.each([
    [1, 'upper'],
    [-1, 'lower'],
  ] as const)('hold against full effort of %d within a degree', (push, bound) => {
    withAnt(
      (ant) => {
        const action = new Float32Array(8).fill(push);
        for (let k = 0; k < 120; k++) ant.step(action);
        ANT_CONTRACT.joints.forEach((joint, j) => {
          expect(Math.abs(ant.state.jointPosition[j]! - joint[bound])).toBeLessThan(1 * DEGREE);
        });
      },
      { ground: false, gravity: 0 },
    );
  });
});

describe('damage while it runs', () => {
  it('shortens a foot: its mass goes down and its tip comes up', () => {
    withAnt((ant) => {
      const before = ant.tipHeight(0);
      ant.setFootLength('left_front', 0.1);
      ant.step(STILL);
      expect(ant.links[1]!.mass()).toBeCloseTo(capsuleMass(0.1 * Math.SQRT2), 3);
      expect(ant.tipHeight(0)).toBeGreaterThan(before + 0.2);
      ant.setFootLength('left_front', FOOT_LENGTH);
      ant.step(STILL);
      expect(ant.links[1]!.mass()).toBeCloseTo(capsuleMass(FOOT_LENGTH * Math.SQRT2), 3);
    });
  });

  it('locks a joint where it stands and lets it go again', () => {
    withAnt(
      (ant) => {
        const action = new Float32Array(8).fill(0.5);
        const held = ant.state.jointPosition[3]!;
        ant.setJointLocked(3, true);
        for (let k = 0; k < 60; k++) ant.step(action);
        expect(Math.abs(ant.state.jointPosition[3]! - held)).toBeLessThan(1 * DEGREE);
        ant.setJointLocked(3, false);
        for (let k = 0; k < 60; k++) ant.step(action);
        expect(ant.state.jointPosition[3]! - held).toBeGreaterThan(20 * DEGREE);
      },
      { ground: false, gravity: 0 },
    );
  });

  it('cuts an actuator: the joint no longer follows its effort', () => {
    withAnt(
      (ant) => {
        ant.setActuatorScale(3, 0);
        const action = new Float32Array(8);
        action[3] = 1;
        ant.step(action);
        expect(ant.appliedEffort[3]).toBe(0);
        expect(Math.abs(ant.state.jointVelocity[3]!)).toBeLessThan(0.01);
        ant.setActuatorScale(3, 0.5);
        ant.step(action);
        expect(ant.appliedEffort[3]).toBe(125);
        expect(ant.state.jointVelocity[3]!).toBeGreaterThan(0.5);
      },
      { ground: false, gravity: 0 },
    );
  });
});
