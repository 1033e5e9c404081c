import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RobotState } from '../../bridge/message-map.js';
import { createBodyState, observe } from '../../policy/observation.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { constantPolicy, controllerRig, PERIOD, plasticNetwork, SAFE } from './controller-rig.js';
import { standingAnt, withJointOrder } from './robot-messages.js';

describe('the controller', () => {
  it('sends the safe command every period until the first robot state', () => {
    const rig = controllerRig();
    rig.start();
    rig.clock.advance(5 * PERIOD);
    expect(rig.commands).toEqual(Array(5).fill(SAFE));
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'waiting',
      reason: 'no robot state has arrived yet',
      stateAge: null,
      stepTime: null,
    });
  });

  it("sends the policy's actions as efforts, from the newest state, once each period", () => {
    const rig = controllerRig();
    rig.start();
    const policy = plasticNetwork();
    policy.reset(1);
    const observation = new Float32Array(28);
    const action = new Float32Array(8);
    const state = createBodyState(ANT_CONTRACT);
    for (let step = 0; step < 20; step++) {
      const message = standingAnt();
      message.joints.velocity.fill(-99);
      rig.publishState(message);
      message.joints.velocity.fill(step);
      message.stamp += PERIOD / 4;
      rig.transport.publish('robotState', message);
      rig.clock.advance(PERIOD);
      state.height = message.torso.position[2]!;
      state.jointPosition.set(message.joints.position);
      state.jointVelocity.fill(step);
      state.footContact.fill(1);
      observe(ANT_CONTRACT, state, state.height, 0, observation);
      policy.act(observation, action);
      expect(rig.controller.observation).toEqual(observation);
      expect(rig.commands).toHaveLength(step + 1);
      expect(rig.commands.at(-1)).toEqual([...action].map((value) => value * 250));
    }
  });

  it('turns the observation towards its goal', () => {
    const rig = controllerRig({ goalHeading: 0.5 });
    rig.start();
    rig.walk(1);
    expect(rig.controller.observation[1]).toBeCloseTo(Math.sin(0.5), 6);
    expect(rig.controller.observation[2]).toBeCloseTo(Math.cos(0.5), 6);
  });

  it('measures height from the first state of the robot, or from where it is told to', () => {
    const heights = [{}, { referenceHeight: 0.5 }].map((options) => {
      const rig = controllerRig(options);
      rig.start();
      rig.walk(1);
      const higher = standingAnt();
      higher.torso.position[2] = 0.75;
      rig.walk(1, () => higher);
      return rig.controller.observation[0];
    });
    expect(heights).toEqual([Math.fround(0.15), 0.25].map((height) => expect.closeTo(height, 6) as number));
  });

  it('finds joints by name, in whatever order the robot tells them', () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8, maxLength: 8 });
    const message = standingAnt();
    message.joints.position.set([0.1, 0.9, 0.2, 1.0, 0.3, 1.1, 0.4, 1.2]);
    message.joints.velocity.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const told = (names: RobotState) => {
      const rig = controllerRig();
      rig.start();
      rig.walk(1, () => names);
      return { observation: rig.controller.observation, command: rig.commands.at(-1) };
    };
    const expected = told(message);
    fc.assert(
      fc.property(order, (places) => {
        expect(told(withJointOrder(message, places))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a robot with other joints, naming them, with nothing but the safe command', () => {
    const rig = controllerRig();
    rig.start();
    const other = standingAnt();
    const names = [...other.joints.names];
    names[0] = 'left_front_knee';
    const stranger = {
      ...other,
      joints: { ...other.joints, names },
      feet: { ...other.feet, names: ['paw'] },
    };
    rig.walk(3, () => stranger);
    expect(rig.commands).toEqual(Array(3).fill(SAFE));
    const { state, reason } = rig.statuses.at(-1)!;
    expect(state).toBe('waiting');
    expect(reason).toBe(
      'the robot is not the one that these rules are for: it lacks joint left_front_hip; ' +
        'has unknown joint left_front_knee; ' +
        'lacks foot left_front_foot, right_front_foot, left_back_foot, right_back_foot; has unknown foot paw',
    );
    rig.walk(1);
    expect(rig.statuses.at(-1)!.state).toBe('running');
    expect(rig.commands.at(-1)).not.toEqual(SAFE);
    rig.walk(1, () => withJointOrder(standingAnt(), [0, 1, 2, 3, 4, 5, 6, 7, 0]));
    expect(rig.statuses.at(-1)!.reason).toContain('it names joint left_front_hip twice');
    expect(rig.commands.at(-1)).toEqual(SAFE);
  });

  it('refuses a policy of other sizes', () => {
    const wide = { ...constantPolicy(0), actionSize: 12 };
    expect(() => controllerRig({ policy: wide })).toThrow(
      'the policy maps 28 observations to 12 actions; the robot has 28 and 8',
    );
  });

  it('sends the safe command within a period of the state being 3 periods old, and goes on with fresh ones', () => {
    const rig = controllerRig({ policy: constantPolicy(0.5) });
    const acting = Array<number>(8).fill(125);
    rig.start();
    rig.walk(2);
    // The last state came 1.5 periods before the next step.
    rig.clock.advance(3 * PERIOD);
    expect(rig.commands).toEqual([acting, acting, acting, acting, SAFE]);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'holding',
      reason: 'the newest robot state is too old',
    });
    rig.clock.advance(4 * PERIOD);
    expect(rig.commands.slice(5)).toEqual(Array(4).fill(SAFE));
    rig.walk(1);
    expect(rig.commands.at(-1)).toEqual(acting);
    expect(rig.statuses.at(-1)).toMatchObject({ state: 'running', reason: 'in control', safeSteps: 5 });
  });

  it('takes a state that is sent again and again for what it is: old', () => {
    const rig = controllerRig({ policy: constantPolicy(0.5) });
    rig.start();
    const frozen = standingAnt();
    frozen.stamp = 42;
    for (let k = 0; k < 5; k++) {
      rig.transport.publish('robotState', frozen);
      rig.clock.advance(PERIOD);
    }
    expect(rig.commands.at(-1)).toEqual(SAFE);
  });

  it('sends the safe command as long as any number of the state is not finite, and goes on after it', () => {
    const places = [
      ['torso.position', (message: RobotState) => message.torso.position, 2],
      ...[0, 1, 2, 3].map((k) => ['orientation', (m: RobotState) => m.torso.orientation, k] as const),
      ...[0, 1, 2].map((k) => ['velocity', (m: RobotState) => m.torso.linearVelocity, k] as const),
      ...[0, 7].map((j) => ['joint position', (m: RobotState) => m.joints.position, j] as const),
      ...[0, 7].map((j) => ['joint velocity', (m: RobotState) => m.joints.velocity, j] as const),
      ...[0, 3].map((f) => ['contact', (m: RobotState) => m.feet.contact, f] as const),
    ] as const;
    const rig = controllerRig();
    rig.start();
    for (const [, values, at] of places) {
      for (const value of [NaN, Infinity, -Infinity]) {
        rig.walk(1);
        expect(rig.commands.at(-1)).not.toEqual(SAFE);
        const message = standingAnt();
        values(message)[at] = value;
        rig.walk(2, () => message);
        expect(rig.commands.slice(-2)).toEqual([SAFE, SAFE]);
        expect(rig.statuses.at(-1)!.reason).toBe('the robot state has values that are not finite');
      }
    }
  });

  it('sends the safe command when a message is too short for its names', () => {
    const rig = controllerRig();
    rig.start();
    rig.walk(1, () => ({ ...standingAnt(), feet: { ...standingAnt().feet, contact: Float64Array.of(1) } }));
    expect(rig.commands).toEqual([SAFE]);
  });

  it.each([NaN, Infinity, -Infinity])('sends the safe command for an action of %s', (value) => {
    let action = 0.5;
    const policy = constantPolicy(0);
    policy.act = (_observation, out) => void out.fill(0.5).fill(action, 3, 4);
    const rig = controllerRig({ policy });
    rig.start();
    rig.walk(1);
    action = value;
    rig.walk(2);
    expect(rig.commands.slice(1)).toEqual([SAFE, SAFE]);
    expect(rig.statuses.at(-1)!.reason).toBe('the policy gave actions that are not finite');
    action = 0.5;
    rig.walk(1);
    expect(rig.commands.at(-1)).toEqual(Array(8).fill(125));
  });

  it('keeps efforts within their limits', () => {
    const rig = controllerRig({ policy: constantPolicy(-7) });
    rig.start();
    rig.walk(1);
    expect(rig.commands).toEqual([Array(8).fill(-250)]);
  });

  it.each([NaN, Infinity])(
    'stops at a weight of %s within 20 steps, and goes on once they are reset and the stop is cleared',
    (weight) => {
      const policy = plasticNetwork();
      const rig = controllerRig({ policy, simulated: true });
      rig.start();
      rig.walk(30);
      policy.freeze();
      policy.layers[0]!.weights[5] = weight;
      rig.walk(20);
      expect(rig.commands.at(-1)).toEqual(SAFE);
      expect(rig.statuses.at(-1)).toMatchObject({
        state: 'stopped',
        reason:
          `plasticity ran away; reset the weights: weights of ${weight} rms (at most ${Number.isNaN(weight) ? 200 : 5000}); ` +
          'stopped until it is cleared',
        weightRms: null,
      });
      rig.begin({ id: 'reset', component: 'weights', type: 'reset' });
      rig.walk(5);
      expect(rig.commands.at(-1)).toEqual(SAFE);
      rig.controller.clearStop();
      rig.walk(2);
      expect(rig.commands.at(-1)).not.toEqual(SAFE);
      expect(rig.statuses.at(-1)!.state).toBe('running');
    },
  );

  it('sends the safe command when the policy fails, and says how', () => {
    const rig = controllerRig({
      policy: constantPolicy(0.5, () => {
        throw new Error('out of memory');
      }),
    });
    rig.start();
    rig.walk(2);
    expect(rig.commands).toEqual([SAFE, SAFE]);
    expect(rig.statuses.at(-1)!.reason).toBe('the policy failed: out of memory');
    expect(rig.errors).toEqual([]);
  });

  it('counts a policy that takes too long, and the periods that it cost', () => {
    let duration = 0;
    const rig = controllerRig({ policy: constantPolicy(0.5, () => rig.clock.beBusy(duration)) });
    rig.start();
    rig.walk(3);
    duration = 2.25 * PERIOD;
    rig.walk(1);
    duration = 0;
    rig.walk(4);
    expect(rig.controller.status()).toMatchObject({ overruns: 1, missedPeriods: 2 });
    expect(rig.controller.status().stepTime!.p99).toBeCloseTo(2.25 * PERIOD, 3);
    expect(rig.controller.status().stepTime!.p50).toBeLessThan(1e-6);
  });

  it('stops with the safe command as its last word', () => {
    const rig = controllerRig();
    rig.start();
    rig.walk(3);
    rig.controller.stop();
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)).toMatchObject({ state: 'finalized', reason: 'shut down' });
    const { length } = rig.commands;
    rig.controller.stop();
    rig.controller.step();
    rig.walk(5);
    expect(rig.commands).toHaveLength(length);
    expect(rig.begin({ id: 'late', component: 'plasticity', type: 'freeze' })).toBeUndefined();
  });

  it('tells its status at every change and once each status period', () => {
    const rig = controllerRig({ statusPeriod: 10 * PERIOD });
    rig.start();
    rig.walk(100);
    expect(rig.statuses.length).toBeGreaterThanOrEqual(10);
    expect(rig.statuses.length).toBeLessThanOrEqual(11);
    expect(rig.statuses.at(-1)).toMatchObject({ state: 'running', frozen: false, activePerturbations: [] });
    expect(rig.statuses.at(-1)!.stateAge).toBeCloseTo(PERIOD / 2, 9);
    expect(rig.statuses.at(-1)!.weightRms).toBeGreaterThan(0);
  });

  it('begins another life with another episode of the robot', () => {
    const first = controllerRig();
    first.start();
    first.walk(10);
    const restarted = standingAnt();
    restarted.episode = 1;
    restarted.torso.position[2] = 0.5;
    first.walk(1, () => restarted);
    expect(first.controller.observation[0]).toBe(0);
    const actions = first.commands.at(-1);
    first.walk(10, () => restarted);
    restarted.episode = 2;
    first.walk(1, () => restarted);
    expect(first.commands.at(-1)).not.toEqual(actions);
    expect(first.commands.at(-1)).not.toEqual(first.commands[0]);
  });
});
