import { ActuatorFaults, jointsOfLeg } from '../../policy/perturbation/index.js';
import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import { mixSeed, Random } from '../../policy/random.js';
import { ANT_CONTRACT, type AntLeg } from '../../policy/robot-contract.js';
import { AntEnvironment } from '../ant/ant-environment.js';
import type { Environment } from '../environment.js';
import type { Rollout, RolloutOptions } from '../evaluation/rollout.js';
import { weakOnes, type Shock, type TrainedMorphology } from './evolution-settings.js';

/** Of control steps: how long outputs are stuck. */
const STUCK_STEPS = [20, 100] as const;
/** When a shock comes, as shares of the life. */
const SHOCK_TIME = [0.2, 0.6] as const;
/** Until when a leg has locked, in control steps: by then it has been everywhere. */
const LOCKED_BY = 100;
/** Share of the weights that a shock takes. */
const LOST_WEIGHTS = 1 / 3;

/** What befalls a life in evolution: which leg or joint is weak, which leg locks, which shock comes when. All of it follows from `seed`. */
export function mishaps(
  trained: TrainedMorphology,
  seed: number,
  horizon: number,
  { network, environment }: Rollout,
): Pick<RolloutOptions, 'actuatorFaults' | 'onStep'> {
  const { weakLegs, mostEffort = 1, lockedLegs, shocks } = trained;
  const weak = weakOnes(trained);
  if (!weak && !lockedLegs && !shocks) return {};
  const actuatorFaults = new ActuatorFaults(ANT_CONTRACT);
  if (weak) {
    const random = new Random(seed, 0x3ea4);
    const target = oneOf(weak, random);
    const value = random.uniform(0, mostEffort);
    const component = weakLegs ? 'leg' : 'joint';
    actuatorFaults.activate({ id: 'weak', component, type: 'weak', target, value, start: 0 });
  }
  const lock = lockedLegs && locking(lockedLegs, seed, environment);
  const shock = shocks && shocking(shocks, seed, horizon, network, actuatorFaults);
  const onStep = (step: number): void => {
    lock?.(step);
    shock?.(step);
  };
  return { actuatorFaults, onStep };
}

/** One of `legs` locks early in life, wherever its joints are. */
function locking(legs: readonly AntLeg[], seed: number, environment: Environment): (step: number) => void {
  const random = new Random(seed, 0x10c4);
  const joints = jointsOfLeg(ANT_CONTRACT, oneOf(legs, random));
  const at = Math.floor(random.uniform(0, LOCKED_BY));
  return (step) => {
    if (step !== at || !(environment instanceof AntEnvironment)) return;
    for (const joint of joints) environment.body.setJointLocked(joint, true);
  };
}

function shocking(
  shocks: readonly Shock[],
  seed: number,
  horizon: number,
  network: HebbianNetwork,
  actuatorFaults: ActuatorFaults,
): (step: number) => void {
  const random = new Random(seed, 0x5c0c);
  const shock = oneOf(shocks, random);
  const at = Math.round(horizon * random.uniform(...SHOCK_TIME));
  const value = random.uniform(-1, 1) < 0 ? -1 : 1;
  const until = at + Math.round(random.uniform(...STUCK_STEPS));
  const stuck = { id: 'stuck', component: 'outputs', type: 'saturated', value, start: 0 } as const;
  return (step) => {
    if (shock === 'weights:zero' && step === at) network.zeroWeights(LOST_WEIGHTS, mixSeed(seed, 2));
    if (shock === 'outputs:saturated' && step === at) actuatorFaults.activate(stuck);
    if (step === until) actuatorFaults.deactivate(stuck);
  };
}

function oneOf<T>(choices: readonly T[], random: Random): T {
  return choices[Math.floor(random.uniform(0, choices.length))]!;
}
