import { Worker } from 'node:worker_threads';

/** s that the orderly end after a crash may take; then the process ends without it. */
const LONGEST_END = 4;
/** s after which a process that does not even hear its own timers is killed. */
const LONGEST_CRASH = 5;

/** What a crash ends: the process. */
export interface CrashingProcess {
  on(event: 'uncaughtException', listener: (thrown: unknown) => void): unknown;
  exit(exitCode: number): void;
}

/**
 * From now on an error that nobody caught is handed to `handler`, told through `tell`, and ends the process with exit
 * code 1 when what `handler` returns is settled, after 4 s at the latest. Where the event loop has come to a halt, a
 * thread kills the process (SIGKILL) after 5 s. Errors that follow the first are its consequences, and left alone.
 *
 * @param handler says at once, before it returns, what has to be said in any case
 */
export function endOnCrash(
  process: CrashingProcess,
  handler: () => void | Promise<void>,
  tell: (text: string) => void,
): void {
  let crashed = false;
  process.on('uncaughtException', (thrown) => {
    if (crashed) return;
    crashed = true;
    startExecutioner();
    const end = (): void => process.exit(1);
    setTimeout(end, 1000 * LONGEST_END);
    // As far as the first `await`: before anything that could block, as a pipe that nobody reads does.
    const ended = (async () => handler())();
    tell(describe(thrown));
    ended.catch((error: unknown) => tell(`at the end: ${describe(error)}`)).finally(end);
  });
}

/** Not in the event loop that it watches. The source is text, so that it needs no file and nothing of the process. */
function startExecutioner(): void {
  const source = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${1000 * LONGEST_CRASH});`;
  try {
    const worker = new Worker(source, { eval: true, name: 'crash', execArgv: [], env: {} });
    worker.on('error', () => undefined);
    worker.unref();
  } catch {
    // A process may have no threads: then the timer is all there is.
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
