#!/usr/bin/env node
import { MonotonicClock } from '../bridge/clock.js';
import { runCommandLine } from './cli.js';
import { COMMANDS } from './commands/index.js';
import { endOnCrash } from './crash.js';
import { interruptionSignal } from './interruption.js';
import { hearOutputErrors } from './output-errors.js';
import { packageVersion } from './package-version.js';

const readerGone = new AbortController();
let interruption: AbortSignal | undefined;

hearOutputErrors(process.stdout, {
  onReaderGone: () => {
    // What can be interrupted has something to finish: a robot comes to rest, files become whole.
    if (interruption) readerGone.abort();
    else process.exit(0);
  },
  onLost: (problem) => {
    process.exitCode ||= 1;
    process.stderr.write(`hebbridge: ERR_FILE_WRITE: stdout cannot be written: ${problem}\n`);
  },
});
// What stderr says is for information: a command goes on when nobody reads it any more.
process.stderr.on('error', () => undefined);

const exitCode = await runCommandLine(process.argv.slice(2), {
  commands: COMMANDS,
  version: packageVersion(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  interruption: () =>
    (interruption ??= interruptionSignal(
      process,
      (code) => process.exit(code),
      new MonotonicClock(),
      readerGone.signal,
    )),
  onCrash: (handler) =>
    endOnCrash(process, handler, (text) => process.stderr.write(`hebbridge: ERR_INTERNAL: ${text}\n`)),
});
// Not process.exit(): that would cut off what a pipe has not taken yet.
process.exitCode = Math.max(exitCode, Number(process.exitCode ?? 0));
