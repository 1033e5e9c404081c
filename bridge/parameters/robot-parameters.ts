import { nearestWord } from '../../policy/nearest-word.js';
import type { JointContract, RobotContract } from '../../policy/robot-contract.js';
import { jointParameters, type JointFieldValues } from './joint-parameters.js';
import { refuse, type JointSetting, type NodeParameters } from './parse-node-parameters.js';

/** How a joint of the robot maps on that of the contract: position = sign x scale x robot's position + offset. */
export interface JointMapping {
  /** As the policy sees it; its effort limit is the effort of an action of 1 on this robot, N m. */
  readonly joint: JointContract;
  /** On the robot. */
  readonly name: string;
  readonly sign: 1 | -1;
  readonly scale: number;
  /** rad. */
  readonly offset: number;
}

/** What the parameters say of the robot of the bundle. */
export interface RobotParameters {
  /** In the order of the contract. */
  readonly joints: readonly JointMapping[];
  /** Feet in the order of the values of `foot_contacts`; each foot of the contract once. */
  readonly footNames: readonly string[];
  /** s. */
  readonly controlPeriod: number;
}

/**
 * The parameters that a robot's contract fills in and checks. Throws ERR_PARAMETER, one problem a line: joints that
 * it has not, two joints of one name, feet that are missing.
 */
export function robotParameters(parameters: NodeParameters, contract: RobotContract): RobotParameters {
  const joints = contract.joints.map((joint) => mapping(joint, parameters.joints));
  const given = parameters['input.foot_names'];
  refuse([
    ...unknownJoints(parameters.joints, contract),
    ...sharedNames(joints, parameters),
    ...(given.length === 0 ? [] : footProblems(parameters, contract)),
  ]);
  return {
    joints,
    footNames: given.length === 0 ? contract.feet : given,
    controlPeriod: parameters.control_period === 0 ? contract.controlPeriod : parameters.control_period,
  };
}

function mapping(joint: JointContract, settings: readonly JointSetting[]): JointMapping {
  const defaults = jointParameters(joint.name).map((parameter) => [
    parameter.name.slice(`joints.${joint.name}.`.length),
    parameter.default,
  ]);
  const set = settings.filter((setting) => setting.joint === joint.name);
  const { effort_limit: effortLimit, ...values } = Object.fromEntries([
    ...defaults,
    ...set.map(({ field, value }) => [field, value]),
  ]) as JointFieldValues;
  return { joint: Number.isNaN(effortLimit) ? joint : { ...joint, effortLimit }, ...values };
}

function unknownJoints(settings: readonly JointSetting[], { joints }: RobotContract): string[] {
  const names = joints.map(({ name }) => name);
  return settings
    .filter(({ joint }) => !names.includes(joint))
    .map(({ joint, field, source }) => {
      const nearest = nearestWord(joint, names);
      const instead = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`;
      return `${source}: joints.${joint}.${field}: the robot of the bundle has no joint '${joint}'; ${instead}`;
    });
}

/** Joints are found by name: two of one name could not be told apart. */
function sharedNames(joints: readonly JointMapping[], { sources }: NodeParameters): string[] {
  const named = new Map<string, string>();
  return joints.flatMap(({ name, joint }) => {
    const other = named.get(name);
    named.set(name, joint.name);
    if (other === undefined) return [];
    const parameter = [joint.name, other].map((of) => `joints.${of}.name`).find((key) => sources.has(key))!;
    return [
      `${sources.get(parameter)}: ${parameter}: ${other} and ${joint.name} are both '${name}'; give two names`,
    ];
  });
}

function footProblems({ sources, ...values }: NodeParameters, { feet }: RobotContract): string[] {
  const given = values['input.foot_names'];
  const where = `${sources.get('input.foot_names')}: input.foot_names`;
  return [
    ...feet
      .filter((foot) => !given.includes(foot))
      .map((foot) => `${where}: lacks '${foot}'; name each of ${feet.join(', ')}`),
    ...given
      .filter((foot) => !feet.includes(foot))
      .map((foot) => `${where}: there is no foot '${foot}'; name each of ${feet.join(', ')}`),
    ...given
      .filter((foot, index) => given.indexOf(foot) !== index)
      .map((foot) => `${where}: '${foot}' stands there twice; name it once`),
  ];
}
