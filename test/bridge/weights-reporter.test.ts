import { describe, expect, it } from 'vitest';
import { controllerRig, PERIOD, plasticNetwork } from './controller-rig.js';

describe('the weights that a controller tells', () => {
  it('are those of its network, pre by pre, each period', () => {
    const policy = plasticNetwork();
    const rig = controllerRig({ policy, weightsPeriod: 10 * PERIOD });
    const told: { stamp: number; shapes: number[][]; first: number; last: number }[] = [];
    rig.transport.subscribe('weights', ({ stamp, layers }) =>
      told.push({
        stamp,
        shapes: layers.map(({ pre, post, values }) => [pre, post, values.length]),
        first: layers[0]!.values[1]!,
        last: layers[1]!.values.at(-1)!,
      }),
    );
    rig.start();
    const { layers } = policy;
    const first = [layers[0]!.weights[1]!];
    for (let k = 0; k < 35; k++) {
      const before = told.length;
      rig.walk(1);
      if (told.length > before) first.push(layers[0]!.weights[1]!);
    }
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(told.length).toBeLessThanOrEqual(5);
    expect(told[0]!.shapes).toEqual([
      [28, 16, 448],
      [16, 8, 128],
    ]);
    expect(told.map((message) => message.first)).toEqual(first);
    expect(Math.abs(told.at(-1)!.last)).toBeGreaterThan(0);
  });

  it('are not told unless they are asked for', () => {
    const rig = controllerRig();
    let told = 0;
    rig.transport.subscribe('weights', () => told++);
    rig.start();
    rig.walk(100);
    expect(told).toBe(0);
  });
});
