import yargs from 'yargs';
import { HebbridgeError } from '../policy/errors.js';
import type { Command } from './command.js';
import { nearestWord } from '../policy/nearest-word.js';
import type { Option, OptionSet } from './options.js';

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: 'print'; readonly text: string }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly values: Readonly<Record<string, unknown>>;
      readonly json: boolean;
    };

const HELP_WIDTH = 100;
const JSON_DESCRIPTION = 'One JSON object on stdout, for machines';

/**
 * Reads a command line (without node and the script). Everything that is not understood is refused with ERR_USAGE:
 * unknown commands and options, missing and surplus values, values that do not parse.
 */
export function parseCommandLine(
  typed: readonly string[],
  commands: readonly Command[],
  version: string,
): CommandLine {
  let chosen: { command: Command; found: Readonly<Record<string, unknown>> } | undefined;
  let printed = '';
  let parser = yargs()
    .scriptName('hebbridge')
    .usage('Evolved Hebbian plasticity rules for legged robots')
    .locale('en')
    // Values are parsed by the options themselves; yargs would turn 'abc' into NaN and '007' into 7.
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .version(version)
    .help()
    .wrap(HELP_WIDTH)
    .exitProcess(false)
    .fail(false)
    .option('json', { type: 'boolean', describe: JSON_DESCRIPTION });
  for (const command of commands) {
    parser = parser.command({
      command: [command.name, ...positionalNotation(command.positionals)].join(' '),
      describe: command.describe,
      builder: (commandParser) => {
        for (const [name, option] of Object.entries(command.positionals)) {
          commandParser.positional(dashed(name), { type: 'string', ...yargsSettings(option) });
        }
        for (const [name, option] of Object.entries(command.options)) {
          const takesValue = option.takes !== 'nothing';
          commandParser.option(dashed(name), {
            // Not 'string', which help would say of numbers too.
            ...(takesValue ? { nargs: 1, requiresArg: true } : { type: 'boolean' }),
            demandOption: option.required,
            ...yargsSettings(option),
          });
        }
        return commandParser.epilogue(exampleText(command));
      },
      handler: (found) => {
        chosen = { command, found };
      },
    });
  }
  try {
    void parser.parse([...typed], {}, (_error: Error | undefined, _found: unknown, output: string) => {
      printed = output;
    });
  } catch (error) {
    throw new HebbridgeError('ERR_USAGE', `${(error as Error).message} (${helpHint(typed, commands)})`);
  }
  if (printed !== '') return { kind: 'print', text: printed };
  if (chosen === undefined) throw unknownCommand(typed, commands);
  const { command, found } = chosen;
  refuseUnknown(command, found, typed);
  return {
    kind: 'run',
    command,
    values: {
      ...optionValues(command.positionals, found, (name) => name.toUpperCase()),
      ...optionValues(command.options, found, (name) => `--${name}`),
    },
    json: isGiven(found['json']),
  };
}

/** Examples as lines that can be copied; the table that yargs would make of them breaks them apart. */
function exampleText({ examples }: Command): string {
  const lines = examples.map(([line, meaning]) => `  ${meaning}:\n    ${line}`);
  return ['Examples:', ...lines].join('\n');
}

/** `freezeAt` is typed `freeze-at`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function positionalNotation(positionals: OptionSet): string[] {
  return Object.entries(positionals).map(([name, { required, takes }]) => {
    const shown = takes === 'repeated' ? `${dashed(name)}..` : dashed(name);
    return required ? `<${shown}>` : `[${shown}]`;
  });
}

function yargsSettings(option: Option<unknown>): { describe: string; defaultDescription?: string } {
  return {
    describe: option.describe,
    ...(option.absentText === undefined ? {} : { defaultDescription: option.absentText }),
  };
}

function optionValues(
  options: OptionSet,
  found: Readonly<Record<string, unknown>>,
  shownName: (name: string) => string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const shown = shownName(dashed(name));
    const texts = [found[dashed(name)]].flat().filter((text) => text !== undefined && text !== false);
    if (texts.length > 1 && option.takes === 'one') {
      throw new HebbridgeError('ERR_USAGE', `${shown}: given ${texts.length} times; give it once`);
    }
    if (texts.length === 0) values[name] = option.absent;
    else if (option.takes === 'repeated')
      values[name] = texts.map((text) => option.parse(String(text), shown));
    else values[name] = option.parse(String(texts[0]), shown);
  }
  return values;
}

function isGiven(flag: unknown): boolean {
  return [flag].flat().includes(true);
}

function refuseUnknown(
  command: Command,
  found: Readonly<Record<string, unknown>>,
  typed: readonly string[],
): void {
  const hint = `see hebbridge ${command.name} --help`;
  const optionNames = [...Object.keys(command.options).map(dashed), 'json', 'help', 'version'];
  const known = new Set([...optionNames, ...Object.keys(command.positionals).map(dashed), '_', '$0']);
  for (const name of Object.keys(found)) {
    if (known.has(name)) continue;
    const shown = name.length === 1 ? `-${name}` : `--${name}`;
    const nearest = nearestWord(name, optionNames);
    const guess = nearest === undefined ? hint : `did you mean --${nearest}? ${hint}`;
    throw new HebbridgeError('ERR_USAGE', `${shown}: no such option of ${command.name} (${guess})`);
  }
  const surplus = (found['_'] as unknown[]).slice(1);
  if (surplus.length > 0) {
    throw new HebbridgeError(
      'ERR_USAGE',
      `'${surplus.join(' ')}': more than ${command.name} takes (${hint})`,
    );
  }
  const flags = [
    'json',
    ...Object.keys(command.options).filter((name) => command.options[name]!.takes === 'nothing'),
  ];
  for (const flag of flags.map(dashed)) {
    const withValue = typed.find((word) => word.startsWith(`--${flag}=`));
    if (withValue !== undefined)
      throw new HebbridgeError('ERR_USAGE', `${withValue}: --${flag} takes no value`);
  }
}

function unknownCommand(typed: readonly string[], commands: readonly Command[]): HebbridgeError {
  const names = commands.map((command) => command.name);
  const word = typed.find((candidate) => !candidate.startsWith('-'));
  const choice = `commands: ${names.join(', ')} (see hebbridge --help)`;
  if (word === undefined) return new HebbridgeError('ERR_USAGE', `no command given; ${choice}`);
  const nearest = nearestWord(word, names);
  const guess = nearest === undefined ? '' : `did you mean ${nearest}? `;
  return new HebbridgeError('ERR_USAGE', `'${word}': no such command; ${guess}${choice}`);
}

function helpHint(typed: readonly string[], commands: readonly Command[]): string {
  const command = commands.find(({ name }) => typed.includes(name));
  return `see hebbridge ${command === undefined ? '' : `${command.name} `}--help`;
}
