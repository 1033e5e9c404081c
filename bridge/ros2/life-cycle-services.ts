import type { LifeCycleTransition, Rclnodejs, RosLifecycleNode } from './rclnodejs.js';

/** What a transition that others may ask for is done with, by its label (rcl_lifecycle). */
const ACTS = ['configure', 'activate', 'deactivate', 'cleanup', 'shutdown'] as const;

/**
 * The services of a managed node (https://design.ros2.org/articles/node_lifecycle.html). rclnodejs offers them too,
 * but a transition that is not there in the current state (activate while active) is an exception in its own, that
 * ends the process (seen with 2.2.0, `_onChangeState`); and it leaves `~/get_transition_graph` out. So the node is
 * made without them. A transition that is not there is answered with `success: false`, and nothing changes.
 */
export function offerLifeCycleServices(rclnodejs: Rclnodejs, node: RosLifecycleNode): void {
  const offer = (type: string, name: string, answer: (request: Record<string, unknown>) => object): void => {
    node.createService(`lifecycle_msgs/srv/${type}`, `~/${name}`, (request, response) =>
      response.send(answer(request)),
    );
  };
  offer('ChangeState', 'change_state', ({ transition }) => ({
    success: changeState(rclnodejs, node, transition as LifeCycleTransition),
  }));
  offer('GetState', 'get_state', () => ({ current_state: plain(node.currentState) }));
  offer('GetAvailableStates', 'get_available_states', () => ({
    available_states: node.availableStates.map(plain),
  }));
  const transitions = (all: RosLifecycleNode['transitions']) => ({
    available_transitions: all.map(({ transition, startState, goalState }) => ({
      transition: plain(transition),
      start_state: plain(startState),
      goal_state: plain(goalState),
    })),
  });
  offer('GetAvailableTransitions', 'get_available_transitions', () => transitions(node.availableTransitions));
  offer('GetAvailableTransitions', 'get_transition_graph', () => transitions(node.transitions));
}

/** As lifecycle_msgs/ChangeState has it: by label, where there is one, otherwise by id. */
function changeState(
  rclnodejs: Rclnodejs,
  node: RosLifecycleNode,
  { id, label }: LifeCycleTransition,
): boolean {
  const available = node.availableTransitions.map(({ transition }) => transition);
  const wanted = available.find((transition) =>
    label === '' ? transition.id === id : transition.label === label,
  );
  const act = ACTS.find((name) => name === wanted?.label);
  if (act === undefined) {
    const there =
      available.map((transition) => `${transition.label} (${transition.id})`).join(', ') || 'none';
    const asked = label === '' ? String(id) : `'${label.slice(0, 60)}'`;
    node
      .getLogger()
      .warn(`change_state: ${node.currentState.label}: there is no transition ${asked}, but ${there}`);
    return false;
  }
  const result = new rclnodejs.lifecycle.CallbackReturnValue();
  node[act](result);
  return result.isSuccess();
}

function plain({ id, label }: LifeCycleTransition): LifeCycleTransition {
  return { id, label };
}
