import { describe, expect, it } from 'vitest';
import { constantPolicy, controllerRig, PERIOD, SAFE } from './controller-rig.js';

const FULL = Array<number>(8).fill(250);

describe('a controller that the input triggers', () => {
  it('acts on each state as it comes', () => {
    const rig = controllerRig({ policy: constantPolicy(1), trigger: 'input' });
    rig.start();
    for (let k = 0; k < 5; k++) {
      rig.publishState();
      expect(rig.commands).toHaveLength(k + 1);
      rig.clock.advance(0.4 * PERIOD);
    }
    expect(rig.commands.at(-1)).toEqual(FULL);
  });

  it('does not act twice on what is sent twice', () => {
    const rig = controllerRig({ policy: constantPolicy(1), trigger: 'input' });
    rig.start();
    rig.publishState();
    rig.publishState();
    expect(rig.commands).toHaveLength(1);
  });

  it('holds when states come so often that it would learn much faster than it was evolved to', () => {
    const rig = controllerRig({
      policy: constantPolicy(1),
      trigger: 'input',
      safety: { largestInputRate: 2 / PERIOD },
    });
    rig.start();
    const send = (rate: number, seconds: number) => {
      for (let k = 0; k < rate * seconds; k++) {
        rig.clock.advance(1 / rate);
        rig.publishState();
      }
    };
    send(100, 2);
    expect(rig.commands.at(-1)).toEqual(FULL);
    send(400, 2);
    expect(rig.commands.at(-1)).toEqual(SAFE);
    expect(rig.controller.status()).toMatchObject({
      state: 'holding',
      reason: expect.stringContaining('robot states come too often') as string,
    });
    send(60, 2);
    expect(rig.controller.status().state).toBe('running');
  });

  it('sends the safe command each period when the input has fallen silent', () => {
    const rig = controllerRig({ policy: constantPolicy(1), trigger: 'input' });
    rig.start();
    rig.publishState();
    rig.clock.advance(10 * PERIOD);
    // Too old after three periods; the timer looks in the middle of each.
    expect(rig.commands).toEqual([FULL, ...Array<number[]>(7).fill(SAFE)]);
  });
});
