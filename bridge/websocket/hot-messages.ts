import type { Cancel, Clock } from '../clock.js';
import { Pace } from './pace.js';

export interface HotMessagesOptions<M> {
  readonly clock: Clock;
  /** s between two releases at least, in the long run. */
  readonly period: number;
  /** All that wait, oldest first. */
  readonly release: (messages: readonly M[]) => void;
}

/** s after the end of a step in which the next one's is waited for, for a period at most. */
const STEP_MEMORY = 0.1;

/**
 * What comes each control period waits here for the end of a control step: of each channel the newest message. Right
 * after a step it is longest until the next one, so that sending keeps none waiting, and what goes out together costs
 * least. Where none ends, it goes out as soon as the pace allows.
 */
export class HotMessages<M> {
  private readonly options: HotMessagesOptions<M>;
  private readonly pace: Pace;
  /** By channel, in the order in which they came. */
  private readonly waiting = new Map<number, M>();
  /** s: when a step has ended last. */
  private lastStep = -Infinity;
  private cancel: Cancel | undefined;

  constructor(options: HotMessagesOptions<M>) {
    this.options = options;
    this.pace = new Pace(options.period);
  }

  put(channel: number, message: M): void {
    const { clock, period } = this.options;
    const now = clock.now();
    this.waiting.delete(channel);
    this.waiting.set(channel, message);
    const stepsEnd = now - this.lastStep < STEP_MEMORY;
    if (!stepsEnd && this.pace.admit(now)) this.releaseAll();
    else {
      this.cancel ??= clock.callAt(Math.max(now, this.pace.next) + (stepsEnd ? period : 0), () => {
        this.pace.admit(clock.now());
        this.releaseAll();
      });
    }
  }

  /** A control step of this process has said its last. */
  endStep(): void {
    const now = this.options.clock.now();
    this.lastStep = now;
    if (this.waiting.size > 0 && this.pace.admit(now)) this.releaseAll();
  }

  releaseAll(): void {
    this.cancel?.();
    this.cancel = undefined;
    const messages = [...this.waiting.values()];
    this.waiting.clear();
    this.options.release(messages);
  }
}
