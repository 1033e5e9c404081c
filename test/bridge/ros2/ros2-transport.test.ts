import { expect } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import type { Topic } from '../../../bridge/message-map.js';
import { Ros2Transport } from '../../../bridge/ros2/ros2-transport.js';
import type { Rclnodejs } from '../../../bridge/ros2/rclnodejs.js';
import {
  describeTransport,
  exampleMessages,
  type TransportCarriage,
} from '../../contract/transport-contract.js';
import { describeWithRos, freshDomain } from '../../ros2/ros-environment.js';
import { antParameters } from './robot-states.js';

const TOPICS = Object.keys(exampleMessages()) as readonly Topic[];

/** The robot of the example messages: two joints of the Ant, and one foot. */
function exampleRobot() {
  const ant = antParameters();
  return { ...ant, joints: ant.joints.slice(0, 2), footNames: ['left_front_foot'] };
}

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Two nodes that both say and hear everything. */
async function connect(rclnodejs: Rclnodejs) {
  const context = new rclnodejs.Context(BigInt(freshDomain()));
  await rclnodejs.init(context, []);
  rclnodejs.removeSignalHandlers();
  const listenerErrors: unknown[] = [];
  const nodes = ['near', 'far'].map((name) => rclnodejs.createNode(name, '', context));
  const [near, far] = nodes.map(
    (node) =>
      new Ros2Transport({
        rclnodejs,
        node,
        clock: new MonotonicClock(),
        robot: exampleRobot(),
        controller: '/hebbridge',
        publishes: TOPICS,
        subscribes: TOPICS,
        commandInterface: 'effort',
        commandTopic: 'effort_controller/commands',
        sensorReliability: 'reliable',
        commandReliability: 'reliable',
        assembly: { orientation: 'imu', footContacts: true, contactThreshold: 0.5, oldestPart: 60 },
        onListenerError: (_topic, error) => listenerErrors.push(error),
        onBadMessage: (topic, problem) => expect.unreachable(`${topic}: ${problem}`),
      }),
  ) as [Ros2Transport, Ros2Transport];
  for (const node of nodes) node.spin();
  await waitUntil(() => near.isConnected() && far.isConnected());
  return {
    near,
    far,
    listenerErrors,
    dispose: () => {
      for (const node of nodes) node.destroy();
      rclnodejs.shutdown(context);
      return Promise.resolve();
    },
  };
}

/** What ROS 2's own message types cannot tell: their stamps are those of their arrival, velocities are turned. */
const arrives: TransportCarriage['arrives'] = (topic, message) => {
  if (topic === 'jointCommand' || topic === 'observation') {
    return { ...message, stamp: expect.any(Number) as number };
  }
  if (topic !== 'robotState') return message;
  const { torso, ...rest } = message as ReturnType<typeof exampleMessages>['robotState'];
  const close = (values: Float64Array): boolean =>
    values.every((value, k) => Math.abs(value - torso.linearVelocity[k]!) < 1e-12);
  return { ...rest, torso: { ...torso, linearVelocity: expect.toSatisfy(close) as Float64Array } };
};

describeWithRos('over ROS 2', (rclnodejs) => {
  describeTransport('the ROS 2 transport', () => connect(rclnodejs), { arrives });
});
