import type { Cancel, Clock } from '../clock.js';

/**
 * A dead-man's switch: once an operator has shown to be there, by a heartbeat or a request, somebody has to go on
 * showing it. After `seconds` of silence it lapses; then it waits for the next sign of life to be armed again.
 *
 * Lapsing asks for an emergency stop and not for a pause: nobody is there to see what the robot does next, so that
 * it goes on is decided beside the robot, by clearing the stop.
 */
export class DeadMan {
  private readonly seconds: number;
  private readonly clock: Clock;
  private readonly onLapse: () => void;
  private lastSign = -Infinity;
  private cancel: Cancel | undefined;

  constructor(seconds: number, clock: Clock, onLapse: () => void) {
    this.seconds = seconds;
    this.clock = clock;
    this.onLapse = onLapse;
  }

  /** An operator is there. */
  signOfLife(): void {
    this.lastSign = this.clock.now();
    this.cancel ??= this.clock.callAt(this.lastSign + this.seconds, this.look);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private readonly look = (): void => {
    const lapsesAt = this.lastSign + this.seconds;
    const over = this.clock.now() >= lapsesAt;
    this.cancel = over ? undefined : this.clock.callAt(lapsesAt, this.look);
    if (over) this.onLapse();
  };
}
