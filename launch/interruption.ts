import type { EventEmitter } from 'node:events';
import type { Clock } from '../bridge/clock.js';

/** 128 + the number of SIGINT: what shells report for a command that Ctrl-C ended. */
export const INTERRUPTED_EXIT_CODE = 130;

/**
 * s within which another signal is the same one: Ctrl-C reaches every process of a terminal, and whoever started them
 * (`ros2 launch`, say) hands it on once more.
 */
const SAME_SIGNAL = 1;

/**
 * A signal that the first Ctrl-C (SIGINT) or SIGTERM aborts, so that work can be finished and files closed. The
 * second, later than an echo of the first could be, calls `exit(130)`: nobody has to wait for a shutdown that hangs.
 *
 * @param signals what emits `SIGINT` and `SIGTERM`: the process.
 * @param readerGone aborts it too: nobody is there any more to hear what the work is for. It counts as no signal.
 */
export function interruptionSignal(
  signals: Pick<EventEmitter, 'on'>,
  exit: (exitCode: number) => void,
  clock: Pick<Clock, 'now'>,
  readerGone?: AbortSignal,
): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    signals.on(name, () => {
      if (first === undefined) {
        first = clock.now();
        controller.abort();
      } else if (clock.now() - first > SAME_SIGNAL) exit(INTERRUPTED_EXIT_CODE);
    });
  }
  readerGone?.addEventListener('abort', () => controller.abort(), { once: true });
  return controller.signal;
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
