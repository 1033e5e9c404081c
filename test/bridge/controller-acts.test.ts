import { describe, expect, it } from 'vitest';
import type { ControllerOptions } from '../../bridge/controller.js';
import { constantPolicy, controllerRig, PERIOD, plasticNetwork, SAFE } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

const FULL = Array<number>(8).fill(250);
type Rig = ReturnType<typeof controllerRig>;

function walking(options: Partial<ControllerOptions> = {}) {
  const rig = controllerRig({ policy: constantPolicy(1), ...options });
  rig.start();
  rig.walk(30);
  return rig;
}

const fallen = () => {
  const message = standingAnt();
  message.torso.orientation.set([1, 0, 0, 0]);
  return message;
};

describe('an emergency stop', () => {
  const start = (rig: Rig, periods: number, message = standingAnt) => {
    rig.start();
    rig.walk(periods, message);
  };
  const before: readonly (readonly [string, string, (rig: Rig) => void])[] = [
    ['inactive', 'inactive', () => undefined],
    ['waiting', 'stopped', (rig) => start(rig, 0)],
    ['fading', 'stopped', (rig) => start(rig, 1)],
    ['running', 'stopped', (rig) => start(rig, 30)],
    [
      'holding',
      'stopped',
      (rig) => {
        start(rig, 30);
        rig.clock.advance(10 * PERIOD);
      },
    ],
    ['damped', 'stopped', (rig) => start(rig, 30, fallen)],
  ];

  it.each(before)('out of %s sends the safe command at once and leads to %s', (phase, then, happen) => {
    const rig = controllerRig({ policy: constantPolicy(1), safety: { fadeInTime: 10 * PERIOD } });
    happen(rig);
    expect(rig.controller.state.phase).toBe(phase);
    const { length } = rig.commands;
    rig.controller.emergencyStop();
    expect(rig.commands.slice(length)).toEqual([SAFE]);
    expect(rig.statuses.at(-1)).toMatchObject({ state: then, latched: 'emergency stop' });
  });

  it('that was asked for by message is answered', () => {
    const rig = walking();
    rig.transport.publish('operatorRequest', { operation: 'emergency-stop', id: 'red button' });
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.answers.at(-1)).toMatchObject({ id: 'red button', accepted: true });
  });

  it('lasts until it is cleared, and then fades in', () => {
    const rig = walking({ safety: { fadeInTime: 10 * PERIOD } });
    rig.controller.emergencyStop();
    const { length } = rig.commands;
    rig.walk(100);
    expect(rig.commands.slice(length)).toEqual(Array(100).fill(SAFE));
    expect(rig.controller.clearStop()).toBe(true);
    rig.walk(2);
    expect(rig.commands.at(-1)![0]).toBeCloseTo(25, 6);
    rig.walk(10);
    expect(rig.commands.at(-1)).toEqual(FULL);
  });

  it('lasts through deactivation and another activation', () => {
    const rig = walking();
    rig.controller.emergencyStop();
    rig.controller.deactivate();
    rig.start();
    rig.walk(10);
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.controller.state.phase).toBe('stopped');
  });

  it('of an inactive controller holds when it is activated', () => {
    const rig = controllerRig({ policy: constantPolicy(1) });
    rig.controller.emergencyStop();
    rig.start();
    rig.walk(5);
    expect(rig.commands).toEqual(Array(6).fill(SAFE));
  });

  it('from before there was a controller holds too', () => {
    const rig = walking({ latched: 'emergency-stop' });
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.controller.status().latched).toBe('emergency stop');
  });

  it('while the policy is at work has the last word', () => {
    const rig: Rig = controllerRig({
      policy: constantPolicy(1, () => {
        if (rig.commands.length === 5) rig.controller.emergencyStop();
      }),
    });
    rig.start();
    rig.walk(10);
    expect(rig.commands.slice(0, 5)).toEqual(Array(5).fill(FULL));
    expect(rig.commands.slice(5)).toEqual(Array(6).fill(SAFE));
  });

  it('is not to be cleared when there is none', () => {
    const rig = walking();
    expect(rig.controller.clearStop()).toBe(false);
    rig.walk(1);
    expect(rig.commands.at(-1)).toEqual(FULL);
  });
});

describe('an operator', () => {
  it('freezes the weights and lets them change again', () => {
    const policy = plasticNetwork();
    const rig = walking({ policy });
    const weights = () => policy.layers.map((layer) => layer.weights.slice());
    const ask = (frozen: boolean) =>
      rig.transport.publish('operatorRequest', { operation: 'freeze', id: 'f', frozen });
    ask(true);
    const before = weights();
    rig.walk(5);
    expect(weights()).toEqual(before);
    expect(rig.controller.status()).toMatchObject({ frozen: true, plasticity: { frozenBy: ['operator'] } });
    ask(false);
    rig.walk(5);
    expect(weights()).not.toEqual(before);
  });

  it('does not thaw what a perturbation freezes', () => {
    const rig = walking({ policy: plasticNetwork(), simulated: true });
    rig.begin({ id: 'freeze', component: 'plasticity', type: 'freeze' });
    rig.walk(1);
    rig.controller.setFrozen(true);
    rig.controller.setFrozen(false);
    expect(rig.controller.status().plasticity!.frozenBy).toEqual(['perturbation']);
    expect(rig.controller.status().frozen).toBe(true);
  });

  it('draws the weights anew, which fades in', () => {
    const policy = plasticNetwork();
    const rig = walking({ policy, safety: { fadeInTime: 10 * PERIOD } });
    rig.transport.publish('operatorRequest', { operation: 'reset-weights', id: 'r', seed: 77 });
    const fresh = plasticNetwork();
    fresh.resetWeights(77);
    expect(policy.layers.map(({ weights }) => weights)).toEqual(fresh.layers.map(({ weights }) => weights));
    rig.walk(1);
    expect(rig.controller.state.phase).toBe('fading');
    expect(Math.max(...rig.commands.at(-1)!.map(Math.abs))).toBeLessThan(0.06 * 250);
  });

  it('gets other weights each time, and the same ones in another run', () => {
    const weightsAfter = (resets: number) => {
      const policy = plasticNetwork();
      const rig = walking({ policy });
      for (let k = 0; k < resets; k++) rig.controller.resetWeights();
      return policy.layers[0]!.weights.slice();
    };
    expect(weightsAfter(1)).toEqual(weightsAfter(1));
    expect(weightsAfter(1)).not.toEqual(weightsAfter(2));
  });

  it('turns the goal', () => {
    const rig = walking();
    rig.transport.publish('operatorRequest', { operation: 'goal-heading', id: 'g', heading: 1 });
    rig.walk(1);
    expect(rig.controller.observation[1]).toBeCloseTo(Math.sin(1), 6);
  });

  it('tells where the goal is as soon as it is another, whoever turned it and before it is activated', () => {
    const rig = controllerRig({ goalHeading: 0.25 });
    rig.controller.goalHeading = 0.25;
    expect(rig.statuses).toEqual([]);
    rig.controller.goalHeading = 0.5;
    rig.transport.publish('operatorRequest', { operation: 'goal-heading', id: 'g', heading: 1 });
    expect(rig.statuses.map(({ state, goalHeading }) => [state, goalHeading])).toEqual([
      ['inactive', 0.5],
      ['inactive', 1],
    ]);
    rig.controller.stop();
    const said = rig.statuses.length;
    rig.controller.goalHeading = 0;
    expect(rig.statuses).toHaveLength(said);
  });

  it.each(['freeze', 'reset-weights'] as const)(
    'is told that a policy without weights knows no %s',
    (operation) => {
      const rig = walking();
      rig.transport.publish(
        'operatorRequest',
        operation === 'freeze' ? { operation, id: 'x', frozen: true } : { operation, id: 'x' },
      );
      expect(rig.answers.at(-1)).toMatchObject({
        id: 'x',
        accepted: false,
        code: 'ERR_OPERATOR_REQUEST',
        reason: `${operation}: this policy has no weights that change`,
      });
    },
  );
});

describe('an inactive controller', () => {
  it('has sent the safe command as its last word, and says nothing more', () => {
    const rig = walking();
    rig.controller.deactivate();
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)).toMatchObject({ state: 'inactive', reason: 'not active' });
    const { length } = rig.commands;
    rig.walk(10);
    rig.controller.deactivate();
    expect(rig.commands).toHaveLength(length);
  });

  it('begins another life when it is activated again, faded in', () => {
    const policy = plasticNetwork();
    const rig = walking({ policy, safety: { fadeInTime: 10 * PERIOD } });
    const before = policy.layers[0]!.weights.slice();
    rig.controller.deactivate();
    rig.clock.advance(1);
    rig.start();
    expect(policy.layers[0]!.weights).not.toEqual(before);
    rig.walk(1);
    expect(rig.controller.state.phase).toBe('fading');
    expect(rig.commands.at(-1)).toEqual(SAFE.map(() => expect.closeTo(0, 9) as number));
  });

  it('is activated once', () => {
    const rig = walking();
    rig.start();
    const { length } = rig.commands;
    rig.walk(10);
    expect(rig.commands).toHaveLength(length + 10);
  });

  it('has no perturbations left: those of a run end with it', () => {
    const rig = walking({ policy: plasticNetwork(), simulated: true });
    rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front', duration: 60 });
    rig.begin({ id: 'later', component: 'plasticity', type: 'freeze', start: 1 });
    rig.walk(1);
    rig.controller.deactivate();
    expect(rig.passedOn).toEqual(['begin short', 'end short']);
    expect(rig.statuses.at(-1)!.activePerturbations).toEqual([]);
    rig.start();
    rig.walk(90);
    expect(rig.controller.status().frozen).toBe(false);
  });

  it('takes perturbations for the run that comes', () => {
    const rig = controllerRig({ simulated: true });
    rig.clock.advance(60);
    rig.begin({ id: 'freeze', component: 'plasticity', type: 'freeze', duration: 10 * PERIOD });
    rig.start();
    rig.walk(2);
    expect(rig.controller.status().frozen).toBe(true);
    rig.walk(10);
    expect(rig.controller.status().frozen).toBe(false);
  });

  it('can be activated again when the policy could not begin a life', () => {
    let broken = true;
    const policy = constantPolicy(1);
    policy.reset = () => {
      if (broken) throw new Error('no memory');
    };
    const rig = controllerRig({ policy, trigger: 'input' });
    expect(() => rig.start()).toThrow('no memory');
    broken = false;
    rig.start();
    rig.publishState();
    expect(rig.commands, 'once for each state').toEqual([FULL]);
  });
});
