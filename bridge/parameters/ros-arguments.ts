import { HebbridgeError } from '../../policy/errors.js';
import { nearestWord } from '../../policy/nearest-word.js';
import type { NodeIdentity } from './parameter-file.js';
import { readYamlValue, type YamlValue } from './yaml-value.js';

/** `-r from:=to`: another name for a topic or a service; of those that fit, the first counts. */
export interface Remapping {
  /** Only for the node of this name. */
  readonly node?: string;
  readonly of: 'topic' | 'service' | 'both';
  readonly from: string;
  readonly to: string;
}

/** `-p name:=value` or `--params-file file`, in the order of the command line. */
export type ParameterArgument =
  | { readonly kind: 'file'; readonly file: string }
  | {
      readonly kind: 'value';
      /** Only for the node of this name. */
      readonly node?: string;
      readonly name: string;
      readonly value: YamlValue;
    };

/** What a command line says to ROS 2, and what it says besides. */
export interface RosArguments extends NodeIdentity {
  readonly remappings: readonly Remapping[];
  readonly parameters: readonly ParameterArgument[];
  /** Everything that is between `--ros-args` and `--`, with both, as it was typed: for rcl. */
  readonly rosArguments: readonly string[];
  /** Everything else, in order. */
  readonly rest: readonly string[];
}

/**
 * Takes a command line apart (without node and the script) as rcl does: https://design.ros2.org/articles/ros_command_line_arguments.html.
 * `node` is what the node is called unless it is renamed. Throws ERR_USAGE.
 */
export function parseRosArguments(typed: readonly string[], node: NodeIdentity): RosArguments {
  const rosArguments: string[] = [];
  const rest: string[] = [];
  const rules: Rules = { names: [], namespaces: [], remappings: [], parameters: [] };
  let within = false;
  for (let at = 0; at < typed.length; at++) {
    const word = typed[at]!;
    if (word === '--ros-args') {
      within = true;
      rosArguments.push(word);
    } else if (!within) {
      rest.push(word);
    } else if (word === '--') {
      within = false;
      rosArguments.push(word);
    } else {
      const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
      const value = typed[at + 1];
      rosArguments.push(word);
      if (flag === undefined) throw unknownFlag(word);
      if (flag === 'alone') continue;
      if (value === undefined) throw usage(word, `is followed by nothing; give ${flag.takes}`);
      flag.read(value, word, rules);
      rosArguments.push(value);
      at++;
    }
  }
  const { remappings, parameters } = rules;
  const name = applying(rules.names, node.name) ?? node.name;
  const namespace = applying(rules.namespaces, name) ?? node.namespace;
  return { name, namespace, remappings, parameters, rosArguments, rest };
}

/** `__node:=to` or `__ns:=to`, maybe for one node only. */
interface Renaming {
  readonly node: string | undefined;
  readonly to: string;
}

interface Rules {
  readonly names: Renaming[];
  readonly namespaces: Renaming[];
  readonly remappings: Remapping[];
  readonly parameters: ParameterArgument[];
}

interface Flag {
  /** An example of what follows it. */
  readonly takes: string;
  readonly read: (value: string, flag: string, rules: Rules) => void;
}

const remap: Flag = { takes: 'from:=to', read: readRemapping };
const parameter: Flag = { takes: 'name:=value', read: readParameter };
const enclave: Flag = { takes: 'the path of an enclave', read: leave };

/** What ROS 2 knows after `--ros-args`; what hebbridge itself has no use for is left to rcl. */
const FLAGS: Readonly<Partial<Record<string, Flag | 'alone'>>> = {
  '-r': remap,
  '--remap': remap,
  '-p': parameter,
  '--param': parameter,
  '--params-file': {
    takes: 'the path of a YAML file',
    read: (file, _flag, { parameters }) => void parameters.push({ kind: 'file', file }),
  },
  '--log-level': { takes: 'a level, like info', read: leave },
  '--log-config-file': { takes: 'the path of a file', read: leave },
  '--log-file-name': { takes: 'the beginning of a name', read: leave },
  '-e': enclave,
  '--enclave': enclave,
  ...Object.fromEntries(
    ['stdout', 'rosout', 'external-lib'].flatMap((log) =>
      ['enable', 'disable'].map((act) => [`--${act}-${log}-logs`, 'alone'] as const),
    ),
  ),
};

/** Two underscores in a row are for ROS 2 itself, as in __ns. */
const TOKEN = '(?!\\w*__)[A-Za-z_]\\w*';
const NODE_PREFIX = `(?:(${TOKEN}):)?`;
const NODE_NAME = new RegExp(`^${TOKEN}$`);
const NAMESPACE = new RegExp(`^/(${TOKEN}(/${TOKEN})*)?/?$`);
const TOPIC = `(?:~/|/)?${TOKEN}(?:/${TOKEN})*`;
const TOPIC_NAME = new RegExp(`^${TOPIC}$`);
const RENAMING = new RegExp(`^${NODE_PREFIX}(__node|__name|__ns)$`);
const REMAPPED = new RegExp(`^${NODE_PREFIX}(?:(rostopic|rosservice)://)?(${TOPIC})$`);
/** Topics may be part of the name of a parameter: qos_overrides./clock.subscription.depth. */
const PARAMETER = new RegExp(`^${NODE_PREFIX}(?!__)([A-Za-z_/][\\w/]*(?:\\.[A-Za-z_/][\\w/]*)*)$`);

function readRemapping(rule: string, flag: string, rules: Rules): void {
  const [from, to] = sides(rule, flag, remap);
  const [, renamed, what] = RENAMING.exec(from) ?? [];
  if (what === '__ns') {
    if (!NAMESPACE.test(to)) throw usage(`${flag} ${rule}`, `'${to}' is not a namespace; give one like /ant`);
    rules.namespaces.push({ node: renamed, to: to.length > 1 ? to.replace(/\/$/, '') : to });
  } else if (what !== undefined) {
    if (!NODE_NAME.test(to))
      throw usage(`${flag} ${rule}`, `'${to}' is not a name of a node; give one like left_ant`);
    rules.names.push({ node: renamed, to });
  } else {
    const remapped = REMAPPED.exec(from);
    if (!remapped)
      throw usage(`${flag} ${rule}`, `'${from}' is not a name; give from:=to, like imu:=/imu/data`);
    if (!TOPIC_NAME.test(to))
      throw usage(`${flag} ${rule}`, `'${to}' is not a name; give one like /imu/data`);
    const [, node, scheme, name] = remapped;
    const of = scheme === 'rostopic' ? 'topic' : scheme === 'rosservice' ? 'service' : 'both';
    rules.remappings.push({ ...(node === undefined ? {} : { node }), of, from: name!, to });
  }
}

function readParameter(rule: string, flag: string, { parameters }: Rules): void {
  const [left, right] = sides(rule, flag, parameter);
  const [, node, name] = PARAMETER.exec(left) ?? [];
  if (name === undefined) {
    throw usage(
      `${flag} ${rule}`,
      `'${left}' is not the name of a parameter; give name:=value, like seed:=7`,
    );
  }
  const read = readYamlValue(right);
  if ('problem' in read) {
    throw usage(`${flag} ${rule}`, `${name}: ${read.problem}; give a YAML value, like 0.5, text or [a, b]`);
  }
  parameters.push({ kind: 'value', ...(node === undefined ? {} : { node }), name, value: read.value });
}

function leave(): void {
  // rcl reads it.
}

function sides(rule: string, flag: string, { takes }: Flag): readonly [left: string, right: string] {
  const at = rule.indexOf(':=');
  if (at < 0) throw usage(`${flag} ${rule}`, `has no :=; give ${takes}`);
  return [rule.slice(0, at), rule.slice(at + 2)];
}

/** The first renaming that is for every node or for this one. */
function applying(renamings: readonly Renaming[], name: string): string | undefined {
  return renamings.find(({ node }) => node === undefined || node === name)?.to;
}

function unknownFlag(word: string): HebbridgeError {
  const nearest = nearestWord(word, Object.keys(FLAGS));
  const instead = nearest === undefined ? 'end the arguments of ROS with --' : `did you mean ${nearest}?`;
  return usage(word, `is not an argument of ROS 2; ${instead}`);
}

function usage(typed: string, problem: string): HebbridgeError {
  return new HebbridgeError('ERR_USAGE', `--ros-args: ${typed}: ${problem}`);
}
