import { loadRclnodejs, type Rclnodejs } from '../bridge/ros2/rclnodejs.js';
import { HebbridgeError } from '../policy/errors.js';
import { parseRosArguments, type RosArguments } from '../bridge/parameters/index.js';
import type { CommandContext } from './command.js';

/** What a command line says about a ROS 2 node: `--ros-args`, and our own options that mean the same. */
export function readRosArguments(
  { rosArguments }: Pick<CommandContext, 'rosArguments'>,
  node: string,
  files: readonly string[] = [],
): RosArguments {
  const own =
    files.length === 0 ? [] : ['--ros-args', ...files.flatMap((file) => ['--params-file', file]), '--'];
  return parseRosArguments([...own, ...rosArguments], { name: node, namespace: '/' });
}

/**
 * Start ROS 2 in this process. From now on Ctrl-C is the caller's.
 *
 * @throws HebbridgeError ERR_ROS_MISSING; ERR_ROS_START for arguments that ROS 2 does not take
 */
export async function startRos(
  ros: RosArguments,
  environment: CommandContext['environment'],
): Promise<Rclnodejs> {
  const rclnodejs = await loadRclnodejs(environment);
  try {
    await rclnodejs.init(undefined, ['hebbridge', ...ros.rosArguments]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HebbridgeError('ERR_ROS_START', `ROS 2 does not start: ${reason}`, { cause: error });
  }
  rclnodejs.removeSignalHandlers();
  return rclnodejs;
}
