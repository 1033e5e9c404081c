import { z } from 'zod';
import type { HebbianNetwork } from '../policy/hebbian-network.js';
import {
  checkPerturbation,
  LifePerturbations,
  refuse,
  type ActuatorFaults,
  type Perturbation,
  type PerturbationSubject,
  type Refusal,
  type SensorFaults,
} from '../policy/perturbation/index.js';
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
export class ControllerPerturbations {
  readonly sensorFaults: SensorFaults;
  readonly actuatorFaults: ActuatorFaults;
  private readonly options: ControllerPerturbationsOptions;
  private readonly subject: PerturbationSubject;
  private readonly life: LifePerturbations;
  private readonly subscriptions: readonly Unsubscribe[];

  constructor(options: ControllerPerturbationsOptions) {
    const { transport, contract, network, gate, simulated, weightsChanged } = options;
    this.options = options;
    this.subject = { contract, layers: network?.layers.length ?? 0, simulated };
    this.life = new LifePerturbations(contract, {
      network,
      damageBody: (perturbation) =>
        transport.publish('bodyPerturbation', { operation: 'begin', perturbation }),
      mendBody: (perturbation) => transport.publish('bodyPerturbation', { operation: 'end', perturbation }),
      holdWeights: () => gate.hold('perturbation'),
      releaseWeights: () => gate.release('perturbation'),
      weightsChanged,
    });
    this.sensorFaults = this.life.sensorFaults;
    this.actuatorFaults = this.life.actuatorFaults;
    this.subscriptions = [
      transport.subscribe('perturbationRequest', (request) => this.answer(request)),
      transport.subscribe('acknowledgement', (answer) => this.hearRobot(answer)),
    ];
  }

  /** Those in effect; another array whenever it changes. */
  get active(): readonly Perturbation[] {
    return this.life.schedule.active;
  }

  /** Begin a life: those in effect end (what is scheduled stays), noise and draws follow `seed`. */
  beginLife(seed: number): void {
    this.life.schedule.endActive();
    this.life.beginLife(seed);
  }

  /** Once each control step, at `time` s since the start. Allocates nothing while nothing changes. */
  update(time: number): void {
    this.life.schedule.update(time, this.life);
  }

  /** The run is over: end all of them, and forget what was scheduled for later. */
  endAll(): void {
    this.life.schedule.endAll();
    this.life.schedule.update(-Infinity, this.life);
  }

  /** End all of them and hear no more requests. */
  stop(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.endAll();
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
    if (request.data.operation === 'end') return this.life.schedule.end(request.data.id);
    const verdict = checkPerturbation(request.data.perturbation, this.subject);
    return verdict.accepted ? this.life.schedule.add(verdict.perturbation, this.options.time()) : verdict;
  }

  /** A body that could not do what was passed on to it: the perturbation is not in effect. */
  private hearRobot({ id, from, accepted }: Acknowledgement): void {
    if (from === 'robot' && !accepted && this.life.schedule.has(id)) this.life.schedule.end(id);
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
