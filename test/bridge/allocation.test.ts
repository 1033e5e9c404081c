import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { Controller } from '../../bridge/controller.js';
import { InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { PERIOD, plasticNetwork } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use on the heap. */
function heapUsed(): number {
  return process.memoryUsage().heapUsed;
}

describe('a control step', () => {
  const clock = new ManualClock();
  const transport = new InMemoryTransport();
  const controller = new Controller({
    transport,
    clock,
    policy: plasticNetwork(),
    contract: ANT_CONTRACT,
    seed: 1,
    simulated: true,
    trigger: 'call',
    statusPeriod: Infinity,
  });
  let commands = 0;
  transport.subscribe('jointCommand', () => (commands += 1));
  const message = standingAnt();
  /** State in, command out, `steps` times. */
  const walk = (steps: number): void => {
    for (let k = 0; k < steps; k++) {
      clock.beBusy(PERIOD);
      message.stamp = clock.now();
      message.joints.velocity[k % 8] = Math.sin(k);
      transport.publish('robotState', message);
      controller.step();
    }
  };
  controller.start();

  it('leaves nothing on the heap, and makes no objects on its way', () => {
    // A fault of each kind, so that they are on the measured path.
    for (const [component, type, target, value] of [
      ['sensor', 'noise', 'roll', 0.1],
      ['sensor', 'delay', 'pitch', 3],
      ['sensor', 'drop', 'height', 0.5],
      ['joint', 'weak', 'left_front_hip', 0.5],
    ] as const) {
      const perturbation = { id: target, component, type, target, value };
      transport.publish('perturbationRequest', { operation: 'begin', perturbation });
    }
    walk(30_000);
    collectGarbage();
    const before = heapUsed();
    walk(100_000);
    const uncollected = heapUsed() - before;
    collectGarbage();
    const left = heapUsed() - before;
    expect(commands).toBe(130_000);
    expect(left).toBeLessThan(64 * 1024);
    // Room for some numbers that V8 boxes on their way (12 bytes each), not for an object, array or closure more.
    expect(uncollected / 100_000).toBeLessThan(128);
  });
});
