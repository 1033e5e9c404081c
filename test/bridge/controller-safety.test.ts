import { describe, expect, it } from 'vitest';
import type { ControllerOptions } from '../../bridge/controller.js';
import type { RobotState } from '../../bridge/message-map.js';
import { constantPolicy, controllerRig, PERIOD, plasticNetwork, SAFE } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

const FULL = Array<number>(8).fill(250);

/** Walking, under a policy that wants all there is. */
function walking(options: Partial<ControllerOptions> = {}) {
  const rig = controllerRig({ policy: constantPolicy(1), ...options });
  rig.start();
  rig.walk(30);
  return rig;
}

function ant(change: (message: RobotState) => unknown): () => RobotState {
  return () => {
    const message = standingAnt();
    change(message);
    return message;
  };
}
const fallen = ant(({ torso }) => torso.orientation.set([1, 0, 0, 0]));

describe('the command', () => {
  it('fades in over its time', () => {
    const rig = controllerRig({ policy: constantPolicy(1), safety: { fadeInTime: 10 * PERIOD } });
    rig.start();
    rig.walk(12);
    rig.commands.forEach(([value], step) => expect(value).toBeCloseTo(250 * Math.min(1, step / 10), 6));
    expect(rig.statuses.map(({ state }) => state)).toEqual(['waiting', 'fading', 'running']);
  });

  it.each(['report', 'hold', 'stop'] as const)(
    'is safe after the process was stopped for a while, though states are there at once, and fades in: %s',
    (overrunPolicy) => {
      const rig = walking({ safety: { fadeInTime: 10 * PERIOD, overrunPolicy } });
      expect(rig.commands.at(-1)).toEqual(FULL);
      // SIGSTOP, SIGCONT: time has passed, and what was queued meanwhile is heard as if it were new.
      rig.clock.beBusy(10 * PERIOD);
      rig.publishState();
      const before = rig.commands.length;
      rig.clock.advance(PERIOD);
      expect(rig.commands[before]).toEqual(SAFE);
      rig.walk(2);
      expect(rig.controller.status().state).not.toBe('running');
      expect(Math.abs(rig.commands.at(-1)![0]!)).toBeLessThan(0.5 * 250);
    },
  );

  it('fades in anew when control was lost', () => {
    const rig = walking({ safety: { fadeInTime: 10 * PERIOD } });
    expect(rig.commands.at(-1)).toEqual(FULL);
    rig.clock.advance(5 * PERIOD);
    expect(rig.commands.at(-1)).toEqual(SAFE);
    rig.walk(2);
    expect(rig.commands.at(-1)![0]).toBeCloseTo(25, 6);
  });

  it('rises by no more than the rate, whatever the policy wants', () => {
    const rig = controllerRig({ policy: constantPolicy(1), safety: { largestActionRate: 0.25 / PERIOD } });
    rig.start();
    rig.walk(5);
    expect(rig.commands.map(([value]) => value)).toEqual(
      [62.5, 125, 187.5, 250, 250].map((value) => expect.closeTo(value, 6) as number),
    );
  });
});

describe('a robot in trouble', () => {
  it('is braked while it is tilted, and stopped when that lasts', () => {
    const rig = walking({ safety: { dampedTimeout: 20 * PERIOD, dampingGain: 0.05 } });
    const falling = ant(({ torso, joints }) => {
      torso.orientation.set([1, 0, 0, 0]);
      joints.velocity.fill(4);
    });
    rig.walk(5, falling);
    expect(rig.commands.at(-1)).toEqual(SAFE.map(() => expect.closeTo(-50, 9) as number));
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'damped',
      reason: 'the torso is tilted too far: 3.14 rad, at most 1.05',
    });
    rig.walk(20, falling);
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'stopped',
      latched: 'the torso is tilted too far',
    });
    rig.walk(100);
    expect(rig.commands.at(-1)).toEqual(SAFE);
  });

  it('is walked on with when it has got up, after the recovery time', () => {
    const rig = walking({ safety: { recoveryTime: 10 * PERIOD } });
    rig.walk(3, fallen);
    rig.walk(10);
    expect(rig.statuses.at(-1)).toMatchObject({ state: 'damped', reason: 'recovering' });
    rig.walk(2);
    expect(rig.statuses.at(-1)!.state).toBe('running');
    expect(rig.commands.at(-1)).toEqual(FULL);
  });

  it.each([
    ['a joint too fast', ant(({ joints }) => (joints.velocity[2] = -45)), /right_front_hip at -45 rad\/s/],
    ['an effort too large', ant(({ joints }) => (joints.effort[7] = 400)), /right_back_ankle at 400 N m/],
  ])('is braked for %s, which is named', (_, message, reason) => {
    const rig = walking();
    rig.walk(2, message);
    expect(rig.statuses.at(-1)!.state).toBe('damped');
    expect(rig.statuses.at(-1)!.reason).toMatch(reason);
  });

  it('is held when a joint is where it cannot be', () => {
    const rig = walking();
    rig.walk(
      1,
      ant(({ joints }) => (joints.position[0] = 3)),
    );
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)!.reason).toContain('left_front_hip at 3 rad');
  });

  it('is held when its states come too rarely', () => {
    const rig = walking({ safety: { leastInputRate: 20, stalePeriods: 10 } });
    for (let k = 0; k < 20; k++) {
      rig.publishState();
      rig.clock.advance(6 * PERIOD);
    }
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)!.state).toBe('holding');
    expect(rig.statuses.at(-1)!.reason).toMatch(/^robot states come too rarely: .* a second, at least 20$/);
  });
});

describe('too much load', () => {
  /** A policy that takes a third of a second for one step. */
  function overloaded(overrunPolicy: 'report' | 'hold' | 'stop') {
    let slow = false;
    const rig = controllerRig({
      policy: constantPolicy(1, () => {
        if (slow) rig.clock.beBusy(0.35);
        slow = false;
      }),
      safety: { overrunPolicy },
    });
    rig.start();
    rig.walk(30);
    slow = true;
    rig.walk(2);
    rig.walk(1);
    return rig;
  }

  it('is told, and no more, where it is to be reported', () => {
    const rig = overloaded('report');
    expect(rig.commands.at(-1)).toEqual(FULL);
    expect(rig.controller.status().missedPeriods).toBeGreaterThanOrEqual(20);
  });

  it('holds the robot until a second has gone well', () => {
    const rig = overloaded('hold');
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'holding',
      reason: 'too many control periods were missed',
    });
    rig.walk(70);
    expect(rig.commands.at(-1)).toEqual(FULL);
  });

  it('stops the robot for good where it is to', () => {
    const rig = overloaded('stop');
    rig.walk(100);
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'stopped',
      latched: 'too many control periods were missed',
    });
  });

  it('is not made of what was missed one by one while the robot was silent', () => {
    const rig = walking({ safety: { overrunPolicy: 'stop' } });
    for (let k = 0; k < 40; k++) {
      rig.clock.advance(10 * PERIOD);
      rig.clock.beBusy(2 * PERIOD);
    }
    expect(rig.controller.status().missedPeriods).toBeGreaterThan(30);
    rig.walk(10);
    expect(rig.statuses.at(-1)!.state).toBe('running');
  });
});

describe('plasticity that runs away', () => {
  const LADDER = { freeze: 10, damp: 100, stop: 1000 };

  /** Walking with a network whose weights the test sets. */
  function withWeights(bounds: typeof LADDER) {
    const policy = plasticNetwork();
    const rig = walking({ policy, safety: { weightRms: bounds, dampedTimeout: 1e6 } });
    const set = (weight: number) => policy.layers.forEach(({ weights }) => weights.fill(weight));
    return { rig, policy, set };
  }

  it('is frozen, then braked, then stopped, each of which is told', () => {
    const { rig, set } = withWeights(LADDER);
    set(11);
    rig.walk(2);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'running',
      frozen: true,
      plasticity: { frozenBy: ['health'], health: 'freeze' },
    });
    expect(rig.commands.at(-1)).not.toEqual(SAFE);
    set(101);
    rig.walk(2);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'damped',
      reason: 'plasticity is unhealthy; reset the weights: weights of 101 rms (at most 100)',
      plasticity: { health: 'damp' },
    });
    set(1001);
    rig.walk(2);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'stopped',
      latched: 'plasticity ran away; reset the weights',
      plasticity: { health: 'stop' },
    });
    expect(rig.commands.at(-1)).toEqual(SAFE);
  });

  it('stays frozen when an operator thaws it while it is past its bound', () => {
    const { rig, set } = withWeights(LADDER);
    set(11);
    rig.walk(2);
    rig.controller.setFrozen(false);
    rig.walk(1);
    expect(rig.controller.status().frozen).toBe(true);
  });

  it('is well again with other weights', () => {
    const { rig, set } = withWeights(LADDER);
    set(101);
    rig.walk(2);
    rig.controller.resetWeights();
    rig.walk(60);
    expect(rig.controller.status()).toMatchObject({
      state: 'running',
      frozen: false,
      plasticity: { frozenBy: [], health: 'healthy' },
    });
  });

  it('is not blamed for what a perturbation did to the weights', () => {
    const policy = plasticNetwork();
    const rig = walking({
      policy,
      simulated: true,
      safety: { weightDrift: { freeze: 0.5, damp: 0.6, stop: 0.7 }, settleTime: 1 },
    });
    // Frozen, so that nothing but the perturbation changes them.
    rig.controller.setFrozen(true);
    rig.walk(180);
    rig.begin({ id: 'zero', component: 'weights', type: 'zero', value: 1 });
    rig.walk(180);
    expect(rig.controller.status()).toMatchObject({ state: 'running', plasticity: { health: 'healthy' } });
  });
});
