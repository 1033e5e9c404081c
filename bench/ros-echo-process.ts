import {
  qualityOfService,
  loadRclnodejs,
  type Quality,
  type RosPublisher,
} from '../bridge/ros2/rclnodejs.js';
import { Float64MultiArrayWriter } from '../bridge/ros2/messages/index.js';

/*
 * A bare echo over ROS 2, what a control node cannot do without: for each message on `echo/observation` a ready one
 * on `echo/commands`, both as raw bytes, with the qualities of service of the control node.
 */

const SENSORS: Quality = { depth: 1, reliability: 'best_effort', durability: 'volatile' };
const COMMANDS: Quality = { depth: 1, reliability: 'reliable', durability: 'volatile' };

const rclnodejs = await loadRclnodejs(process.env);
await rclnodejs.init(undefined, []);
const node = rclnodejs.createNode('echo');
const answer = new Float64MultiArrayWriter(8).buffer;
const publisher: RosPublisher = node.createPublisher('std_msgs/msg/Float64MultiArray', 'echo/commands', {
  qos: qualityOfService(rclnodejs, COMMANDS),
});
node.createSubscription(
  'std_msgs/msg/Float32MultiArray',
  'echo/observation',
  { isRaw: true, qos: qualityOfService(rclnodejs, SENSORS) },
  () => publisher.publish(answer),
);
node.spin();
// With its parent it ends: nothing else would stop it.
process.stdin.on('end', () => process.exit(0)).resume();
