import { decodeBundle, networkFromBundle } from '../../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../../policy/errors.js';
import { CommandComparison, type Difference } from './command-comparison.js';
import {
  readRecording,
  type RecordedControllerEntry,
  type RecordedEvent,
  type RecordingEnd,
} from './read-recording.js';
import { ReplayStage } from './replay-stage.js';
import { notePerturbation, type PerturbationNote } from './perturbation-history.js';

export type { Difference, PerturbationNote };

/** What is in a recording, and whether its controllers would do it again. */
export interface ReplayReport {
  readonly controllers: readonly RecordedControllerEntry[];
  /** s, from the first thing that happened to the controller to the last. */
  readonly duration: number;
  /** False: cut off, so that what was replayed is what there is; or not read on after a difference or a gap. */
  readonly complete: boolean;
  /** Commands that were equal bit for bit. */
  readonly commands: number;
  /** Other messages of the controllers that were equal. */
  readonly otherMessages: number;
  /** Undefined: all were equal. */
  readonly difference: Difference | undefined;
  /** Which records are missing: what was replayed is what came before them. Undefined: none are. */
  readonly gap: string | undefined;
  /** In the order in which they were asked for. */
  readonly perturbations: readonly PerturbationNote[];
  /** What else was asked of the controllers, by kind. */
  readonly acts: Readonly<Record<string, number>>;
}

export interface ReplayOptions {
  /** Called from time to time, with s of the recording and commands so far. */
  readonly onProgress?: (duration: number, commands: number) => void;
}

/** s of a recording between reports of progress. */
const PROGRESS_PERIOD = 60;

/**
 * Run the controllers of a recording again, from their rule bundle and settings, on what they heard and on the times
 * that they read; up to the first difference, or to where records are missing.
 *
 * @throws HebbridgeError ERR_FILE_READ, ERR_RECORDING, and those of the rule bundle
 */
export async function replayRecording(path: string, options: ReplayOptions = {}): Promise<ReplayReport> {
  const comparison = new CommandComparison();
  const stages = new Map<number, ReplayStage>();
  const controllers: RecordedControllerEntry[] = [];
  const perturbations: PerturbationNote[] = [];
  const acts: Record<string, number> = {};
  let began = NaN;
  let now = NaN;
  let told = 0;
  let end: RecordingEnd = { complete: false, gap: undefined };

  const play = (entry: RecordedEvent): void => {
    const stage = stages.get(entry.event.controller);
    if (!stage) {
      throw new HebbridgeError(
        'ERR_RECORDING',
        `${path}: controller ${entry.event.controller} was not described`,
      );
    }
    // The first world of a simulator takes its time after the controller is made.
    if (Number.isNaN(began) && entry.event.kind !== 'configure') began = entry.time;
    now = entry.time;
    const note = notePerturbation(entry, began);
    if (note) perturbations.push(note);
    if (!['message', 'appointment', 'configure'].includes(entry.event.kind)) {
      acts[entry.event.kind] = (acts[entry.event.kind] ?? 0) + 1;
    }
    stage.play(entry);
  };

  const entries = readRecording(path);
  for (;;) {
    const next = await entries.next();
    if (next.done) {
      end = next.value;
      break;
    }
    const entry = next.value;
    if (entry.kind === 'controller') {
      controllers.push(entry);
      const network = networkFromBundle(decodeBundle(entry.bundle, `${path}: its rule bundle`));
      stages.set(entry.controller, new ReplayStage(entry.settings, network, comparison));
    } else if (entry.kind === 'event') play(entry);
    if (comparison.difference) {
      await entries.return(end);
      break;
    }
    if (now - began >= told + PROGRESS_PERIOD) {
      told = now - began;
      options.onProgress?.(told, comparison.commands);
    }
  }
  const { commands, others: otherMessages, difference } = comparison;
  const duration = Number.isNaN(began) ? 0 : now - began;
  return {
    controllers,
    duration,
    ...end,
    commands,
    otherMessages,
    difference,
    perturbations,
    acts,
  };
}
