import { stringify } from 'yaml';
import { JOINT_PARAMETERS } from './joint-parameters.js';
import { NODE_PARAMETERS } from './node-parameters.js';
import type { NodeParameter, ParameterType, ParameterValue } from './parameter.js';
import { allowedText, numberText } from './parameter-text.js';

const HEAD = `# Every parameter of the hebbridge node with its default. Copy what you change into a file of your own:
#   hebbridge control --ros-args --params-file my-robot.yaml
`;

const JOINTS_HEAD = `    # How the joints of the robot map on those of the bundle, joint by joint:
    # joints:
    #   left_front_hip:
`;

/** A parameter file of ROS 2 with every parameter at its default and what it means: launch/parameters/hebbridge.yaml. */
export function defaultParameterFile(): string {
  const lines = tree(NODE_PARAMETERS.map((parameter) => [parameter.name, parameter] as const));
  const parameters = renderTree(lines, '    ', (parameter, key, indent) => {
    const line = `${key}: ${yamlText(parameter.default, parameter.type)}`;
    // ROS 2 cannot tell the type of an empty list, and some of its nodes end at one.
    const unset = Array.isArray(parameter.default) && parameter.default.length === 0;
    return `${indent}# ${comment(parameter)}\n${indent}${unset ? '# ' : ''}${line}\n`;
  });
  const joints = JOINT_PARAMETERS.map((parameter) => {
    const key = parameter.name.slice('joints.<joint>.'.length);
    const value = parameter.default === '<joint>' ? 'left_front_hip' : parameter.default;
    return `    #     # ${comment(parameter)}\n    #     ${key}: ${yamlText(value, parameter.type)}\n`;
  });
  return `${HEAD}/**:\n  ros__parameters:\n${parameters}${JOINTS_HEAD}${joints.join('')}`;
}

/** A parameter file of ROS 2 for `node` with these values; doubles and integers keep their type in ROS. */
export function renderParameterFile(
  node: string,
  values: readonly (readonly [name: string, type: ParameterType, value: ParameterValue])[],
): string {
  const lines = tree(values.map(([name, type, value]) => [name, yamlText(value, type)] as const));
  const parameters = renderTree(lines, '    ', (value, key, indent) => `${indent}${key}: ${value}\n`);
  return `${node}:\n  ros__parameters:\n${parameters}`;
}

type Tree<Leaf> = Map<string, { readonly leaf: Leaf } | { readonly branch: Tree<Leaf> }>;

/** Names taken apart at their dots. */
function tree<Leaf>(leaves: readonly (readonly [name: string, leaf: Leaf])[]): Tree<Leaf> {
  const root: Tree<Leaf> = new Map();
  for (const [name, leaf] of leaves) {
    const parts = name.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      let next = at.get(part);
      if (!next || !('branch' in next)) at.set(part, (next = { branch: new Map() }));
      at = next.branch;
    }
    at.set(parts.at(-1)!, { leaf });
  }
  return root;
}

function renderTree<Leaf>(
  branch: Tree<Leaf>,
  indent: string,
  render: (leaf: Leaf, key: string, indent: string) => string,
): string {
  let text = '';
  for (const [key, entry] of branch) {
    text +=
      'leaf' in entry
        ? render(entry.leaf, key, indent)
        : `${indent}${key}:\n${renderTree(entry.branch, `${indent}  `, render)}`;
  }
  return text;
}

/** What it means; unit, values. */
function comment(parameter: NodeParameter): string {
  const { meaning, unit, takesEffect } = parameter;
  const facts = [
    unit,
    parameter.type === 'bool' ? '' : allowedText(parameter),
    takesEffect === 'at once' ? takesEffect : '',
  ];
  const told = facts.filter((fact) => fact !== undefined && fact !== '');
  return `${meaning}${told.length === 0 ? '' : ` [${told.join('; ')}]`}`;
}

/** A value as YAML that ROS 2 reads as the same type. */
export function yamlText(value: ParameterValue, type: ParameterType): string {
  if (typeof value === 'number') return type === 'double' ? doubleText(value) : String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return stringText(value);
  return `[${value.map(stringText).join(', ')}]`;
}

/** With a point, without which ROS 2 would read an integer. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return numberText(value);
  const [mantissa, exponent] = String(value).split('e') as [string, string?];
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? pointed : `${pointed}e${exponent}`;
}

function stringText(value: string): string {
  return stringify(value, { defaultStringType: 'QUOTE_SINGLE', lineWidth: 0 }).trimEnd();
}
