import { describe, expect, it } from 'vitest';
import { splitRosArguments } from '../../launch/cli.js';
import { parseCommandLine } from '../../launch/command-line.js';
import { COMMANDS } from '../../launch/commands/index.js';

describe('the list of commands', () => {
  it('names no command twice', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s says in its help what it does, with --json and an example',
    (name, command) => {
      const help = parseCommandLine([name, '--help'], COMMANDS, '0.0.0');
      expect(help.kind).toBe('print');
      const text = help.kind === 'print' ? help.text : '';
      expect(command.describe).not.toBe('');
      expect(text).toContain('--json');
      expect(text).toContain('Examples:');
      for (const [, meaning] of command.examples) expect(meaning).not.toBe('');
      for (const option of Object.values({ ...command.positionals, ...command.options })) {
        expect(option.describe).not.toBe('');
      }
    },
  );

  it.each(COMMANDS.flatMap(({ name, examples }) => examples.map(([line]) => [line, name] as const)))(
    'the example "%s" is a command line that %s understands',
    (line, name) => {
      const [program, ...words] = line
        .split(/ [|>] /)[0]!
        .trim()
        .split(/ +/);
      expect(program).toBe('hebbridge');
      const { rest } = splitRosArguments(words);
      const parsed = parseCommandLine(rest, COMMANDS, '0.0.0');
      expect(parsed).toMatchObject({ kind: 'run', command: { name } });
    },
  );
});
