import { HebbridgeError } from '../policy/errors.js';
import { parseCommandLine } from './command-line.js';
import type { Command, CommandContext } from './command.js';

/** The process around the CLI; `main.ts` gives the real one. */
export type Surroundings = Omit<CommandContext, 'json' | 'progress' | 'rosArguments'> & {
  readonly commands: readonly Command[];
  readonly version: string;
};

/**
 * Runs one command line (without node and the script) and resolves to its exit code: 0 done, 1 failed, 2 bad usage
 * or settings. Never rejects.
 *
 * stdout carries the result only: text for people, or with `--json` one JSON object in one line. A failure says
 * `hebbridge: CODE: message` on stderr, and with `--json` also `{"error":{"code","message"}}` on stdout.
 */
export async function runCommandLine(
  typed: readonly string[],
  surroundings: Surroundings,
): Promise<0 | 1 | 2> {
  const { commands, version, ...rest } = surroundings;
  const { stdout, stderr } = surroundings;
  let understood = false;
  try {
    const { rosArguments, rest: words } = splitRosArguments(typed);
    const line = parseCommandLine(words, commands, version);
    if (line.kind === 'run') refuseRosArguments(line.command, rosArguments);
    understood = true;
    if (line.kind === 'print') {
      stdout.write(`${line.text}\n`);
      return 0;
    }
    const { command, values, json } = line;
    const progress = (text: string): void => void stderr.write(`${text}\n`);
    const result = await command.run(values, { ...rest, json, progress, rosArguments });
    const text = json ? JSON.stringify(result.json) : result.text;
    if (text !== '') stdout.write(`${text}\n`);
    return result.exitCode ?? 0;
  } catch (thrown) {
    const error = asHebbridgeError(thrown);
    stderr.write(`hebbridge: ${error.code}: ${error.message}\n`);
    if (surroundings.environment['HEBBRIDGE_DEBUG'] === '1') {
      stderr.write(`${thrown instanceof Error ? (thrown.stack ?? '') : String(thrown)}\n`);
    }
    if (typed.includes('--json')) {
      stdout.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`);
    }
    // What an option refuses is bad usage, whatever its code (a perturbation that cannot be read, say).
    return understood ? error.exitCode : 2;
  }
}

/** ROS 2 says `--ros-args ... --` to every node that it launches; the rest is ours. */
export function splitRosArguments(typed: readonly string[]): {
  readonly rosArguments: readonly string[];
  readonly rest: readonly string[];
} {
  const rosArguments: string[] = [];
  const rest: string[] = [];
  let within = false;
  for (const word of typed) {
    within ||= word === '--ros-args';
    (within ? rosArguments : rest).push(word);
    if (word === '--') within = false;
  }
  return { rosArguments, rest };
}

function refuseRosArguments({ name, takesRosArguments = false }: Command, words: readonly string[]): void {
  // A bare `--ros-args` is what launch files add to everything.
  if (takesRosArguments || words.every((word) => word === '--ros-args' || word === '--')) return;
  throw new HebbridgeError('ERR_USAGE', `--ros-args: ${name} is no ROS 2 node; leave them out`);
}

function asHebbridgeError(thrown: unknown): HebbridgeError {
  if (thrown instanceof HebbridgeError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HebbridgeError(
    'ERR_INTERNAL',
    `${message} (a fault of hebbridge; HEBBRIDGE_DEBUG=1 shows where)`,
    { cause: thrown },
  );
}
