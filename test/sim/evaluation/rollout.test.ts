import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActuatorFaults } from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { AntEnvironment } from '../../../sim/ant/ant-environment.js';
import { Rollout } from '../../../sim/evaluation/rollout.js';
import { loadRapier } from '../../../sim/rapier.js';
import { randomNetwork } from '../../policy/random-network.js';

const NETWORK = {
  layerSizes: [28, 8, 8],
  rule: 'ABCD_lr',
  bounding: { kind: 'decay', rate: 0.02 },
  initialWeights: { kind: 'uniform', bound: 0.1 },
} as const;

describe('a life with a fault of its actuators', () => {
  let environment: AntEnvironment;
  beforeAll(async () => {
    await loadRapier();
    environment = new AntEnvironment();
  });
  afterAll(() => environment.dispose());

  /** Efforts of all control steps, [steps][joints]. */
  function efforts(actuatorFaults?: ActuatorFaults) {
    const applied: number[][] = [];
    const life = new Rollout(randomNetwork(NETWORK, { scale: 0.3 }), environment).run(1, {
      horizon: 60,
      ...(actuatorFaults && { actuatorFaults }),
      onStep: (step) => {
        if (step > 0) applied.push([...environment.body.appliedEffort]);
      },
    });
    return { applied, life: { ...life } };
  }

  it('moves the robot as the faulty actuators do', () => {
    const faults = new ActuatorFaults(ANT_CONTRACT);
    faults.activate({ id: 'cut', component: 'leg', type: 'off', target: 'left_front', start: 0 });
    const leg = ANT_CONTRACT.joints.flatMap(({ name }, j) => (name.startsWith('left_front') ? [j] : []));
    expect(leg).toHaveLength(2);
    const largest = (applied: number[][], joint: number): number =>
      Math.max(...applied.map((step) => Math.abs(step[joint]!)));
    const [whole, cut] = [efforts(), efforts(faults)];
    for (const joint of leg) {
      expect(largest(cut.applied, joint)).toBe(0);
      expect(largest(whole.applied, joint)).toBeGreaterThan(10);
    }
    expect(largest(cut.applied, (leg.at(-1)! + 1) % 8)).toBeGreaterThan(10);
  });
});
