import type { RobotContract } from '../../policy/robot-contract.js';
import type { Clock } from '../clock.js';
import { parseNodeParameters, robotParameters } from '../parameters/index.js';
import { CallbackFaults } from './callback-faults.js';
import { ClockWriter } from './messages/index.js';
import { qualityOfService, type Rclnodejs, type RosNode } from './rclnodejs.js';
import { Ros2Transport } from './ros2-transport.js';

export interface SimulatedRobotEndpointOptions {
  readonly rclnodejs: Rclnodejs;
  readonly node: RosNode;
  readonly clock: Pick<Clock, 'now'>;
  readonly contract: RobotContract;
  /** Name of the controller's node. */
  readonly controller: string;
  readonly onBadMessage: (topic: string, problem: string) => void;
}

/** The end of a simulated robot: what its drivers and its simulator would send and take over ROS 2. */
export function simulatedRobotEndpoint(options: SimulatedRobotEndpointOptions): {
  readonly transport: Ros2Transport;
  /** Tell the simulator's time, s, on `/clock`. */
  readonly tellTime: (time: number) => void;
} {
  const { rclnodejs, node } = options;
  new CallbackFaults(node);
  const parameters = parseNodeParameters();
  const qos = qualityOfService(rclnodejs, { depth: 1, reliability: 'reliable', durability: 'volatile' });
  const clock = node.createPublisher('rosgraph_msgs/msg/Clock', '/clock', { qos });
  const writer = new ClockWriter();
  return {
    transport: new Ros2Transport({
      ...options,
      robot: robotParameters(parameters, options.contract),
      publishes: ['robotState', 'observation', 'acknowledgement'],
      subscribes: ['jointCommand', 'bodyPerturbation', 'simulationRequest'],
      commandInterface: 'effort',
      commandTopic: parameters['command.topic'],
      // A reliable sender also serves those who ask for less.
      sensorReliability: 'reliable',
      commandReliability: parameters['qos.command'],
      assembly: { orientation: 'imu', footContacts: true, contactThreshold: 0.5, oldestPart: Infinity },
    }),
    tellTime: (time) => clock.publish(writer.write(time)),
  };
}
