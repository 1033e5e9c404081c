import { isAlias, isMap, isScalar, type YAMLMap } from 'yaml';
import { HebbridgeError } from '../../policy/errors.js';
import type { ParameterOverride } from './parse-node-parameters.js';
import { readYaml, valueOfNode } from './yaml-value.js';

/** A node as others find it. */
export interface NodeIdentity {
  readonly name: string;
  /** Absolute; `/` is the root. */
  readonly namespace: string;
}

const SECTION = 'ros__parameters';

/**
 * The parameters that a file in the form of ROS 2 has for `node`, in the order of the file, each with `file:line` as
 * its source. Entries that name other nodes are left out. Names match as in rclcpp: `/*` is one part of a name,
 * `/**` any number of them, and a name without a slash is one in the root namespace.
 *
 * Throws ERR_PARAMETER_FILE, all problems one a line, for what cannot be read and for a file without this node.
 */
export function parseParameterFile(text: string, file: string, node: NodeIdentity): ParameterOverride[] {
  const reading = new Reading(text, file);
  const fullName = `${node.namespace === '/' ? '' : node.namespace}/${node.name}`;
  const sections = reading.sections();
  const ours = sections.filter(({ pattern }) => matches(pattern, fullName));
  const overrides = ours.flatMap(({ map }) => reading.parameters(map, ''));
  if (ours.length === 0) {
    if (reading.problems.length === 0) reading.problems.push(`${file}: has ${absence(sections, fullName)}`);
    reading.problems.push(`it should look like\n${example(fullName)}`);
  }
  if (reading.problems.length > 0)
    throw new HebbridgeError('ERR_PARAMETER_FILE', reading.problems.join('\n'));
  return overrides;
}

interface Section {
  /** Of the full names of the nodes that it is for. */
  readonly pattern: string;
  readonly map: YAMLMap;
}

/** One file, and what is wrong with it. */
class Reading {
  readonly problems: string[];
  private readonly file: string;
  private readonly yaml: ReturnType<typeof readYaml>;

  constructor(text: string, file: string) {
    this.file = file;
    this.yaml = readYaml(text);
    this.problems = this.yaml.problems.map(({ line, problem }) => `${file}:${line}: ${problem}`);
  }

  sections(): readonly Section[] {
    const { contents } = this.yaml.document;
    return isMap(contents) ? this.sectionsIn(contents, '') : [];
  }

  /** `ant: { hebbridge: { ros__parameters: ... } }` is the node /ant/hebbridge. */
  private sectionsIn(map: YAMLMap, name: string): Section[] {
    return map.items.flatMap(({ key, value }): Section[] => {
      const text = this.keyText(key);
      const where = this.where(key);
      if (text === undefined) return [];
      if (text === SECTION && name === '')
        return this.told(`${where}: ${SECTION} belongs under the name of a node`);
      if (!isMap(value)) {
        return this.told(
          `${where}: ${text} has to be followed by ${text === SECTION ? 'parameters' : SECTION}`,
        );
      }
      if (text === SECTION) return [{ pattern: name.startsWith('/') ? name : `/${name}`, map: value }];
      if (!/^\/?[\w*]+(\/[\w*]+)*$/.test(text))
        return this.told(`${where}: '${text}' is not the name of a node`);
      return this.sectionsIn(value, name === '' ? text : `${name}/${text.replace(/^\//, '')}`);
    });
  }

  /** What stands in a map, nested maps flattened with dots. */
  parameters(map: YAMLMap, prefix: string): ParameterOverride[] {
    return map.items.flatMap(({ key, value }): ParameterOverride[] => {
      const text = this.keyText(key);
      if (text === undefined) return [];
      const name = `${prefix}${text}`;
      if (isMap(value)) return this.parameters(value, `${name}.`);
      const source = this.where(key);
      const read = valueOfNode(value);
      if ('problem' in read) return this.told(`${source}: ${name}: ${read.problem}`);
      return [{ name, value: read.value, source }];
    });
  }

  private keyText(key: unknown): string | undefined {
    if (isScalar(key) && typeof key.value === 'string' && key.value !== '') return key.value;
    this.problems.push(`${this.where(key)}: ${isAlias(key) ? 'an alias' : 'this'} cannot be a name`);
    return undefined;
  }

  private told(problem: string): [] {
    this.problems.push(problem);
    return [];
  }

  private where(node: unknown): string {
    const [offset] = (node as { range?: readonly number[] | null } | null)?.range ?? [0];
    return `${this.file}:${this.yaml.lineOf(offset ?? 0)}`;
  }
}

function matches(pattern: string, fullName: string): boolean {
  const expression = pattern.replaceAll('/**', '(/\\w+)*').replaceAll('/*', '/\\w+');
  return new RegExp(`^${expression}$`).test(fullName);
}

function absence(sections: readonly Section[], fullName: string): string {
  const others = [...new Set(sections.map(({ pattern }) => pattern))];
  return others.length === 0 ? `no ${SECTION}` : `nothing for ${fullName}, only for ${others.join(', ')}`;
}

function example(fullName: string): string {
  return `${fullName}:\n  ${SECTION}:\n    seed: 7\n    limits:\n      tilt: 0.8`;
}
