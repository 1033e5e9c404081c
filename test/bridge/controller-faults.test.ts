import { describe, expect, it } from 'vitest';
import { Controller } from '../../bridge/controller.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { constantPolicy, controllerRig, PERIOD, SAFE } from './controller-rig.js';

const FULL = Array<number>(8).fill(250);

describe('when a part fails', () => {
  it('a listener that throws changes nothing', () => {
    const rig = controllerRig({ policy: constantPolicy(1) });
    rig.transport.subscribe('jointCommand', () => {
      throw new Error('a panel crashed');
    });
    rig.start();
    rig.walk(5);
    expect(rig.commands).toEqual(Array(5).fill(FULL));
    expect(rig.errors).toHaveLength(5);
  });

  it('a policy that throws leads to the safe command, and is tried again', () => {
    let broken = false;
    const rig = controllerRig({
      policy: constantPolicy(1, () => {
        if (broken) throw new Error('out of range');
      }),
    });
    rig.start();
    rig.walk(3);
    broken = true;
    rig.walk(2);
    expect(rig.commands.slice(-2)).toEqual([SAFE, SAFE]);
    expect(rig.statuses.at(-1)!.reason).toBe('the policy failed: out of range');
    broken = false;
    rig.walk(1);
    expect(rig.commands.at(-1)).toEqual(FULL);
  });

  it('a fault in the step itself stops the robot until it is cleared, with the safe command', () => {
    let broken = false;
    const rig = controllerRig();
    const { transport, clock } = rig;
    const controller = new Controller({
      transport: {
        publish(topic, message) {
          if (broken && topic === 'bodyPerturbation') throw new Error('the line is dead');
          transport.publish(topic, message);
        },
        subscribe: (topic, listener) => transport.subscribe(topic, listener),
        close: () => transport.close(),
      },
      clock,
      policy: constantPolicy(1),
      contract: ANT_CONTRACT,
      seed: 1,
      simulated: true,
      safety: { fadeInTime: 0, largestActionRate: Infinity },
    });
    controller.activate(clock.now() + PERIOD / 2);
    rig.walk(3);
    expect(rig.commands.at(-1)).toEqual(FULL);
    broken = true;
    rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front' });
    rig.walk(3);
    expect(rig.commands.slice(-3)).toEqual([SAFE, SAFE, SAFE]);
    expect(rig.statuses.at(-1)).toMatchObject({
      state: 'stopped',
      reason: 'the controller itself failed: the line is dead; stopped until it is cleared',
      latched: 'the controller itself failed',
    });
  });
});
