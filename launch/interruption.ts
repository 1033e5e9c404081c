import type { EventEmitter } from 'node:events';

/** 128 + the number of SIGINT: what shells report for a command that Ctrl-C ended. */
export const INTERRUPTED_EXIT_CODE = 130;

/**
 * A signal that the first Ctrl-C (SIGINT) or SIGTERM aborts, so that work can be finished and files closed. The
 * second calls `exit(130)`: nobody has to wait for a shutdown that hangs.
 *
 * @param signals what emits `SIGINT` and `SIGTERM`: the process.
 */
export function interruptionSignal(
  signals: Pick<EventEmitter, 'on'>,
  exit: (exitCode: number) => void,
): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) {
    signals.on(name, () => {
      if (controller.signal.aborted) exit(INTERRUPTED_EXIT_CODE);
      else controller.abort();
    });
  }
  return controller.signal;
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
