import type { Readable, Writable } from 'node:stream';
import type { OptionSet, OptionValues } from './options.js';

/** What a command may use of the process that runs it. */
export interface CommandContext {
  /** `--json` was given: stdout belongs to the one JSON object of the result. */
  readonly json: boolean;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** For live displays; results are returned, not written. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What stands between `--ros-args` and `--`, with both, as it was typed; for commands that take it. */
  readonly rosArguments: readonly string[];
  /** A line about what is going on, for people and logs; goes to stderr. */
  progress(line: string): void;
  /**
   * From this call on the first Ctrl-C (or SIGTERM) aborts the signal and leaves it to the command to finish; the
   * second ends the process at once. A command that never calls it is ended by the first.
   */
  interruption(): AbortSignal;
  /**
   * From this call on an error that nobody caught is handed to `handler`, which may do what must be done in any case
   * (bring a robot to rest, say); then it is told as any other, and the process ends, within seconds even where the
   * handler does not return. What has to be said in any case is said before the handler's first `await`.
   */
  onCrash(handler: () => void | Promise<void>): void;
}

/** What a command found out. The frame prints one of the two on stdout. */
export interface CommandResult {
  /** For machines (`--json`), in one line. Everything that `text` says is in it. */
  readonly json: object;
  /** For people. Empty: nothing to say beyond what progress said. */
  readonly text: string;
  /** 1 when what was asked for was done and the answer is "no"; 0 when left out. */
  readonly exitCode?: 0 | 1;
}

/** One command of the CLI, as data. Made by {@link defineCommand}, listed in commands/index.ts. */
export interface Command<Positionals extends OptionSet = OptionSet, Options extends OptionSet = OptionSet> {
  readonly name: string;
  readonly describe: string;
  /** Command line and what it does, at least one. */
  readonly examples: readonly [readonly [string, string], ...(readonly [string, string])[]];
  /** In the order in which they are typed; the last one may be a repeated one. */
  readonly positionals: Positionals;
  readonly options: Options;
  /** Whether the command takes `--ros-args`. Default false. */
  readonly takesRosArguments?: boolean;
  run(values: OptionValues<Positionals & Options>, context: CommandContext): Promise<CommandResult>;
}

/** Gives `run` the types of the values that its options parse to. */
export function defineCommand<Positionals extends OptionSet, Options extends OptionSet>(
  command: Command<Positionals, Options>,
): Command<Positionals, Options> {
  return command;
}
