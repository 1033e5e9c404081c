import type { Cancel, Clock } from '../clock.js';
import { Pace } from './pace.js';

export interface HotMessagesOptions<M> {
  readonly clock: Clock;
  /** s between two releases at least, in the long run. */
  readonly period: number;
  /** All that wait, oldest first. */
  readonly release: (messages: readonly M[]) => void;
}

/**
 * What comes each control period waits here for the end of a control step: of each channel the newest message. Right
 * after a step it is longest until the next one, so that sending keeps none waiting, and what goes out together costs
 * least. Where no step ends, it waits a period.
 */
export class HotMessages<M> {
  private readonly options: HotMessagesOptions<M>;
  private readonly pace: Pace;
  /** By channel, in the order in which they came. */
  private readonly waiting = new Map<number, M>();
  private cancel: Cancel | undefined;

  constructor(options: HotMessagesOptions<M>) {
    this.options = options;
    this.pace = new Pace(options.period);
  }

  put(channel: number, message: M): void {
    const { clock, period } = this.options;
    this.waiting.delete(channel);
    this.waiting.set(channel, message);
    this.cancel ??= clock.callAt(Math.max(clock.now(), this.pace.next) + period, () => {
      this.pace.admit(clock.now());
      this.releaseAll();
    });
  }

  /** A control step has said its last. */
  endStep(): void {
    if (this.waiting.size > 0 && this.pace.admit(this.options.clock.now())) this.releaseAll();
  }

  releaseAll(): void {
    this.cancel?.();
    this.cancel = undefined;
    const messages = [...this.waiting.values()];
    this.waiting.clear();
    this.options.release(messages);
  }
}
