import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import { weightIndex } from '../../policy/network-buffers.js';
import {
  ActuatorFaults,
  perturbationKind,
  PerturbationSchedule,
  perturbWeights,
  SensorFaults,
  type Perturbation,
  type PerturbationEffects,
} from '../../policy/perturbation/index.js';
import { mixSeed } from '../../policy/random.js';
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

const SATURATED = 0.95;

/**
 * A life of a network in a simulated robot with perturbations, as fast as the machine is. Everything happens in the
 * order in which controller and robot do it in lock-step (bridge/controller.ts, sim/robot/robot-node.ts): same rules,
 * seeds and perturbations, same bits. Without perturbations it is the life of sim/evaluation/rollout.ts, to the bit.
 */
export class PerturbedLife implements PerturbationEffects {
  private readonly network: HebbianNetwork;
  private readonly robot: SimulatedRobot;
  private readonly sensorFaults: SensorFaults;
  private readonly actuatorFaults: ActuatorFaults;
  private readonly schedule: PerturbationSchedule;
  private seed = 0;
  private draws = 0;
  private frozenByPlan = false;
  private frozenByPerturbation = false;

  constructor(network: HebbianNetwork, robot: SimulatedRobot) {
    const { contract } = robot;
    this.network = network;
    this.robot = robot;
    this.sensorFaults = new SensorFaults(contract);
    this.actuatorFaults = new ActuatorFaults(contract);
    this.schedule = new PerturbationSchedule(contract);
  }

  /** Live it; once. */
  run(plan: LifePlan): LifeRecord {
    const { network, robot, sensorFaults, actuatorFaults, schedule } = this;
    const { seed, steps, freezeStep, perturbations, keepSpeed = false, onStep } = plan;
    const { controlPeriod } = robot;
    robot.reset(seed);
    this.seed = mixSeed(seed, 1);
    sensorFaults.reset(this.seed);
    network.reset(this.seed);
    for (const perturbation of perturbations) {
      const refusal = schedule.add(perturbation, 0);
      if (refusal) throw new Error(`unchecked perturbation: ${refusal.reason}`);
    }
    const observation = new Float32Array(robot.observationSize);
    const action = new Float32Array(robot.actionSize);
    const arriving = new Float32Array(robot.actionSize);
    const lastAction = new Float32Array(robot.actionSize);
    const saturated = new Float64Array(robot.actionSize);
    const speed = new Float32Array(keepSpeed ? steps : 0);
    let distance = 0;
    let change = 0;
    let step = 0;
    let fell = false;
    while (step < steps) {
      schedule.update((step + 0.5) * controlPeriod, this);
      if (step === freezeStep) this.frozenByPlan = true;
      this.gate();
      onStep?.(step);
      observation.set(robot.observation);
      sensorFaults.apply(observation);
      network.act(observation, action);
      for (let j = 0; j < action.length; j++) {
        const value = action[j]!;
        if (value > SATURATED || value < -SATURATED) saturated[j]!++;
        if (step > 0) change += Math.abs(value - lastAction[j]!);
        lastAction[j] = value;
      }
      actuatorFaults.apply(action, arriving);
      const { reward, terminated, truncated } = robot.step(arriving);
      if (keepSpeed) speed[step] = reward;
      step++;
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
      saturated: [...saturated].map((count) => count / step),
      actionChange: change / (Math.max(1, step - 1) * action.length),
      ...(keepSpeed && { speed }),
    };
  }

  /** Of the schedule. */
  begin(perturbation: Perturbation): void {
    switch (perturbationKind(perturbation.component, perturbation.type)?.actsOn) {
      case 'observation': {
        this.sensorFaults.activate(perturbation);
        return;
      }
      case 'command': {
        this.actuatorFaults.activate(perturbation);
        return;
      }
      case 'body': {
        damageBody(this.robot, perturbation);
        return;
      }
      case 'policy': {
        const draw = mixSeed(this.seed, ++this.draws);
        if (perturbation.type === 'freeze') this.frozenByPerturbation = true;
        else perturbWeights(this.network, perturbation, draw);
      }
    }
  }

  /** Of the schedule. */
  end(perturbation: Perturbation): void {
    switch (perturbationKind(perturbation.component, perturbation.type)?.actsOn) {
      case 'observation': {
        this.sensorFaults.deactivate(perturbation);
        return;
      }
      case 'command': {
        this.actuatorFaults.deactivate(perturbation);
        return;
      }
      case 'body': {
        mendBody(this.robot, perturbation);
        return;
      }
      case 'policy':
        if (perturbation.type === 'freeze') this.frozenByPerturbation = false;
    }
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
      for (let i = 0; i < pre; i++) {
        for (let j = 0; j < post; j++) values[i * post + j] = layer.weights[weightIndex(layer, i, j)]!;
      }
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
