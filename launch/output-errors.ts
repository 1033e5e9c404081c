import type { EventEmitter } from 'node:events';

export interface OutputErrors {
  /** The reader of a pipe went away (`hebbridge inspect ... | head -1`): there is nobody left to tell anything. */
  readonly onReaderGone: () => void;
  /** Something could not be written (a full disk); told once, and the work goes on. */
  readonly onLost: (problem: string) => void;
}

/** What becomes of errors of stdout. None of them is thrown: a robot may be walking. */
export function hearOutputErrors(
  stdout: Pick<EventEmitter, 'on'>,
  { onReaderGone, onLost }: OutputErrors,
): void {
  let told = false;
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // Whatever is written afterwards fails too.
    if (told) return;
    told = true;
    if (code === 'EPIPE') onReaderGone();
    else onLost(message);
  });
}
