import { z } from 'zod';
import type { RobotContract } from '../../policy/robot-contract.js';
import { allJointParameters, jointField, jointParameters } from './joint-parameters.js';
import {
  bool,
  choice,
  double,
  int,
  named,
  text,
  texts,
  type NodeParameter,
  type UnnamedParameter,
  type ValuesOf,
} from './parameter.js';

/** freeze, damp and stop of one measure of the health of the weights. */
const health = (measure: string, [freeze, damp, stop]: readonly [number, number, number], unit?: string) => {
  const bound = (value: number, act: string) =>
    double({
      default: value,
      range: [0, Infinity],
      exclusiveMinimum: true,
      ...(unit === undefined ? {} : { unit }),
      meaning: `${measure} beyond which ${act}.`,
    });
  return [
    bound(freeze, 'the weights are frozen'),
    bound(damp, 'the motion is damped'),
    bound(stop, 'the controller stops'),
  ] as const;
};

const rms = health('Root mean square of the weights of a layer', [200, 1000, 5000]);
const drift = health('Growth of that root mean square', [Infinity, Infinity, Infinity], '1/s');
const saturation = health('Fraction of outputs beyond 0.99 over a second', [Infinity, Infinity, Infinity]);

/** Every parameter but those of the joints; what is read, documented and declared comes from here. */
const PARAMETERS = {
  bundle: text({ default: '', meaning: 'Rule bundle file; empty: the one that ships.' }),
  seed: int({
    default: 1,
    range: [0, 0xffffffff],
    meaning: 'Seed of the first life; later lives follow from it.',
  }),
  simulated: bool({ default: false, meaning: 'The robot is simulated: perturbations may reach its body.' }),
  autostart: bool({ default: false, takesEffect: 'at start', meaning: 'Configure and activate at start.' }),
  use_sim_time: bool({ default: false, takesEffect: 'at start', meaning: 'Time is that of `/clock`.' }),
  trigger: choice({
    default: 'timer',
    choices: ['timer', 'input'],
    meaning: 'Who begins a control step: the own timer, or each input that arrives.',
  }),
  control_period: double({
    default: 0,
    range: [1e-3, 1],
    zero: true,
    unit: 's',
    meaning: 'Time between control steps; 0: that of the bundle.',
  }),
  goal_heading: double({
    default: 0,
    range: [-3.1416, 3.1416],
    unit: 'rad',
    takesEffect: 'at once',
    meaning: 'Direction of the goal, from +x towards +y.',
  }),
  reference_height: double({
    default: NaN,
    range: [-1000, 1000],
    nan: true,
    unit: 'm',
    meaning: 'Torso height that counts as 0; nan: that of the first state.',
  }),

  'input.source': choice({
    takesEffect: 'at start',
    default: 'topics',
    choices: ['topics', 'observation'],
    meaning: 'Robot state from topics, or ready observations from `~/observation`.',
  }),
  'input.orientation': choice({
    takesEffect: 'at start',
    default: 'imu',
    choices: ['imu', 'odom'],
    meaning: 'Topic that the orientation of the torso is taken from.',
  }),
  'input.foot_contacts': choice({
    takesEffect: 'at start',
    default: 'topic',
    choices: ['topic', 'none'],
    meaning: 'Where foot contacts come from; none: no foot ever touches.',
  }),
  'input.foot_names': texts({
    default: [],
    meaning: 'Feet in the order of the values of `foot_contacts`; empty: the order of the bundle.',
  }),
  'input.contact_threshold': double({
    default: 0.5,
    range: [0, 1e6],
    meaning: 'Value of `foot_contacts` from which a foot touches the ground.',
  }),
  'input.position_margin': double({
    default: 0.5,
    range: [0, 10],
    unit: 'rad',
    meaning: 'How far beyond its limits a joint position may be before the reading is refused.',
  }),
  'input.min_rate': double({
    default: 20,
    range: [0, 1000],
    unit: 'Hz',
    meaning: 'Input rate below which the node holds; 0: off.',
  }),
  'input.max_rate': double({
    default: 0,
    range: [0, 1e6],
    unit: 'Hz',
    meaning:
      'Input rate above which the node holds; 0: twice the control rate where the input is the trigger.',
  }),
  'input.stale_periods': double({
    default: 3,
    range: [1, 100],
    meaning: 'Age, in control periods, from which a robot state is too old to act upon.',
  }),

  'command.type': choice({
    takesEffect: 'at start',
    default: 'effort',
    choices: ['effort', 'trajectory'],
    meaning: 'Efforts (std_msgs/Float64MultiArray) or joint positions (trajectory_msgs/JointTrajectory).',
  }),
  'command.topic': text({
    takesEffect: 'at start',
    default: 'effort_controller/commands',
    form: 'topic',
    meaning: 'Topic of the efforts.',
  }),
  'command.trajectory_topic': text({
    takesEffect: 'at start',
    default: 'joint_trajectory_controller/joint_trajectory',
    form: 'topic',
    meaning: 'Topic of the joint trajectories.',
  }),

  'qos.sensors': choice({
    takesEffect: 'at start',
    default: 'best_effort',
    choices: ['best_effort', 'reliable'],
    meaning: 'Reliability of the subscriptions to the robot state.',
  }),
  'qos.command': choice({
    takesEffect: 'at start',
    default: 'reliable',
    choices: ['best_effort', 'reliable'],
    meaning: 'Reliability of the published command.',
  }),

  'limits.tilt': double({
    default: 1.05,
    range: [0, 3.1416],
    unit: 'rad',
    meaning: 'Largest angle between the torso and upright.',
  }),
  'limits.joint_velocity': double({
    default: 40,
    range: [0, 1000],
    exclusiveMinimum: true,
    unit: 'rad/s',
    meaning: 'Largest joint velocity.',
  }),
  'limits.joint_effort': double({
    default: 1.5,
    range: [0, 100],
    exclusiveMinimum: true,
    meaning: 'Largest measured effort, as a fraction of the effort limit of the joint.',
  }),
  'limits.action': double({
    default: 1,
    range: [0, 1],
    exclusiveMinimum: true,
    meaning: 'Largest action that leaves the node.',
  }),
  'limits.action_rate': double({
    default: 60,
    range: [0, 1e6],
    exclusiveMinimum: true,
    unit: '1/s',
    meaning: 'Largest change of an action per second.',
  }),

  fade_in_time: double({
    default: 1,
    range: [0, 60],
    unit: 's',
    meaning: 'Time over which the command grows from nothing after every start.',
  }),
  recovery_time: double({
    default: 0.5,
    range: [0, 60],
    unit: 's',
    meaning: 'How long everything has to be good before the node acts again.',
  }),
  'damped.gain': double({
    default: 0.02,
    range: [0, 1],
    unit: 's/rad',
    meaning: 'Action against the motion per joint velocity, while damped.',
  }),
  'damped.timeout': double({
    default: 5,
    range: [0, 600],
    unit: 's',
    meaning: 'Damped for longer than this, the controller stops.',
  }),
  'overrun.policy': choice({
    default: 'hold',
    choices: ['report', 'hold', 'stop'],
    meaning: 'What too many missed control periods lead to.',
  }),
  'overrun.limit': double({
    default: 0.3,
    range: [0, 1],
    exclusiveMinimum: true,
    meaning: 'Fraction of missed control periods within a second that is too many.',
  }),

  'health.weight_rms.freeze': rms[0],
  'health.weight_rms.damp': rms[1],
  'health.weight_rms.stop': rms[2],
  'health.weight_drift.freeze': drift[0],
  'health.weight_drift.damp': drift[1],
  'health.weight_drift.stop': drift[2],
  'health.saturation.freeze': saturation[0],
  'health.saturation.damp': saturation[1],
  'health.saturation.stop': saturation[2],
  'health.settle_time': double({
    default: 5,
    range: [0, 600],
    unit: 's',
    meaning: 'Time from the beginning of a life in which drift is not judged.',
  }),

  'perturbation.enabled': bool({ default: false, meaning: 'Perturbations are taken.' }),
  status_period: double({
    default: 1,
    range: [0.01, 60],
    unit: 's',
    meaning: 'Time between status messages, beside those at every change.',
  }),
  weights_period: double({
    default: 0,
    range: [0, 60],
    unit: 's',
    meaning: 'Time between messages on `~/weights`; 0: none.',
  }),
  diagnostics_period: double({
    default: 1,
    range: [0.1, 60],
    unit: 's',
    meaning: 'Time between messages on `/diagnostics`.',
  }),
};

export type NodeParameterName = keyof typeof PARAMETERS;

/** The value of every parameter but those of the joints, by the name that ROS has for it. */
export type NodeParameterValues = ValuesOf<typeof PARAMETERS>;

/** What holds for all parameters but those of the joints: absent ones get their defaults. */
export const NODE_PARAMETERS_SCHEMA = z.strictObject(
  Object.fromEntries(
    Object.entries<UnnamedParameter>(PARAMETERS).map(([name, parameter]) => [
      name,
      parameter.schema.default(() => parameter.default),
    ]),
  ),
) as unknown as z.ZodType<NodeParameterValues>;

/** The table, in the order in which documents and files have it; without the joints'. */
export const NODE_PARAMETERS: readonly NodeParameter[] = named(PARAMETERS);

/** Every parameter that the node of this robot has, with the joints by name: what it declares to ROS. */
export function declaredParameters(contract: RobotContract): readonly NodeParameter[] {
  return [...NODE_PARAMETERS, ...allJointParameters(contract)];
}

/** The parameter of that name, whether of the node or of any joint; undefined if there is none. */
export function nodeParameter(name: string): NodeParameter | undefined {
  const place = jointField(name);
  if (!place) return NODE_PARAMETERS.find((parameter) => parameter.name === name);
  return jointParameters(place.joint).find((parameter) => parameter.name === name);
}
