import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandShaper } from '../../bridge/command-shaper.js';
import type { CommandInterface } from '../../bridge/message-map.js';
import { ActuatorFaults } from '../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { PERIOD } from './controller-rig.js';

const { joints } = ANT_CONTRACT;
const FREE = { largestAction: 1, largestActionRate: Infinity, dampingGain: 0.02 };

function shaper(limits: Partial<typeof FREE> = {}, commandInterface: CommandInterface = 'effort') {
  const faults = new ActuatorFaults(ANT_CONTRACT);
  const shaped = new CommandShaper(ANT_CONTRACT, faults, { ...FREE, ...limits }, commandInterface);
  return {
    faults,
    shaped,
    values: () => [...shaped.message.values],
    write: (action: number, gain = 1, elapsed = PERIOD) =>
      shaped.writeAction(new Float32Array(8).fill(action), gain, elapsed),
  };
}

/** [joints], rad: each joint this far between its limits, -1 to 1. */
const poseAt = (share: number) =>
  Float64Array.from(joints, ({ lower, upper }) => lower + ((share + 1) / 2) * (upper - lower));
const efforts = (effort: number) => Array<number>(8).fill(effort);
const near = (values: Iterable<number>) => [...values].map((value) => expect.closeTo(value, 9) as number);

describe('a command in efforts', () => {
  it('is the action as a share of the effort limits', () => {
    const { write, values } = shaper();
    write(-0.5);
    expect(values()).toEqual(efforts(-125));
  });

  it('does not pass the largest action, nor the effort limit', () => {
    const { write, values } = shaper({ largestAction: 0.4 });
    write(7);
    expect(values()).toEqual(near(efforts(100)));
    write(-Infinity);
    expect(values()).toEqual(near(efforts(-100)));
  });

  it('goes nowhere for what is not a number', () => {
    const { write, values } = shaper();
    write(NaN);
    expect(values()).toEqual(efforts(0));
  });

  it('changes by no more than the rate allows, up and down', () => {
    const { write, values } = shaper({ largestActionRate: 0.25 / PERIOD });
    const sent = [1, 1, 1, -1, -1, 0.125].map((action) => {
      write(action);
      return values()[0]! / 250;
    });
    expect(sent).toEqual(near([0.25, 0.5, 0.75, 0.5, 0.25, 0.125]));
  });

  it('changes by less when it comes sooner than a control period after the one before, and by no more when later', () => {
    const { write, values } = shaper({ largestActionRate: 0.25 / PERIOD });
    const sent = [PERIOD / 10, 0, PERIOD / 2, 0.99 * PERIOD, 100 * PERIOD].map((elapsed) => {
      write(1, 1, elapsed);
      return values()[0]! / 250;
    });
    expect(sent).toEqual(near([0.025, 0.025, 0.15, 0.4, 0.65]));
  });

  it('is safe at once, however fast that changes it, and goes on from there', () => {
    const { shaped, write, values } = shaper({ largestActionRate: 0.25 / PERIOD });
    for (let k = 0; k < 4; k++) write(1);
    shaped.writeSafe();
    expect(values()).toEqual(efforts(0));
    write(1);
    expect(values()).toEqual(near(efforts(62.5)));
  });

  it('is as much of the action as the fade-in lets through', () => {
    const { write, values } = shaper();
    for (const [gain, effort] of [
      [0, 0],
      [0.1, 20],
      [1, 200],
    ] as const) {
      write(0.8, gain);
      expect(values()[0]).toBeCloseTo(effort, 4);
    }
  });

  it('brakes each joint against its motion, within the limits', () => {
    const { shaped, values } = shaper({ dampingGain: 0.05, largestAction: 0.5 });
    shaped.writeDamping(Float64Array.of(2, -4, 0, 1e300, -1e300, 1, 1, 1), poseAt(0), PERIOD);
    expect(values()).toEqual(near([-25, 50, 0, -125, 125, -12.5, -12.5, -12.5]));
  });

  it('passes through the faults of actuators before the limits', () => {
    const { faults, write, values } = shaper({ largestAction: 0.5 });
    faults.activate({
      id: 'x',
      component: 'joint',
      type: 'saturated',
      target: joints[2]!.name,
      value: -1,
      start: 0,
    });
    write(0.2);
    expect(values().map((value) => Math.round(value))).toEqual([50, 50, -125, 50, 50, 50, 50, 50]);
  });
});

describe('a command in positions', () => {
  const position = (limits: Partial<typeof FREE> = {}) => shaper(limits, 'position');

  it('does not exist before the robot was seen', () => {
    const { shaped } = position();
    expect(shaped.ready).toBe(false);
    shaped.writeSafe(undefined);
    expect(shaped.ready).toBe(false);
    shaped.writeSafe(poseAt(0.3));
    expect(shaped.ready).toBe(true);
  });

  it('grows from the pose that was held, however small the actions may be', () => {
    const { shaped, write, values } = position({ largestAction: 0.1 });
    shaped.writeSafe(poseAt(0.9));
    write(-1, 0);
    expect(values()).toEqual(near(poseAt(0.9)));
    write(-1, 0.5);
    expect(values()).toEqual(near(poseAt(0.4)));
    write(-1, 1);
    expect(values()).toEqual(near(poseAt(-0.1)));
  });

  it('spans the range of each joint', () => {
    const { shaped, write, values } = position();
    shaped.writeSafe(poseAt(0));
    for (const action of [-1, -0.25, 0, 1]) {
      write(action);
      expect(values()).toEqual(near(poseAt(action)));
    }
  });

  it('is a target within the limits, to the last bit, whatever is asked for and wherever the robot is', () => {
    const anyNumber = fc.oneof(fc.double(), fc.double({ min: -1.5, max: 1.5, noNaN: true }));
    fc.assert(
      fc.property(anyNumber, fc.double({ min: -3, max: 3, noNaN: true }), fc.nat(2), (action, share, how) => {
        const { shaped, write, values } = position();
        shaped.writeSafe(poseAt(share));
        if (how === 1) write(action);
        if (how === 2) shaped.writeDamping(new Float64Array(8).fill(action), poseAt(share), PERIOD);
        values().forEach((value, j) => {
          expect(value).toBeGreaterThanOrEqual(joints[j]!.lower);
          expect(value).toBeLessThanOrEqual(joints[j]!.upper);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('holds the pose in which the hold began, even when the robot sags', () => {
    const { shaped, values } = position();
    shaped.writeSafe(poseAt(0.3));
    shaped.writeSafe(poseAt(0.1));
    shaped.writeSafe(undefined);
    expect(values()).toEqual(near(poseAt(0.3)));
  });

  it('holds another pose with another hold', () => {
    const { shaped, write, values } = position();
    shaped.writeSafe(poseAt(0.3));
    write(-0.5);
    shaped.writeSafe(poseAt(-0.45));
    expect(values()).toEqual(near(poseAt(-0.45)));
  });

  it('stays where it is when the robot cannot be seen', () => {
    const { shaped, write, values } = position();
    shaped.writeSafe(poseAt(0.3));
    write(-0.5);
    shaped.writeSafe(undefined);
    expect(values()).toEqual(near(poseAt(-0.5)));
  });

  it('fades in from the pose that was held', () => {
    const { shaped, write, values } = position();
    shaped.writeSafe(poseAt(0.4));
    for (const [gain, share] of [
      [0, 0.4],
      [0.5, -0.1],
      [1, -0.6],
    ] as const) {
      write(-0.6, gain);
      expect(values()).toEqual([...poseAt(share)].map((value) => expect.closeTo(value, 6) as number));
    }
  });

  it('fades in another life from where it is, not from a pose that was held long ago', () => {
    const { shaped, write, values } = position();
    shaped.writeSafe(poseAt(0.4));
    write(-0.6);
    shaped.restart();
    write(1, 0);
    expect(values()).toEqual([...poseAt(-0.6)].map((value) => expect.closeTo(value, 6) as number));
  });

  it('brakes by holding the pose', () => {
    const { shaped, write, values } = position();
    shaped.writeSafe(poseAt(0.4));
    write(-0.6);
    shaped.writeDamping(new Float64Array(8).fill(30), poseAt(-0.2), PERIOD);
    expect(values()).toEqual(near(poseAt(-0.2)));
  });

  it('does not know where the robot is after a pause', () => {
    const { shaped } = position();
    shaped.writeSafe(poseAt(0.4));
    shaped.forget();
    expect(shaped.ready).toBe(false);
    shaped.writeSafe(poseAt(-0.9));
    expect([...shaped.message.values]).toEqual(near(poseAt(-0.9)));
  });
});
