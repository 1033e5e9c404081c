import { HebbridgeError } from '../policy/errors.js';
import { nearestWord } from '../policy/nearest-word.js';

/**
 * An option or a positional argument of a command, as data: the frame (cli.ts) gives it its name, `parse` turns
 * the text that was typed into a value or refuses it with ERR_USAGE, naming the option, the text and what would
 * be right.
 */
export interface Option<Value> {
  readonly describe: string;
  /** A flag takes no value; `repeated` may be given more than once and collects its values. */
  readonly takes: 'nothing' | 'one' | 'repeated';
  readonly required: boolean;
  /** What holds when the option is not given. */
  readonly absent: Value;
  /** What help says of `absent`; nothing when it says nothing. */
  readonly absentText?: string;
  /** `name` is as it was typed, `--population` or `RULES`. */
  readonly parse: (text: string, name: string) => unknown;
}

/** A set of options or positionals, by name; `freezeAt` is typed as `--freeze-at`. */
export type OptionSet = Readonly<Record<string, Option<unknown>>>;

/** The values that a command's `run` is given. */
export type OptionValues<Options extends OptionSet> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never;
};

interface Settings<Value> {
  readonly describe: string;
  /** What holds when the option is not given; without it, and not `required`: undefined. */
  readonly default?: Value;
  readonly required?: true;
}

type Resolved<Given, Value> = Given extends { default: unknown } | { required: true }
  ? Value
  : Value | undefined;

interface Range {
  /** Inclusive. */
  readonly minimum?: number;
  /** Inclusive. */
  readonly maximum?: number;
}

/** `--json`: given or not. */
export function flag(settings: { readonly describe: string }): Option<boolean> {
  return {
    describe: settings.describe,
    takes: 'nothing',
    required: false,
    absent: false,
    parse: () => true,
  };
}

/** A whole number within a range. */
export function integerOption<const Given extends Settings<number> & Range>(
  settings: Given,
): Option<Resolved<Given, number>> {
  return valueOption(settings, String, (text, name) => parseNumber(text, name, settings, true));
}

/** A finite number within a range. */
export function numberOption<const Given extends Settings<number> & Range>(
  settings: Given,
): Option<Resolved<Given, number>> {
  return valueOption(settings, String, (text, name) => parseNumber(text, name, settings, false));
}

/** Any text that is not empty: a path, a name. */
export function textOption<const Given extends Settings<string>>(
  settings: Given,
): Option<Resolved<Given, string>> {
  return valueOption(settings, String, parseText);
}

/** One of the given words. */
export function choiceOption<
  const Choice extends string,
  const Given extends Settings<NoInfer<Choice>> & { readonly choices: readonly Choice[] },
>(settings: Given & { readonly choices: readonly Choice[] }): Option<Resolved<Given, Choice>> {
  return valueOption(withChoices(settings), String, (text, name) =>
    parseChoice(text, name, settings.choices),
  );
}

/** Words separated by commas, each one of `choices` where they are given, and none of them twice. */
export function listOption<
  const Choice extends string,
  const Given extends Settings<readonly NoInfer<Choice>[]> & { readonly choices?: readonly Choice[] },
>(settings: Given & { readonly choices?: readonly Choice[] }): Option<Resolved<Given, readonly Choice[]>> {
  const describe =
    settings.choices === undefined ? settings : withChoices({ ...settings, choices: settings.choices });
  return valueOption(
    { ...settings, describe: describe.describe },
    (words: readonly string[]) => words.join(','),
    (text, name) => parseList(text, name, settings.choices),
  );
}

/** A value in a notation of its own. `parse` throws ERR_USAGE (see {@link usageError}). */
export function parsedOption<Value, const Given extends Settings<string> = Settings<string>>(
  settings: Given,
  parse: (text: string, name: string) => Value,
): Option<Resolved<Given, Value>> {
  const option = valueOption<Value, Settings<Value>>(
    {
      describe: settings.describe,
      ...(settings.required === undefined ? {} : { required: settings.required }),
      ...(settings.default === undefined ? {} : { default: parse(settings.default, 'the default') }),
    },
    () => settings.default ?? '',
    parse,
  );
  return option as Option<Resolved<Given, Value>>;
}

/** An option that may be given several times; an empty array when it was not. */
export function repeatedOption<Value>(
  settings: { readonly describe: string },
  parse: (text: string, name: string) => Value,
): Option<readonly Value[]> {
  return { describe: settings.describe, takes: 'repeated', required: false, absent: [], parse };
}

/** "--population: 'abc' is not a whole number; give one of at least 2, like 64" */
export function usageError(name: string, text: string, isNot: string, instead: string): HebbridgeError {
  return new HebbridgeError('ERR_USAGE', `${name}: '${text}' is not ${isNot}; give ${instead}`);
}

function valueOption<Value, Given extends Settings<Value>>(
  settings: Given,
  show: (value: Value) => string,
  parse: (text: string, name: string) => Value,
): Option<Resolved<Given, Value>> {
  return {
    describe: settings.describe,
    takes: 'one',
    required: settings.required ?? false,
    absent: settings.default as Resolved<Given, Value>,
    ...(settings.default === undefined ? {} : { absentText: show(settings.default) }),
    parse,
  };
}

function withChoices<Given extends { describe: string; choices: readonly string[] }>(settings: Given): Given {
  return { ...settings, describe: `${settings.describe}: ${settings.choices.join(', ')}` };
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function parseNumber(text: string, name: string, range: Range, whole: boolean): number {
  const kind = whole ? 'a whole number' : 'a number';
  const value = Number(text);
  // Number() alone would also take '', '0x10' and 'Infinity'.
  if (!DECIMAL.test(text) || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
    throw usageError(name, text, kind, `${kind}${rangeText(range)}`);
  }
  const { minimum = -Infinity, maximum = Infinity } = range;
  if (value < minimum || value > maximum) {
    throw usageError(name, text, 'in range', `${kind}${rangeText(range)}`);
  }
  return value;
}

function rangeText({ minimum, maximum }: Range): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  if (maximum !== undefined) return ` of at most ${maximum}`;
  return '';
}

function parseText(text: string, name: string): string {
  if (text === '') throw new HebbridgeError('ERR_USAGE', `${name}: is empty; give a value`);
  return text;
}

function parseChoice<Choice extends string>(text: string, name: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  const nearest = nearestWord(text, choices);
  const guess = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  throw usageError(name, text, 'known', `one of ${choices.join(', ')}${guess}`);
}

function parseList<Choice extends string>(
  text: string,
  name: string,
  choices: readonly Choice[] | undefined,
): readonly Choice[] {
  const words = text.split(',').map((word) => word.trim());
  for (const [index, word] of words.entries()) {
    if (word === '') throw usageError(name, text, 'a list', 'words separated by commas, like a,b');
    if (words.indexOf(word) !== index) throw usageError(name, text, `a list without repeats`, `${word} once`);
  }
  return choices === undefined ? (words as Choice[]) : words.map((word) => parseChoice(word, name, choices));
}
