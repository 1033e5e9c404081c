import { z } from 'zod';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { perturbationSchema, type Perturbation } from '../../policy/perturbation/index.js';
import type { Clock } from '../clock.js';
import { parseNodeParameters, robotParameters } from '../parameters/index.js';
import { CallbackFaults } from './callback-faults.js';
import { qualityOfService, type Rclnodejs, type RosNode } from './rclnodejs.js';
import { Ros2Transport } from './ros2-transport.js';

export interface OperatorEndpointOptions {
  readonly rclnodejs: Rclnodejs;
  readonly node: RosNode;
  readonly clock: Clock;
  /** Name of the controller's node, with its namespace or relative to that of `node`. */
  readonly controller: string;
  readonly onBadMessage: (topic: string, problem: string) => void;
}

/** What an operator sends to a controller over ROS 2, and hears from it. Made before the node spins. */
export interface OperatorEndpoint {
  readonly transport: Ros2Transport;
  /** Whether the controller would hear a request, and its answer would be heard. */
  readonly connected: () => boolean;
  /** The perturbations in effect, as the controller told last; undefined before it was heard. */
  readonly activePerturbations: () => readonly Perturbation[] | undefined;
}

const activeSchema = z.array(perturbationSchema);

export function operatorEndpoint(options: OperatorEndpointOptions): OperatorEndpoint {
  const { rclnodejs, node, controller, onBadMessage } = options;
  new CallbackFaults(node);
  const parameters = parseNodeParameters();
  const transport = new Ros2Transport({
    ...options,
    // Of joints and sensors, which do not travel here.
    robot: robotParameters(parameters, ANT_CONTRACT),
    publishes: ['perturbationRequest', 'operatorRequest'],
    subscribes: ['acknowledgement'],
    commandInterface: 'effort',
    commandTopic: parameters['command.topic'],
    sensorReliability: parameters['qos.sensors'],
    commandReliability: parameters['qos.command'],
    assembly: { orientation: 'imu', footContacts: false, contactThreshold: 0.5, oldestPart: Infinity },
  });
  const topic = `${controller}/perturb/active`;
  let active: readonly Perturbation[] | undefined;
  const qos = qualityOfService(rclnodejs, {
    depth: 1,
    reliability: 'reliable',
    durability: 'transient_local',
  });
  node.createSubscription('std_msgs/msg/String', topic, { qos }, ({ data }: { data: string }) => {
    const read = readActive(data);
    if (typeof read === 'string') onBadMessage(topic, read);
    else active = read;
  });
  return {
    transport,
    connected: () => transport.isConnected(),
    activePerturbations: () => active,
  };
}

/** The list, or what is wrong with it. */
function readActive(text: string): readonly Perturbation[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `is no JSON: ${text.slice(0, 80)}`;
  }
  const parsed = activeSchema.safeParse(value);
  // JSON has no undefined: fields that may be absent are absent.
  if (parsed.success) return parsed.data as readonly Perturbation[];
  return 'is no list of perturbations';
}
