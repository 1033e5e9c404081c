import type { Clock } from './clock.js';
import type { CommandShaper } from './command-shaper.js';
import type { StateInput } from './input/state-input.js';
import type { StatusReporter } from './status-reporter.js';
import type { SafetySettings } from './supervisor/safety-settings.js';
import { commandKind, fadeGain, type SupervisorState } from './supervisor/supervisor.js';
import type { Transport } from './transport.js';

export interface CommandOutputOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly shaper: CommandShaper;
  readonly input: StateInput;
  readonly reporter: StatusReporter;
  readonly safety: SafetySettings;
}

/** Publishes the command that the supervisor's state calls for, and counts it. Allocates nothing. */
export class CommandOutput {
  private readonly options: CommandOutputOptions;
  /** When the control step of the command before was, s. */
  private sentAt = -Infinity;

  constructor(options: CommandOutputOptions) {
    this.options = options;
  }

  /**
   * In the control period that led to `state` at `now`.
   *
   * @param action what the policy answered, [joints]
   * @param stepBegan when it was asked, s
   */
  send(state: SupervisorState, now: number, action: Float32Array, stepBegan: number): void {
    const { shaper, input, reporter, clock, safety } = this.options;
    switch (commandKind(state)) {
      case 'none':
        return;
      case 'policy': {
        if (!shaper.ready) shaper.writeSafe(input.state.jointPosition);
        shaper.writeAction(action, fadeGain(state, now, safety), now - this.sentAt);
        this.publish(true, now);
        reporter.recordStepTime(clock.now() - stepBegan);
        return;
      }
      case 'damp': {
        shaper.writeDamping(input.state.jointVelocity, input.state.jointPosition, now - this.sentAt);
        this.publish(false, now);
        return;
      }
      case 'safe':
        this.sendSafe(now);
    }
  }

  sendSafe(now: number): void {
    const { shaper, input } = this.options;
    shaper.writeSafe(input.poseKnown(now) ? input.state.jointPosition : undefined);
    this.publish(false, now);
  }

  /** A new life fades in. */
  restart(): void {
    this.options.shaper.restart();
  }

  /** Commands pause. */
  pause(): void {
    this.options.shaper.forget();
    this.options.reporter.pause();
  }

  private publish(ofPolicy: boolean, now: number): void {
    const { transport, clock, shaper, reporter } = this.options;
    if (!shaper.ready) return;
    this.sentAt = now;
    shaper.message.stamp = clock.now();
    transport.publish('jointCommand', shaper.message);
    reporter.recordCommand(clock.now(), ofPolicy);
  }
}
