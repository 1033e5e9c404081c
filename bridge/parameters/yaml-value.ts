import { isAlias, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';

/** A value of a ROS 2 parameter as its YAML has it. */
export type YamlValue = boolean | number | string | readonly (boolean | number | string)[];

/** A value, or why it is none. */
export type ReadYamlValue = { readonly value: YamlValue } | { readonly problem: string };

/** A place in a text. */
export interface YamlProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly problem: string;
}

/**
 * A YAML document in which every scalar is still text: what a scalar means is up to {@link scalarValue}, since
 * ROS 2 (rcl_yaml_param_parser) follows neither YAML 1.1 nor 1.2.
 */
export function readYaml(text: string): {
  readonly document: Document.Parsed;
  readonly lineOf: (offset: number) => number;
  readonly problems: readonly YamlProblem[];
} {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter, prettyErrors: false });
  const lineOf = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line);
  const problems = document.errors.map(({ pos, message }) => ({ line: lineOf(pos[0]), problem: message }));
  return { document, lineOf, problems };
}

/** The value that stands after `:=` in `-p name:=value`. */
export function readYamlValue(text: string): ReadYamlValue {
  const { document, problems } = readYaml(text);
  const [first] = problems;
  return first ? { problem: first.problem } : valueOfNode(document.contents);
}

/** The value of a node of a document: a scalar or a list of scalars. */
export function valueOfNode(node: unknown): ReadYamlValue {
  if (isAlias(node)) return { problem: `*${node.source} is an alias, which ROS 2 does not read` };
  if (isSeq(node)) {
    const items = node.items.map(valueOfNode);
    const problem = items.find((item) => 'problem' in item);
    if (problem) return problem;
    const values = items.map((item) => ('value' in item ? item.value : ''));
    const scalars = values.filter((value) => typeof value !== 'object');
    return scalars.length === values.length ? { value: scalars } : { problem: 'is a list of lists' };
  }
  if (node === null || node === undefined) return { problem: 'has no value' };
  if (!isScalar(node)) return { problem: 'is neither a value nor a list of values' };
  const text = typeof node.value === 'string' ? node.value : '';
  if (node.type !== 'PLAIN' || node.tag === 'tag:yaml.org,2002:str') return { value: text };
  return text === '' ? { problem: 'has no value' } : { value: scalarValue(text) };
}

const TRUE = ['y', 'yes', 'true', 'on'];
const FALSE = ['n', 'no', 'false', 'off'];
const INTEGER = /^[+-]?(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
// Without a point strtod reads them, in any case; with one, only the spellings of YAML.
const NOT_A_NUMBER = /^([+-]?[nN][aA][nN]|\.nan|\.NaN|\.NAN)$/;
const INFINITE = /^([+-]?)([iI][nN][fF]([iI][nN][iI][tT][yY])?|\.inf|\.Inf|\.INF)$/;

/**
 * What a scalar without quotes is to ROS 2 (get_value in rcl_yaml_param_parser/src/parse.c): the words of YAML 1.1
 * for true and false, integers as C has them (0x1f, and 017 in base 8), other numbers, or text.
 */
export function scalarValue(text: string): boolean | number | string {
  if (isWord(text, TRUE)) return true;
  if (isWord(text, FALSE)) return false;
  if (INTEGER.test(text)) return integerValue(text);
  if (NOT_A_NUMBER.test(text)) return NaN;
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  // What is too large for a double stays text, as in ROS 2.
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  return text;
}

/** In lower case, in upper case, or with one capital. */
function isWord(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  const capitalised = lower.charAt(0).toUpperCase() + lower.slice(1);
  return words.includes(lower) && [lower, lower.toUpperCase(), capitalised].includes(text);
}

function integerValue(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '');
  const magnitude = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return negative ? -magnitude : magnitude;
}
