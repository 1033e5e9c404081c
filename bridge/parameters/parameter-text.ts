import type { NodeParameter, ParameterRange } from './parameter.js';

/** What a parameter takes, to follow "is not": 'a number from 0 to 3.1416 rad', 'one of timer, input'. */
export function expectation(parameter: NodeParameter): string {
  const { type, choices, range, unit, nan, zero, form } = parameter;
  if (choices) return `one of ${choices.map(String).join(', ')}`;
  if (type === 'bool') return 'true or false';
  if (type === 'string[]') return 'a list of names, like [left, right]';
  if (type === 'string') {
    if (form === 'topic') return 'the name of a topic, like effort_controller/commands';
    return form === 'name' ? 'a name' : 'text';
  }
  const kind = type === 'int' ? 'a whole number' : 'a number';
  const within = range ? ` ${rangeWords(range)}` : '';
  return `${kind}${within}${unit === undefined ? '' : ` ${unit}`}${zero ? ', or 0' : ''}${nan ? ', or .nan' : ''}`;
}

/** What a table says of the values of a parameter: '0 to 3.1416', 'timer, input'; empty where anything goes. */
export function allowedText({ type, choices, range, nan, zero }: NodeParameter): string {
  if (choices) return choices.map(String).join(', ');
  if (type === 'bool') return 'true, false';
  if (!range) return '';
  const words = rangeWords(range).replace(/^from |^greater than /, (start) =>
    start === 'from ' ? '' : '> ',
  );
  return `${zero ? '0, ' : ''}${words}${nan ? ', nan' : ''}`;
}

function rangeWords({ minimum, maximum, exclusiveMinimum }: ParameterRange): string {
  if (!exclusiveMinimum) return `from ${minimum} to ${maximum}`;
  return maximum === Infinity ? `greater than ${minimum}` : `greater than ${minimum}, up to ${maximum}`;
}

const LONGEST_TEXT = 60;

/** A value from outside, whatever it is, as a message shows it: text in quotes, the rest as YAML has it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return shortened(`'${value}'`);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return shortened(`[${value.slice(0, LONGEST_TEXT).map(shownValue).join(', ')}]`);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === undefined || value === null ? 'nothing' : `a value of type ${typeof value}`;
}

/** A number as YAML has it: .nan, .inf, -.inf. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '.inf' : '-.inf';
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 3)}...` : text;
}
