import { describe, expect, it } from 'vitest';
import { constantPolicy, controllerRig, PERIOD, plasticNetwork } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

describe('a robot that is commanded in positions', () => {
  const at = (position: number) => {
    const message = standingAnt();
    message.joints.position.fill(position);
    return message;
  };
  const held = (position: number) => Array<unknown>(8).fill(expect.closeTo(position, 9));
  const positions = { policy: constantPolicy(1), commandInterface: 'position' } as const;

  it('is sent nothing before it was seen', () => {
    const rig = controllerRig(positions);
    rig.start();
    rig.clock.advance(10 * PERIOD);
    rig.controller.emergencyStop();
    expect(rig.commands).toEqual([]);
  });

  it('is held where it is at an emergency stop', () => {
    const rig = controllerRig({ ...positions, safety: { fadeInTime: 1 } });
    rig.start();
    rig.walk(10, () => at(0.6));
    rig.publishState(at(0.65));
    rig.controller.emergencyStop();
    expect(rig.commands.at(-1)).toEqual(held(0.65));
    rig.walk(10, () => at(0.55));
    expect(rig.commands.at(-1)).toEqual(held(0.65));
  });

  it('is not pulled back to where an earlier run ended', () => {
    const rig = controllerRig(positions);
    rig.start();
    rig.walk(10, () => at(0.6));
    rig.controller.deactivate();
    rig.clock.advance(60);
    const { length } = rig.commands;
    rig.controller.emergencyStop();
    expect(rig.commands).toHaveLength(length);
    rig.controller.clearStop();
    rig.start();
    rig.clock.advance(5 * PERIOD);
    expect(rig.commands).toHaveLength(length);
    const message = at(0.55);
    message.torso.orientation.set([1, 0, 0, 0]);
    rig.walk(1, () => message);
    expect(rig.commands.slice(length)).toEqual([held(0.55)]);
  });

  it('is faded into another life from where it is', () => {
    const rig = controllerRig({
      policy: plasticNetwork(),
      commandInterface: 'position',
      safety: { fadeInTime: 1000 * PERIOD },
    });
    rig.start();
    rig.walk(1000, () => at(0.6));
    const before = rig.commands.at(-1)!;
    rig.controller.resetWeights();
    rig.walk(1, () => at(0.6));
    rig.commands.at(-1)!.forEach((value, j) => expect(value).toBeCloseTo(before[j]!, 2));
  });
});
