import type { RobotContract } from '../../policy/robot-contract.js';
import { double, named, sign, text, type NodeParameter, type ValuesOf } from './parameter.js';

/** The parameters `joints.<joint>.<field>` of each joint of the bundle. */
const JOINT_FIELDS = {
  name: text({ default: '<joint>', form: 'name', meaning: 'Name of the joint on the robot.' }),
  sign: sign({
    default: 1,
    meaning: "Direction of the robot's joint: position = sign x scale x robot's position + offset.",
  }),
  scale: double({
    default: 1,
    range: [1e-3, 1000],
    meaning: "Position of the joint per position of the robot's joint.",
  }),
  offset: double({
    default: 0,
    range: [-6.2832, 6.2832],
    unit: 'rad',
    meaning: "Position of the joint where the robot's joint is at 0.",
  }),
  effort_limit: double({
    default: NaN,
    range: [0, 1e5],
    nan: true,
    unit: 'N m',
    meaning: 'Effort of an action of 1; nan: that of the bundle.',
  }),
};

export type JointField = keyof typeof JOINT_FIELDS;

/** The values of the parameters of one joint. */
export type JointFieldValues = ValuesOf<typeof JOINT_FIELDS>;

/** The parameters of a joint, `<joint>` standing for its name. */
export const JOINT_PARAMETERS: readonly NodeParameter[] = named(JOINT_FIELDS, 'joints.<joint>.');

/** The fields of a joint, in the order of the table. */
export const JOINT_FIELD_NAMES = Object.keys(JOINT_FIELDS) as readonly JointField[];

/** The parameters of one joint, whose name on the robot is its own unless it is set. */
export function jointParameters(joint: string): readonly NodeParameter[] {
  return JOINT_PARAMETERS.map((parameter) => ({
    ...parameter,
    name: parameter.name.replace('<joint>', () => joint),
    default: parameter.default === '<joint>' ? joint : parameter.default,
  }));
}

/** The parameters of the joints of a robot, joint after joint. */
export function allJointParameters({ joints }: RobotContract): readonly NodeParameter[] {
  return joints.flatMap(({ name }) => jointParameters(name));
}

/** `joints.left_hip.sign` taken apart; undefined where it names no field of a joint. */
export function jointField(name: string): { readonly joint: string; readonly field: JointField } | undefined {
  const [, joint, last] = /^joints\.(.+)\.(\w+)$/.exec(name) ?? [];
  const field = JOINT_FIELD_NAMES.find((candidate) => candidate === last);
  return joint === undefined || field === undefined ? undefined : { joint, field };
}
