import { BoolReader, Float64Reader } from './messages/index.js';
import type { RosNode } from './rclnodejs.js';

/** What an operator may do to a control node; undefined: it is not configured, false: its policy does not offer it. */
export interface OperatorActs {
  emergencyStop(): void;
  /** False: there was no stop to clear. */
  clearStop(): boolean;
  setFrozen(frozen: boolean): boolean | undefined;
  resetWeights(): boolean | undefined;
  /** rad from +x towards +y, -pi to pi. */
  setGoalHeading(heading: number): boolean | undefined;
}

/** Hears raw messages of a topic of the node's own. */
export type Hear = (type: string, topic: string, take: (bytes: Uint8Array) => void) => void;
/** Answers what was asked over a topic; `reason` counts where it was not accepted. */
export type Acknowledge = (id: string, accepted: boolean, reason: string) => void;

export const NOT_CONFIGURED = 'the node is not configured';
const NO_PLASTICITY = 'the policy has no plasticity';

type Outcome = readonly [success: boolean, message: string];

/** The acts as services, which answer their callers. */
export function offerServices(node: RosNode, acts: OperatorActs): void {
  const offer = (type: string, name: string, act: (data: unknown) => Outcome): void => {
    node.createService(type, name, ({ data }, response) => {
      const [success, message] = act(data);
      response.send({ success, message });
    });
  };
  offer('std_srvs/srv/SetBool', '~/set_frozen', (data) =>
    outcome(acts.setFrozen(data === true), NO_PLASTICITY),
  );
  offer('std_srvs/srv/Trigger', '~/reset_weights', () =>
    outcome(acts.resetWeights(), 'the policy has no weights that change'),
  );
  offer('std_srvs/srv/Trigger', '~/estop', () => {
    acts.emergencyStop();
    return [true, 'stopped until ~/clear_estop'];
  });
  offer('std_srvs/srv/Trigger', '~/clear_estop', () =>
    acts.clearStop() ? [true, 'cleared; fades in when all is well'] : [false, 'no stop is latched'],
  );
}

/** The same acts over plain topics, for panels and joysticks; clearing a stop is none of them. */
export function hearOperatorTopics(acts: OperatorActs, hear: Hear, acknowledge: Acknowledge): void {
  const stop = new BoolReader('~/estop');
  hear('std_msgs/msg/Bool', '~/estop', (bytes) => {
    // Whatever somebody meant by a message on this topic that cannot be read: not that all is well.
    let stopping = true;
    try {
      stopping = stop.read(bytes);
    } finally {
      if (stopping) acts.emergencyStop();
      acknowledge('estop', stopping, 'false does not clear a stop: call ~/clear_estop');
    }
  });
  const freeze = new BoolReader('~/freeze');
  hear('std_msgs/msg/Bool', '~/freeze', (bytes) => {
    acknowledge('freeze', ...outcome(acts.setFrozen(freeze.read(bytes)), NO_PLASTICITY));
  });
  const heading = new Float64Reader('~/goal_heading');
  hear('std_msgs/msg/Float64', '~/goal_heading', (bytes) => {
    const value = heading.read(bytes);
    const right = Math.abs(value) <= Math.PI;
    acknowledge(
      'goal_heading',
      ...outcome(right ? acts.setGoalHeading(value) : false, `${value} is not in -pi to pi rad`),
    );
  });
}

function outcome(done: boolean | undefined, otherwise: string): Outcome {
  if (done === undefined) return [false, NOT_CONFIGURED];
  return done ? [true, ''] : [false, otherwise];
}
