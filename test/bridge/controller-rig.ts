import { ManualClock } from '../../bridge/clock.js';
import { Controller, type ControllerOptions } from '../../bridge/controller.js';
import type { Acknowledgement, ControllerStatus, RobotState } from '../../bridge/message-map.js';
import { InMemoryNetwork, InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import { HebbianNetwork } from '../../policy/hebbian-network.js';
import type { Policy } from '../../policy/policy.js';
import { Random } from '../../policy/random.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { standingAnt } from './robot-messages.js';

export const PERIOD = ANT_CONTRACT.controlPeriod;

/** No fade-in, and nothing between the policy and the joints but their limits. */
export const UNLIMITED = { fadeInTime: 0, largestActionRate: Infinity } as const;

/** A network under random rules, bounded by a leak: what it does makes no sense, but it is always the same. */
export function plasticNetwork(): HebbianNetwork {
  const network = new HebbianNetwork({
    layerSizes: [28, 16, 8],
    rule: 'ABCD_lr',
    bounding: { kind: 'decay', rate: 0.02 },
    initialWeights: { kind: 'uniform', bound: 0.1 },
  });
  const random = new Random(5);
  network.setCoefficients(Float32Array.from({ length: network.synapses * 5 }, () => 0.3 * random.normal()));
  return network;
}

/** A policy whose every action is `value`; `during` happens while it acts. */
export function constantPolicy(value: number, during?: () => void | Promise<void>): Policy {
  return {
    observationSize: 28,
    actionSize: 8,
    reset: () => undefined,
    act(_observation, action) {
      action.fill(value);
      return during?.();
    },
  };
}

/** A controller on a manual clock, with everything that it says, and the robot's part left to the test. */
export function controllerRig(
  options: Partial<ControllerOptions> = {},
  create = (all: ControllerOptions): Controller => new Controller(all),
) {
  const clock = new ManualClock(100);
  const errors: unknown[] = [];
  const transport = new InMemoryTransport(new InMemoryNetwork((_topic, error) => errors.push(error)));
  const commands: number[][] = [];
  const statuses: ControllerStatus[] = [];
  const answers: Acknowledgement[] = [];
  const passedOn: string[] = [];
  transport.subscribe('jointCommand', ({ values }) => commands.push([...values]));
  transport.subscribe('status', (status) => statuses.push(status));
  transport.subscribe('acknowledgement', (answer) => answers.push(answer));
  transport.subscribe('bodyPerturbation', ({ operation, perturbation }) =>
    passedOn.push(`${operation} ${perturbation.id}`),
  );
  const controller = create({
    transport,
    clock,
    policy: plasticNetwork(),
    contract: ANT_CONTRACT,
    seed: 1,
    ...options,
    safety: { ...UNLIMITED, ...options.safety },
  });
  return {
    clock,
    transport,
    controller,
    commands,
    statuses,
    answers,
    passedOn,
    errors,
    /** The robot's state as of now. */
    publishState(message: RobotState = standingAnt()) {
      message.stamp = clock.now();
      transport.publish('robotState', message);
    },
    /** Let `periods` control periods pass, in each of which the robot is heard, and half of which it is ahead. */
    walk(periods: number, message?: () => RobotState) {
      for (let k = 0; k < periods; k++) {
        this.publishState(message?.());
        clock.advance(PERIOD);
      }
    },
    begin(perturbation: object) {
      transport.publish('perturbationRequest', { operation: 'begin', perturbation: perturbation as never });
      return answers.at(-1)!;
    },
    /** Start with steps in the middle of the periods that begin now. */
    start() {
      controller.activate(clock.now() + PERIOD / 2);
    },
  };
}

export const SAFE = Array<number>(8).fill(0);
