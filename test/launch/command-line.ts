import { PassThrough } from 'node:stream';
import { runCommandLine, type Surroundings } from '../../launch/cli.js';

/** Runs a command line as a shell would, and says what came of it. */
export async function runLine(
  words: readonly string[],
  { commands, version = '0.0.0', environment = {} }: Pick<Surroundings, 'commands'> & Partial<Surroundings>,
) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const exitCode = await runCommandLine([...words], {
    commands,
    version,
    stdin: new PassThrough(),
    stdout,
    stderr,
    environment,
    interruption: () => new AbortController().signal,
    onCrash: () => undefined,
  });
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
