import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import { copyWeights } from '../../policy/network-buffers.js';
import { LifePerturbations, type Perturbation } from '../../policy/perturbation/index.js';
import { mixSeed } from '../../policy/random.js';
import { ActionUse } from '../evaluation/action-use.js';
import { BLOWN_UP } from '../evaluation/blown-up.js';
import { damageBody, mendBody } from '../robot/body-damage.js';
import type { SimulatedRobot } from '../robot/simulated-robot.js';
import type { LifeRecord, WeightSnapshot } from './result.js';

/** What happens in a life. */
export interface LifePlan {
  readonly seed: number;
  /** Control steps at most. */
  readonly steps: number;
  /** Hold the weights from this control step on. */
  readonly freezeStep?: number;
  /** Accepted for this robot and network, and free of overlaps. */
  readonly perturbations: readonly Perturbation[];
  /** Keep the speed of each step. Default false. */
  readonly keepSpeed?: boolean;
  /** Called with each control step as it begins, its perturbations in effect, and with the number of them at the end. */
  readonly onStep?: (step: number) => void;
}

/**
 * A life of a network in a simulated robot with perturbations, as fast as the machine is. Everything happens in the
 * order in which controller and robot do it in lock-step (bridge/controller.ts, sim/robot/robot-node.ts): same rules,
 * seeds and perturbations, same bits. Without perturbations it is the life of sim/evaluation/rollout.ts, to the bit.
 */
export class PerturbedLife {
  private readonly network: HebbianNetwork;
  private readonly robot: SimulatedRobot;
  private readonly perturbations: LifePerturbations;
  private frozenByPlan = false;
  private frozenByPerturbation = false;

  constructor(network: HebbianNetwork, robot: SimulatedRobot) {
    this.network = network;
    this.robot = robot;
    this.perturbations = new LifePerturbations(robot.contract, {
      network,
      damageBody: (perturbation) => damageBody(robot, perturbation),
      mendBody: (perturbation) => mendBody(robot, perturbation),
      holdWeights: () => (this.frozenByPerturbation = true),
      releaseWeights: () => (this.frozenByPerturbation = false),
      weightsChanged: () => undefined,
    });
  }

  /** Live it; once. Where actions or physics cease to be finite it ends as a fall, with the distance {@link BLOWN_UP}. */
  run(plan: LifePlan): LifeRecord {
    const { network, robot } = this;
    const { schedule, sensorFaults, actuatorFaults } = this.perturbations;
    const { seed, steps, freezeStep, perturbations, keepSpeed = false, onStep } = plan;
    const { controlPeriod } = robot;
    robot.reset(seed);
    const lifeSeed = mixSeed(seed, 1);
    this.perturbations.beginLife(lifeSeed);
    network.reset(lifeSeed);
    for (const perturbation of perturbations) {
      const refusal = schedule.add(perturbation, 0);
      if (refusal) throw new Error(`unchecked perturbation: ${refusal.reason}`);
    }
    const observation = new Float32Array(robot.observationSize);
    const action = new Float32Array(robot.actionSize);
    const arriving = new Float32Array(robot.actionSize);
    const use = new ActionUse(robot.actionSize);
    const speed = new Float32Array(keepSpeed ? steps : 0);
    let distance = 0;
    let step = 0;
    let fell = false;
    while (step < steps) {
      schedule.update((step + 0.5) * controlPeriod, this.perturbations);
      if (step === freezeStep) this.frozenByPlan = true;
      this.gate();
      onStep?.(step);
      observation.set(robot.observation);
      sensorFaults.apply(observation);
      network.act(observation, action);
      if (!action.every(Number.isFinite)) {
        fell = true;
        distance = BLOWN_UP;
        break;
      }
      use.count(action);
      actuatorFaults.apply(action, arriving);
      const { reward, terminated, truncated } = robot.step(arriving);
      step++;
      if (!Number.isFinite(reward)) {
        fell = true;
        distance = BLOWN_UP;
        break;
      }
      if (keepSpeed) speed[step - 1] = reward;
      distance += reward;
      fell = terminated;
      if (terminated || truncated) break;
    }
    onStep?.(step);
    return {
      seed,
      distance,
      steps: step,
      fell,
      saturated: use.saturatedEach,
      actionChange: use.change,
      ...(keepSpeed && { speed }),
    };
  }

  private gate(): void {
    if (this.frozenByPlan || this.frozenByPerturbation) this.network.freeze();
    else this.network.thaw();
  }
}

/** The network's weights now, as those with which `step` begins. */
export function snapshotOf(network: HebbianNetwork, step: number): WeightSnapshot {
  return {
    step,
    layers: network.layers.map((layer) => {
      const { pre, post } = layer;
      const values = new Float32Array(pre * post);
      copyWeights(layer, values);
      return { pre, post, values };
    }),
  };
}

/** [synapses]: all weights of a snapshot in one vector. */
export function flatWeights({ layers }: WeightSnapshot): Float32Array {
  const flat = new Float32Array(layers.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of layers) {
    flat.set(values, at);
    at += values.length;
  }
  return flat;
}
