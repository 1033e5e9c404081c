import { HebbridgeError } from '../../policy/errors.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import {
  declaredParameters,
  NODE_PARAMETERS,
  expectation,
  parseNodeParameters,
  shownValue,
  type NodeParameter,
  type NodeParameterName,
  type NodeParameters,
  type ParameterOverride,
} from '../parameters/index.js';
import type { Rclnodejs, RosNode, RosParameter, RosSetParametersResult } from './rclnodejs.js';

/** The ROS 2 types of our parameter types (rcl_interfaces/ParameterType). */
const ROS_TYPES = { bool: 1, int: 2, double: 3, string: 4, 'string[]': 9 } as const;

/** The type of a parameter that somebody deletes. */
const NOT_SET = 0;

/** Where a value came from that somebody set while the node lives. */
const SERVICE = 'set_parameters';

/** What the publishers, subscriptions and the clock of a node are made of: they are made once, before it spins. */
const HELD_FROM_START = NODE_PARAMETERS.filter(({ takesEffect }) => takesEffect === 'at start').map(
  ({ name }) => name as NodeParameterName,
);

/**
 * The parameters of a node as ROS 2 offers them: declared with what they mean, and what is set is checked by the same
 * schema as files and command lines.
 */
export class NodeParameterServer {
  private overrides: readonly ParameterOverride[];
  private current: NodeParameters;
  private readonly rclnodejs: Rclnodejs;
  private readonly node: RosNode;
  private readonly declared: ReadonlyMap<string, NodeParameter>;
  /** Of what is being set: why it has a type that it cannot have. */
  private wrongType: string | undefined;

  /** `changed` hears of every change that was accepted. */
  constructor(
    rclnodejs: Rclnodejs,
    node: RosNode,
    overrides: readonly ParameterOverride[],
    contract: RobotContract,
    changed: (parameters: NodeParameters) => void,
  ) {
    this.overrides = overrides;
    this.current = parseNodeParameters(overrides);
    this.rclnodejs = rclnodejs;
    this.node = node;
    this.declared = new Map(declaredParameters(contract).map((parameter) => [parameter.name, parameter]));
    for (const parameter of this.declared.values()) {
      // rclnodejs declares this one itself.
      if (parameter.name !== 'use_sim_time') declare(rclnodejs, node, parameter, this.valueOf(parameter));
    }
    node.addPreSetParametersCallback((wanted) => {
      this.wrongType = undefined;
      return wanted.map((parameter) => this.ofDeclaredType(parameter));
    });
    node.addOnSetParametersCallback((wanted) => this.take(wanted, changed));
  }

  get values(): NodeParameters {
    return this.current;
  }

  /** As anybody else may over ROS 2: it is checked, and told to whoever watches the parameters. */
  set(name: NodeParameterName, value: unknown): RosSetParametersResult {
    return this.node.setParameter(rosParameter(this.rclnodejs, this.declared.get(name)!, value));
  }

  private valueOf({ name, default: byDefault }: NodeParameter): unknown {
    const joint = this.current.joints.findLast(({ joint, field }) => `joints.${joint}.${field}` === name);
    if (joint) return joint.value;
    return name in this.current ? this.current[name as keyof NodeParameters] : byDefault;
  }

  /**
   * What people type: `1` for a number is an integer to ROS 2. rclnodejs refuses other types than the declared one
   * before we are asked, and does not say why: what has no right type is passed as it was, and refused in `take`.
   */
  private ofDeclaredType(wanted: RosParameter): RosParameter {
    const parameter = this.declared.get(wanted.name);
    const deleted = wanted.type === NOT_SET;
    if (!parameter || deleted || wanted.type === ROS_TYPES[parameter.type]) return wanted;
    const parsed = parameter.schema.safeParse(plain(wanted.value));
    if (!parsed.success) {
      const value = shownValue(plain(wanted.value));
      this.wrongType = `${SERVICE}: ${wanted.name}: ${value} is not ${expectation(parameter)}`;
    }
    return rosParameter(this.rclnodejs, parameter, parsed.success ? parsed.data : this.valueOf(parameter));
  }

  private take(
    wanted: readonly RosParameter[],
    changed: (parameters: NodeParameters) => void,
  ): RosSetParametersResult {
    if (this.wrongType !== undefined) return { successful: false, reason: this.wrongType };
    const names = wanted.map(({ name }) => name);
    const overrides = [
      // What is set again and again must not be remembered again and again.
      ...this.overrides.filter(({ name, source }) => source !== SERVICE || !names.includes(name)),
      ...wanted.map(({ name, value }) => ({ name, value: plain(value), source: SERVICE })),
    ];
    try {
      const values = parseNodeParameters(overrides);
      const held = HELD_FROM_START.find((name) => values[name] !== this.current[name]);
      if (held !== undefined) return { successful: false, reason: this.refusalOf(held, values[held]) };
      this.current = values;
    } catch (error) {
      if (!(error instanceof HebbridgeError)) throw error;
      return { successful: false, reason: error.message };
    }
    this.overrides = overrides;
    changed(this.current);
    return { successful: true, reason: '' };
  }

  private refusalOf(name: NodeParameterName, wanted: unknown): string {
    return (
      `${SERVICE}: ${name}: ${String(wanted)} comes too late, it stays ${String(this.current[name])} ` +
      `as long as the node lives; start it with -p ${name}:=${String(wanted)}`
    );
  }
}

function declare(rclnodejs: Rclnodejs, node: RosNode, parameter: NodeParameter, value: unknown): void {
  const type = ROS_TYPES[parameter.type];
  const description = `${parameter.meaning} ${expectation(parameter)}`;
  node.declareParameter(
    rosParameter(rclnodejs, parameter, value),
    new rclnodejs.ParameterDescriptor(parameter.name, type, description, false),
    // What files and command lines say was read, and checked, by our own schema.
    true,
  );
}

function rosParameter(rclnodejs: Rclnodejs, { name, type }: NodeParameter, value: unknown): RosParameter {
  return new rclnodejs.Parameter(name, ROS_TYPES[type], type === 'int' ? BigInt(value as number) : value);
}

/** ROS 2's integers come as bigints. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
