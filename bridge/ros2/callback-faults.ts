import { HebbridgeError } from '../../policy/errors.js';
import type { RosNode, RosServiceResponse } from './rclnodejs.js';

/**
 * What becomes of an exception in what a node calls.
 *
 * rclnodejs (seen with 2.2.0) calls everything from C++, through `execute` of the node, and ends the process at an
 * exception (`abort`): no `uncaughtException` handler runs, and the robot keeps its last command. So none gets there.
 *
 * - Of our own callbacks, which this wraps as they are given to the node: the owner of the node brings the robot to
 *   rest at once, then the error is raised where Node.js sees it, and the node does nothing more: what failed cannot
 *   be trusted any more.
 * - Of rclnodejs itself: a request that it cannot read, an answer to somebody who is gone. Nothing of ours failed, and
 *   nobody on the network shall end the process like that: a line in the log, and on.
 *
 * Made before anything is created on the node.
 */
export class CallbackFaults {
  private readonly node: RosNode;
  private readonly bringToRest: () => void;
  private raised = false;

  /**
   * @param bringToRest synchronous; may throw
   * @throws HebbridgeError ERR_ROS_MISSING for a rclnodejs of another make
   */
  constructor(node: RosNode, bringToRest: () => void = () => undefined) {
    this.node = node;
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
        this.complain(error);
      }
    };
    this.wrapCallbacks();
  }

  /** The robot comes to rest now, and the process fails of `error` when whoever called is done. */
  raise(error: unknown): void {
    if (this.raised) return;
    this.raised = true;
    // No immediate: Node 20 loops for ever over those behind one that threw, if one of them is cleared meanwhile.
    setTimeout(() => {
      throw error;
    }, 0);
    try {
      this.bringToRest();
    } catch {
      // Whoever hears of the error tries once more.
    }
  }

  private wrapCallbacks(): void {
    const { node } = this;
    const createSubscription = node.createSubscription.bind(node);
    const createService = node.createService.bind(node);
    const addPreSetParametersCallback = node.addPreSetParametersCallback.bind(node);
    const addOnSetParametersCallback = node.addOnSetParametersCallback.bind(node);
    node.createSubscription = (type, topic, options, take) =>
      createSubscription(type, topic, options, (message) => this.attempt(() => take(message), undefined));
    node.createService = (type, name, answer) =>
      createService(type, name, (request, response) =>
        this.attempt(() => answer(request, this.lenient(response)), undefined),
      );
    node.addPreSetParametersCallback = (prepare) =>
      addPreSetParametersCallback((wanted) => this.attempt(() => prepare(wanted), wanted));
    node.addOnSetParametersCallback = (set) =>
      addOnSetParametersCallback((wanted) =>
        this.attempt(() => set(wanted), { successful: false, reason: 'a fault of hebbridge: it ends' }),
      );
  }

  private attempt<Answer>(act: () => Answer, otherwise: Answer): Answer {
    try {
      return act();
    } catch (error) {
      this.raise(error);
      return otherwise;
    }
  }

  /** An answer that cannot be sent is not a fault of whoever answers. */
  private lenient(response: RosServiceResponse): RosServiceResponse {
    return {
      template: {},
      send: (answer) => {
        try {
          response.send(answer);
        } catch (error) {
          this.complain(error);
        }
      },
    };
  }

  private complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.node.getLogger().warn(`rclnodejs cannot take or answer what somebody sent: ${reason.slice(0, 500)}`);
  }
}
