import type { HebbianNetwork } from '../hebbian-network.js';
import { mixSeed } from '../random.js';
import type { RobotContract } from '../robot-contract.js';
import { ActuatorFaults } from './actuator-faults.js';
import { perturbWeights } from './perturb-weights.js';
import type { Perturbation } from './perturbation.js';
import { perturbationKind } from './perturbation-kinds.js';
import { PerturbationSchedule, type PerturbationEffects } from './perturbation-schedule.js';
import { SensorFaults } from './sensor-faults.js';

/** What perturbations act on, beside observation and command. */
export interface PerturbedParts {
  /** The policy, where it is one whose weights can be changed. */
  readonly network: HebbianNetwork | undefined;
  damageBody(perturbation: Perturbation): void;
  mendBody(perturbation: Perturbation): void;
  /** Hold the weights still, until they are released. */
  holdWeights(): void;
  releaseWeights(): void;
  /** The weights are others now, all at once. */
  weightsChanged(): void;
}

/**
 * The perturbations of a life, in real time and headless alike: as `schedule` begins and ends them, each acts where
 * it belongs, on the observation, in the policy, on the command or in the body.
 */
export class LifePerturbations implements PerturbationEffects {
  readonly schedule: PerturbationSchedule;
  /** Before the policy sees the observation. */
  readonly sensorFaults: SensorFaults;
  /** Before the action arrives at the joints. */
  readonly actuatorFaults: ActuatorFaults;
  private readonly parts: PerturbedParts;
  private seed = 0;
  private draws = 0;

  constructor(contract: RobotContract, parts: PerturbedParts) {
    this.schedule = new PerturbationSchedule(contract);
    this.sensorFaults = new SensorFaults(contract);
    this.actuatorFaults = new ActuatorFaults(contract);
    this.parts = parts;
  }

  /** Noise and draws follow the seed of the life from here on. */
  beginLife(seed: number): void {
    this.sensorFaults.reset(seed);
    this.seed = seed;
    this.draws = 0;
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
        this.parts.damageBody(perturbation);
        return;
      }
      case 'policy':
        this.perturbPolicy(perturbation);
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
        this.parts.mendBody(perturbation);
        return;
      }
      case 'policy':
        if (perturbation.type === 'freeze') this.parts.releaseWeights();
    }
  }

  private perturbPolicy(perturbation: Perturbation): void {
    const { network } = this.parts;
    if (!network) return;
    const draw = mixSeed(this.seed, ++this.draws);
    if (perturbation.type === 'freeze') {
      this.parts.holdWeights();
      return;
    }
    perturbWeights(network, perturbation, draw);
    this.parts.weightsChanged();
  }
}
