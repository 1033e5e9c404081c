import { describe, expect, it } from 'vitest';
import { constantPolicy, controllerRig, PERIOD, SAFE } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

const ACTING = Array<number>(8).fill(125);
/** Until what awaits promises that are settled has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A controller whose policy answers when the test says so. */
function rigWithSlowPolicy() {
  let answer: { resolve: () => void; reject: (error: Error) => void } | undefined;
  let asked = 0;
  const rig = controllerRig({
    policy: constantPolicy(0.5, () => {
      asked++;
      return new Promise((resolve, reject) => (answer = { resolve, reject }));
    }),
  });
  rig.start();
  return { ...rig, answer: () => answer!, asked: () => asked };
}

describe('a policy that answers later', () => {
  it('has its command sent as soon as it answers', async () => {
    const rig = rigWithSlowPolicy();
    rig.publishState();
    rig.clock.advance(0.75 * PERIOD);
    expect(rig.commands).toEqual([]);
    rig.answer().resolve();
    await settled();
    expect(rig.commands).toEqual([ACTING]);
    expect(rig.statuses.at(-1)!.state).toBe('running');
  });

  it('is not asked again before it has answered; the periods that it takes are overruns', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(3);
    expect(rig.asked()).toBe(1);
    expect(rig.controller.status().overruns).toBe(2);
    rig.answer().resolve();
    await settled();
    expect(rig.commands).toEqual([ACTING]);
    rig.walk(1);
    expect(rig.asked()).toBe(2);
  });

  it('gives way to the safe command when its state has become too old', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(6);
    expect(rig.commands).toEqual([SAFE, SAFE, SAFE]);
    expect(rig.statuses.at(-1)!.reason).toBe('the policy has not answered in time');
    rig.answer().resolve();
    await settled();
    expect(rig.commands, 'an answer to an old state is no command').toHaveLength(3);
    rig.walk(1);
    rig.answer().resolve();
    await settled();
    expect(rig.commands.at(-1)).toEqual(ACTING);
  });

  it('is overruled when the state has gone bad meanwhile', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(1);
    const broken = standingAnt();
    broken.torso.orientation[0] = NaN;
    rig.publishState(broken);
    rig.answer().resolve();
    await settled();
    expect(rig.commands).toEqual([SAFE]);
    expect(rig.statuses.at(-1)!.reason).toBe('the robot state has values that are not finite');
  });

  it('leads to the safe command when it fails', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(1);
    rig.answer().reject(new Error('the session was closed'));
    await settled();
    expect(rig.commands).toEqual([SAFE]);
    expect(rig.statuses.at(-1)!.reason).toBe('the policy failed: the session was closed');
    rig.walk(1);
    rig.answer().resolve();
    await settled();
    expect(rig.commands.at(-1)).toEqual(ACTING);
  });

  it('does not keep the safe command waiting when the robot is stopped', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(1);
    rig.controller.emergencyStop();
    rig.walk(2);
    expect(rig.commands).toEqual([SAFE, SAFE, SAFE]);
    rig.answer().resolve();
    await settled();
    expect(rig.commands, 'and its answer is none').toHaveLength(3);
  });

  it('does not answer for another run than the one in which it was asked', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(1);
    rig.controller.deactivate();
    rig.start();
    rig.walk(1);
    rig.answer().resolve();
    await settled();
    expect(rig.commands).toEqual([SAFE, SAFE]);
    rig.walk(1);
    rig.answer().resolve();
    await settled();
    expect(rig.commands.at(-1)).toEqual(ACTING);
  });

  it('is not heard after the stop', async () => {
    const rig = rigWithSlowPolicy();
    rig.walk(1);
    rig.controller.stop();
    rig.answer().resolve();
    await settled();
    expect(rig.commands).toEqual([SAFE]);
  });
});
