import { HebbridgeError } from '../../policy/errors.js';
import type { RosNode } from './rclnodejs.js';

/**
 * What becomes of an exception in anything that a node calls: subscriptions, services, parameters, its own answers.
 *
 * rclnodejs (seen with 2.2.0) calls all of them from C++, through `execute` of the node, and ends the process at an
 * exception (`abort`): no `uncaughtException` handler runs, and the robot keeps its last command. So none gets
 * there. The owner of the node brings the robot to rest at once, then the error is raised where Node.js sees it. The
 * node does nothing more: what failed cannot be trusted any more.
 */
export class CallbackFaults {
  private readonly bringToRest: () => void;
  private raised = false;

  /**
   * @param bringToRest synchronous; may throw
   * @throws HebbridgeError ERR_ROS_MISSING for a rclnodejs of another make
   */
  constructor(node: RosNode, bringToRest: () => void = () => undefined) {
    this.bringToRest = bringToRest;
    const execute = node.execute as ((handles: readonly unknown[]) => void) | undefined;
    if (typeof execute !== 'function') {
      throw new HebbridgeError(
        'ERR_ROS_MISSING',
        'this rclnodejs is not made like 2.2.0, with which hebbridge was tested (its nodes have no `execute`): ' +
          'errors would end the process without a safe command; npm install --no-save rclnodejs@2.2.0',
      );
    }
    node.execute = (handles) => {
      if (this.raised) return;
      try {
        execute.call(node, handles);
      } catch (error) {
        this.raise(error);
      }
    };
  }

  /** The robot comes to rest now, and the process fails of `error` when whoever called is done. */
  raise(error: unknown): void {
    if (this.raised) return;
    this.raised = true;
    setImmediate(() => {
      throw error;
    });
    try {
      this.bringToRest();
    } catch {
      // Whoever hears of the error tries once more.
    }
  }
}
