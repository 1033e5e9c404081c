import { describe, expect, it } from 'vitest';
import type { RobotState } from '../../bridge/message-map.js';
import { controllerRig, PERIOD, SAFE } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

type Change = (message: ReturnType<typeof standingAnt>) => void;

/** Readings that are numbers, and no robot's. */
const ABSURD: readonly (readonly [string, Change])[] = [
  ['a quaternion of 1e200', ({ torso }) => torso.orientation.fill(1e200)],
  ['a quaternion of zeros, as of an IMU that does not measure yet', ({ torso }) => torso.orientation.fill(0)],
  ['a quaternion that is no rotation', ({ torso }) => torso.orientation.fill(1)],
  ['a stamp that is no number', (message) => (message.stamp = NaN)],
  ['an episode that is no number', (message) => (message.episode = NaN)],
];

describe('a robot state that no robot can be in', () => {
  it.each(ABSURD)('%s: the safe command, and control again with the next good state', (_, change) => {
    const rig = controllerRig();
    rig.start();
    rig.walk(3);
    const message = standingAnt();
    rig.publishState(message);
    change(message);
    if (Number.isFinite(message.stamp)) message.stamp += PERIOD / 4;
    rig.transport.publish('robotState', message);
    rig.clock.advance(PERIOD);
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.statuses.at(-1)).toMatchObject({ state: 'holding' });
    rig.walk(2);
    expect(rig.controller.status()).toMatchObject({ state: 'running' });
    expect(rig.commands.at(-1)!.every(Number.isFinite)).toBe(true);
    expect(rig.commands.at(-1)).not.toEqual(SAFE);
  });

  it('a contact of 1e39 is clipped like every other observation', () => {
    const rig = controllerRig();
    rig.start();
    const message = standingAnt();
    message.feet.contact[0] = 1e39;
    rig.publishState(message);
    rig.clock.advance(PERIOD);
    expect(rig.controller.observation[24]).toBe(5);
    expect(rig.controller.status().weightRms).toBeGreaterThan(0);
  });

  it('a message that cannot be read does not keep the last one in force', () => {
    const rig = controllerRig();
    rig.start();
    rig.walk(3);
    const broken = { ...standingAnt(), torso: undefined } as unknown as RobotState;
    broken.stamp = rig.clock.now();
    rig.transport.publish('robotState', broken);
    rig.clock.advance(PERIOD);
    expect(rig.commands.at(-1)).toEqual(SAFE);
  });

  it('a message that was overtaken on its way is no news', () => {
    const rig = controllerRig();
    rig.start();
    rig.walk(3);
    const late = standingAnt();
    late.stamp = -1;
    late.joints.velocity.fill(40);
    for (let k = 0; k < 6; k++) {
      rig.transport.publish('robotState', late);
      rig.clock.advance(PERIOD);
    }
    expect(rig.controller.observation[9]).not.toBe(4);
    expect(rig.commands.at(-1)).toEqual(SAFE);
  });
});
