import { MonotonicClock } from '../bridge/clock.js';
import type { Controller } from '../bridge/controller.js';
import type { ControllerOptions } from '../bridge/controller-options.js';
import { Recorder } from '../bridge/recording/index.js';
import type { CommandContext } from './command.js';
import { textOption } from './options.js';
import { packageVersion } from './package-version.js';

/** `--record`: the same for every command that runs a controller. */
export function recordOption() {
  return textOption({
    describe:
      'Record what the controller hears, does and is told in this new file (.mcap), for hebbridge replay',
  });
}

/** The recording that was asked for, if one was. */
export interface Recording {
  /** A controller whose policy is the network of `bundle`, a rule bundle file's bytes; recorded, if that was asked for. */
  readonly createController?: (options: ControllerOptions, bundle: Uint8Array) => Controller;
  /** Resolves when the file is whole. */
  close(): Promise<void>;
}

/**
 * Begin to record in `path`; undefined: do not. What goes wrong later is told as progress, and the controller goes on.
 *
 * @throws HebbridgeError ERR_FILE_WRITE for a file that is there already or cannot be made
 */
export async function startRecording(
  path: string | undefined,
  { progress }: Pick<CommandContext, 'progress'>,
): Promise<Recording> {
  if (path === undefined) return { close: () => Promise.resolve() };
  const recorder = await Recorder.create({
    path,
    versions: { hebbridge: packageVersion(), node: process.version },
    clock: new MonotonicClock(),
    onTrouble: ({ code, message }) => progress(`${code}: ${message}; the controller goes on`),
  });
  return {
    createController: (options, bundle) => recorder.control(options, bundle),
    close: () => recorder.close(),
  };
}
