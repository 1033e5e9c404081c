#!/usr/bin/env node
import { MonotonicClock } from '../bridge/clock.js';
import { runCommandLine } from './cli.js';
import { COMMANDS } from './commands/index.js';
import { interruptionSignal } from './interruption.js';
import { packageVersion } from './package-version.js';

// The reader of a pipe went away (`hebbridge inspect ... | head -1`): there is nobody left to tell anything.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// What stderr says is for information: a command goes on when nobody reads it any more.
process.stderr.on('error', () => undefined);

let interruption: AbortSignal | undefined;

function onCrash(handler: () => void | Promise<void>): void {
  process.once('uncaughtException', (error) => {
    void (async () => {
      try {
        await handler();
      } finally {
        process.stderr.write(`hebbridge: ERR_INTERNAL: ${error.stack ?? error.message}\n`);
        process.exit(1);
      }
    })();
  });
}

// Not process.exit(): that would cut off what a pipe has not taken yet.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  commands: COMMANDS,
  version: packageVersion(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  interruption: () =>
    (interruption ??= interruptionSignal(
      process,
      (exitCode) => process.exit(exitCode),
      new MonotonicClock(),
    )),
  onCrash,
});
