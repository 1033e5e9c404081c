import { HebbridgeError } from '../../policy/errors.js';
import { nearestWord } from '../../policy/nearest-word.js';
import { JOINT_FIELD_NAMES, JOINT_PARAMETERS, jointField, type JointField } from './joint-parameters.js';
import {
  NODE_PARAMETERS,
  NODE_PARAMETERS_SCHEMA,
  nodeParameter,
  type NodeParameterName,
  type NodeParameterValues,
} from './node-parameters.js';
import type { ParameterValue } from './parameter.js';
import { expectation, numberText, shownValue } from './parameter-text.js';

/** A value for a parameter from outside, and where it came from: `ant.yaml:7`, `-p`, a service. */
export interface ParameterOverride {
  readonly name: string;
  readonly value: unknown;
  readonly source: string;
}

/** A parameter of a joint that was set. Whether the robot has such a joint, its contract tells. */
export interface JointSetting {
  readonly joint: string;
  readonly field: JointField;
  readonly value: ParameterValue;
  readonly source: string;
}

/** All parameters of the node, by the names that ROS has for them. */
export type NodeParameters = NodeParameterValues & {
  /** What was set of the joints, later settings last; see robotParameters. */
  readonly joints: readonly JointSetting[];
  /** Where the value of a parameter came from; absent where it is the default. */
  readonly sources: ReadonlyMap<string, string>;
};

/** The defaults under `overrides`, of which later ones win. Throws ERR_PARAMETER with all problems, one a line. */
export function parseNodeParameters(overrides: readonly ParameterOverride[] = []): NodeParameters {
  const problems: string[] = [];
  const values = new Map<string, ParameterValue>();
  const sources = new Map<string, string>();
  const joints: JointSetting[] = [];
  for (const { name, value, source } of overrides) {
    if (belongsToRos(name)) continue;
    const parameter = nodeParameter(name);
    if (!parameter) {
      problems.push(`${source}: ${name}: there is no such parameter${suggestion(name)}`);
      continue;
    }
    const parsed = parameter.schema.safeParse(plainValue(value));
    if (!parsed.success) {
      const guess =
        typeof value === 'string' ? nearestWord(value, (parameter.choices ?? []).map(String)) : undefined;
      const wrong = `${source}: ${name}: ${shownValue(value)} is not ${expectation(parameter)}`;
      problems.push(guess === undefined ? wrong : `${wrong}; did you mean ${guess}?`);
      continue;
    }
    sources.set(name, source);
    const place = jointField(name);
    if (place) joints.push({ ...place, value: parsed.data, source });
    else values.set(name, parsed.data);
  }
  refuse(problems);
  const parsed = NODE_PARAMETERS_SCHEMA.parse(Object.fromEntries(values));
  refuse(orderProblems(parsed, sources));
  return { ...parsed, joints, sources };
}

/** One error of all problems, if there are any. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new HebbridgeError('ERR_PARAMETER', problems.join('\n'));
}

/** Parameters that ROS 2 gives every node, and reads itself. */
function belongsToRos(name: string): boolean {
  return name === 'start_type_description_service' || name.startsWith('qos_overrides.');
}

/** Integers arrive from ROS services as bigint. */
function plainValue(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** "; did you mean limits.tilt?", or nothing. */
function suggestion(name: string): string {
  const names = NODE_PARAMETERS.map((parameter) => parameter.name);
  const group = names.filter((known) => known.startsWith(`${name}.`));
  if (group.length > 0) return `, but there are ${group.join(', ')}`;
  if (name === 'joints' || name.startsWith('joints.')) return jointSuggestion(name);
  const nearest = names.find((known) => known.endsWith(`.${name}`)) ?? nearestWord(name, names);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

function jointSuggestion(name: string): string {
  const [, joint, field] = /^joints\.(.+)\.([^.]+)$/.exec(name) ?? [];
  const nearest = field === undefined ? undefined : nearestWord(field, JOINT_FIELD_NAMES);
  if (nearest !== undefined) return `; did you mean joints.${joint}.${nearest}?`;
  return `, but there are ${JOINT_PARAMETERS.map((parameter) => parameter.name).join(', ')}`;
}

const MEASURES = ['weight_rms', 'weight_drift', 'saturation'] as const;

/** freeze, damp and stop are stages: none may come before the one that it follows. */
function orderProblems(values: NodeParameterValues, sources: ReadonlyMap<string, string>): string[] {
  const order = [...sources.keys()];
  return MEASURES.flatMap((measure) => {
    const stages = (['freeze', 'damp', 'stop'] as const).map(
      (stage): NodeParameterName => `health.${measure}.${stage}`,
    );
    return stages.slice(1).flatMap((above, index) => {
      const below = stages[index]!;
      const [high, low] = [values[above] as number, values[below] as number];
      if (low <= high) return [];
      // Whoever set one of the two last is told; one that is left at its default is nobody's.
      const [told, other] = order.indexOf(above) > order.indexOf(below) ? [above, below] : [below, above];
      const where = sources.get(other) ?? 'its default';
      const relation = told === below ? 'greater' : 'less';
      return [
        `${sources.get(told)}: ${told}: ${numberText(values[told] as number)} is ${relation} than ${other}, ` +
          `${numberText(values[other] as number)} (${where}); freeze <= damp <= stop has to hold`,
      ];
    });
  });
}
