import type { RobotContract } from '../../policy/robot-contract.js';
import type { Topic } from '../message-map.js';
import { robotParameters, type NodeParameters, type RobotParameters } from '../parameters/index.js';
import { relay } from '../transport/relay.js';
import type { Transport, Unsubscribe } from '../transport.js';
import type { AssemblerOptions } from './robot-state-assembler.js';
import { Ros2Transport, type Ros2TransportOptions } from './ros2-transport.js';

/** What leaves over ROS 2 beside answers; requests to a simulator are those of operators who are not on ROS 2. */
const OUTWARD: readonly Topic[] = [
  'jointCommand',
  'bodyPerturbation',
  'status',
  'weights',
  'simulationRequest',
];
const INWARD: readonly Topic[] = ['perturbationRequest', 'operatorRequest'];

export type ControllerEndpointOptions = Pick<
  Ros2TransportOptions,
  'rclnodejs' | 'node' | 'clock' | 'onBadMessage' | 'onListenerError'
> & {
  readonly parameters: NodeParameters;
  /** Of the robot at start. */
  readonly contract: RobotContract;
};

/** The end of a controller, on its own node: what it sends and hears over ROS 2. Made before the node spins. */
export function controllerEndpoint({
  parameters,
  contract,
  ...surroundings
}: ControllerEndpointOptions): Ros2Transport {
  const position = parameters['command.type'] === 'trajectory';
  const robot = robotParameters(parameters, contract);
  return new Ros2Transport({
    ...surroundings,
    robot,
    controller: '~',
    publishes: [...OUTWARD, 'acknowledgement'],
    subscribes: [...INWARD, 'acknowledgement', inputTopic(parameters)],
    commandInterface: position ? 'position' : 'effort',
    commandTopic: parameters[position ? 'command.trajectory_topic' : 'command.topic'],
    sensorReliability: parameters['qos.sensors'],
    commandReliability: parameters['qos.command'],
    assembly: assembly(parameters, robot),
  });
}

/** How the state of `robot` is put together of its parts. */
export function assembly(
  parameters: NodeParameters,
  { controlPeriod }: RobotParameters,
): Omit<AssemblerOptions, 'robot'> {
  return {
    orientation: parameters['input.orientation'],
    footContacts: parameters['input.foot_contacts'] === 'topic',
    contactThreshold: parameters['input.contact_threshold'],
    oldestPart: parameters['input.stale_periods'] * controlPeriod,
  };
}

/**
 * Join the network that the controller is on within its process with ROS 2. Returns what takes them apart. Answers go
 * both ways, the controller's out and the robot's in: ROS 2 brings what a node says back to it as well.
 */
export function joinRos(inside: Transport, ros: Transport, parameters: NodeParameters): Unsubscribe {
  const parts = [
    relay(inside, ros, { outward: OUTWARD, inward: [...INWARD, inputTopic(parameters)] }),
    inside.subscribe('acknowledgement', (answer) => {
      if (answer.from === 'controller') ros.publish('acknowledgement', answer);
    }),
    ros.subscribe('acknowledgement', (answer) => {
      if (answer.from === 'robot') inside.publish('acknowledgement', answer);
    }),
  ];
  return () => {
    for (const part of parts) part();
  };
}

function inputTopic(parameters: NodeParameters): Topic {
  return parameters['input.source'] === 'observation' ? 'observation' : 'robotState';
}
