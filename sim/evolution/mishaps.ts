import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import { ActuatorFaults } from '../../policy/perturbation/index.js';
import { mixSeed, Random } from '../../policy/random.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import type { RolloutOptions } from '../evaluation/rollout.js';
import type { TrainedMorphology } from './evolution-settings.js';

/** Of control steps: how long outputs are stuck. */
const STUCK_STEPS = [20, 100] as const;
/** When a shock comes, as shares of the life. */
const SHOCK_TIME = [0.2, 0.6] as const;
/** Share of the weights that a shock takes. */
const LOST_WEIGHTS = 1 / 3;

/** What befalls a life in evolution: which leg is weak, which shock comes when. All of it follows from `seed`. */
export function mishaps(
  { weakLegs, mostEffort = 1, shocks }: TrainedMorphology,
  seed: number,
  horizon: number,
  network: HebbianNetwork,
): Pick<RolloutOptions, 'actuatorFaults' | 'onStep'> {
  if (!weakLegs && !shocks) return {};
  const actuatorFaults = new ActuatorFaults(ANT_CONTRACT);
  if (weakLegs) {
    const random = new Random(seed, 0x3ea4);
    const target = weakLegs[Math.floor(random.uniform(0, weakLegs.length))]!;
    const value = random.uniform(0, mostEffort);
    actuatorFaults.activate({ id: 'weak', component: 'leg', type: 'weak', target, value, start: 0 });
  }
  if (!shocks) return { actuatorFaults };
  const random = new Random(seed, 0x5c0c);
  const shock = shocks[Math.floor(random.uniform(0, shocks.length))]!;
  const at = Math.round(horizon * random.uniform(...SHOCK_TIME));
  const value = random.uniform(-1, 1) < 0 ? -1 : 1;
  const until = at + Math.round(random.uniform(...STUCK_STEPS));
  const stuck = { id: 'stuck', component: 'outputs', type: 'saturated', value, start: 0 } as const;
  const onStep = (step: number): void => {
    if (shock === 'weights:zero' && step === at) network.zeroWeights(LOST_WEIGHTS, mixSeed(seed, 2));
    if (shock === 'outputs:saturated' && step === at) actuatorFaults.activate(stuck);
    if (step === until) actuatorFaults.deactivate(stuck);
  };
  return { actuatorFaults, onStep };
}
