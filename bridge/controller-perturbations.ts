import { z } from 'zod';
import type { HebbianNetwork } from '../policy/hebbian-network.js';
import {
  ActuatorFaults,
  checkPerturbation,
  perturbationKind,
  PerturbationSchedule,
  perturbWeights,
  refuse,
  SensorFaults,
  type Perturbation,
  type PerturbationEffects,
  type PerturbationSubject,
  type Refusal,
} from '../policy/perturbation/index.js';
import { mixSeed } from '../policy/random.js';
import type { RobotContract } from '../policy/robot-contract.js';
import type { Acknowledgement } from './message-map.js';
import type { PlasticityGate } from './plasticity-gate.js';
import type { Transport, Unsubscribe } from './transport.js';

export interface ControllerPerturbationsOptions {
  readonly transport: Transport;
  readonly contract: RobotContract;
  /** The policy, where it is one whose weights can be changed. */
  readonly network: HebbianNetwork | undefined;
  /** Holds its weights still. */
  readonly gate: PlasticityGate;
  /** Whether perturbations are taken at all. */
  readonly enabled: boolean;
  /** Whether the robot is simulated, so that its body can be changed. */
  readonly simulated: boolean;
  /** s since the controller was activated; 0 while it is not: what is asked for then is for the next run. */
  readonly time: () => number;
  /** The weights are others now, all at once. */
  readonly weightsChanged: () => void;
}

/**
 * The one authority over perturbations of a running controller: answers every request, begins and ends each in
 * its time, and does it where it belongs: on the observation, in the policy, on the command; what happens in a
 * body is passed on to the simulated robot.
 */
export class ControllerPerturbations implements PerturbationEffects {
  readonly sensorFaults: SensorFaults;
  readonly actuatorFaults: ActuatorFaults;
  private readonly options: ControllerPerturbationsOptions;
  private readonly subject: PerturbationSubject;
  private readonly schedule: PerturbationSchedule;
  private readonly subscriptions: readonly Unsubscribe[];
  private seed = 0;
  private draws = 0;

  constructor(options: ControllerPerturbationsOptions) {
    const { transport, contract, network, simulated } = options;
    this.options = options;
    this.subject = { contract, layers: network?.layers.length ?? 0, simulated };
    this.sensorFaults = new SensorFaults(contract);
    this.actuatorFaults = new ActuatorFaults(contract);
    this.schedule = new PerturbationSchedule(contract);
    this.subscriptions = [
      transport.subscribe('perturbationRequest', (request) => this.answer(request)),
      transport.subscribe('acknowledgement', (answer) => this.hearRobot(answer)),
    ];
  }

  /** Those in effect; another array whenever it changes. */
  get active(): readonly Perturbation[] {
    return this.schedule.active;
  }

  /** Begin a life: those in effect end (what is scheduled stays), noise and draws follow `seed`. */
  beginLife(seed: number): void {
    this.schedule.endActive();
    this.sensorFaults.reset(seed);
    this.seed = seed;
    this.draws = 0;
  }

  /** Once each control step, at `time` s since the start. Allocates nothing while nothing changes. */
  update(time: number): void {
    this.schedule.update(time, this);
  }

  /** The run is over: end all of them, and forget what was scheduled for later. */
  endAll(): void {
    this.schedule.endAll();
    this.schedule.update(-Infinity, this);
  }

  /** End all of them and hear no more requests. */
  stop(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.endAll();
  }

  begin(perturbation: Perturbation): void {
    const { network, transport } = this.options;
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
        transport.publish('bodyPerturbation', { operation: 'begin', perturbation });
        return;
      }
      case 'policy':
        if (network) this.perturbNetwork(network, perturbation);
    }
  }

  end(perturbation: Perturbation): void {
    const { gate, transport } = this.options;
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
        transport.publish('bodyPerturbation', { operation: 'end', perturbation });
        return;
      }
      case 'policy':
        if (perturbation.type === 'freeze') gate.release('perturbation');
    }
  }

  private perturbNetwork(network: HebbianNetwork, perturbation: Perturbation): void {
    const draw = mixSeed(this.seed, ++this.draws);
    if (perturbation.type === 'freeze') {
      this.options.gate.hold('perturbation');
      return;
    }
    perturbWeights(network, perturbation, draw);
    this.options.weightsChanged();
  }

  private answer(request: unknown): void {
    const refusal = this.judge(request);
    this.options.transport.publish('acknowledgement', {
      id: requestId(request),
      from: 'controller',
      accepted: refusal === undefined,
      ...(refusal ? { code: refusal.code } : {}),
      reason: refusal?.reason ?? '',
    });
  }

  private judge(input: unknown): Refusal | undefined {
    if (!this.options.enabled) {
      return refuse(
        'ERR_PERTURBATION_UNSUPPORTED',
        'perturbations are switched off; switch them on at the start',
      );
    }
    const request = requestSchema.safeParse(input);
    if (!request.success) {
      const right = `{ operation: 'begin', perturbation: { id, component, type, ... } } or { operation: 'end', id }`;
      return refuse('ERR_PERTURBATION_SYNTAX', `a request of a perturbation is ${right}`);
    }
    if (request.data.operation === 'end') return this.schedule.end(request.data.id);
    const verdict = checkPerturbation(request.data.perturbation, this.subject);
    return verdict.accepted ? this.schedule.add(verdict.perturbation, this.options.time()) : verdict;
  }

  /** A body that could not do what was passed on to it: the perturbation is not in effect. */
  private hearRobot({ id, from, accepted }: Acknowledgement): void {
    if (from === 'robot' && !accepted && this.schedule.has(id)) this.schedule.end(id);
  }
}

/** Requests come from outside: whatever their type says, they are parsed. */
const requestSchema = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('begin'), perturbation: z.unknown() }),
  z.strictObject({ operation: z.literal('end'), id: z.string() }),
]);

const idSchema = z.union([
  z.object({ perturbation: z.object({ id: z.string() }) }).transform(({ perturbation }) => perturbation.id),
  z.object({ id: z.string() }).transform(({ id }) => id),
]);

/** Of whatever was asked, so that the answer finds its way back; empty where there is none. */
function requestId(request: unknown): string {
  return idSchema.safeParse(request).data ?? '';
}
