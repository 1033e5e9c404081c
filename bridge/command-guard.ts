import type { RobotContract } from '../policy/robot-contract.js';
import type { Cancel, Clock } from './clock.js';
import type { JointCommand } from './message-map.js';
import type { Transport, Unsubscribe } from './transport.js';

/**
 * `idle`: no command was heard yet, or the last one was the safe one: silence is right. `watching`: the robot was told
 * to move last, so silence would be wrong. `acting`: the controller is silent, and the guard speaks in its place.
 */
export type GuardState = 'idle' | 'watching' | 'acting';

export interface CommandGuardOptions {
  readonly transport: Transport;
  /** Of the machine: what counts is real silence. */
  readonly clock: Clock;
  readonly contract: RobotContract;
  /** Control periods of silence after which the guard takes over. */
  readonly timeoutPeriods: number;
  /** Hears of every beginning and end of `acting`, and why. */
  readonly onChange?: (state: GuardState, reason: string) => void;
}

/**
 * Watches a controller from outside, for robots whose drivers hold the last effort for ever: once a command other
 * than the safe one was heard and then none for `timeoutPeriods` control periods, it publishes the safe command (no
 * effort), at once and then every control period, until commands are heard again.
 *
 * It hears its own commands too and cannot tell them from others by what they say, so it counts: each own command
 * comes back at most once, hence a safe command beyond those that are still under way is the controller's. A command
 * that is not the safe one is the controller's in any case, and ends the guard's part at once.
 *
 * What it does not do: while the controller's last word was the safe command, silence says nothing (it was
 * deactivated, or ended, as it should), and the guard keeps silent too. Nor does it look at the robot: that commands
 * make sense is the supervisor's affair.
 */
export class CommandGuard {
  private readonly options: CommandGuardOptions;
  private readonly period: number;
  private readonly timeout: number;
  private readonly safe: JointCommand;
  private readonly unsubscribe: Unsubscribe;
  private current: GuardState = 'idle';
  private heardAt = -Infinity;
  private sentAt = -Infinity;
  /** Own commands that have not come back yet. */
  private underWay = 0;
  /** It was the guard itself that was held up, and it has given the controller's messages a chance to be heard. */
  private forgave = false;
  private cancel: Cancel | undefined;
  private heardCount = 0;
  private takeoverCount = 0;
  private sentCount = 0;

  constructor(options: CommandGuardOptions) {
    const { transport, contract, timeoutPeriods } = options;
    this.options = options;
    this.period = contract.controlPeriod;
    this.timeout = timeoutPeriods * this.period;
    this.safe = {
      stamp: 0,
      names: contract.joints.map(({ name }) => name),
      interface: 'effort',
      values: new Float64Array(contract.joints.length),
    };
    this.unsubscribe = transport.subscribe('jointCommand', (command) => this.hear(command));
  }

  get state(): GuardState {
    return this.current;
  }

  /** Commands of the controller so far. */
  get heard(): number {
    return this.heardCount;
  }

  /** How often the guard took over. */
  get takeovers(): number {
    return this.takeoverCount;
  }

  /** Safe commands that it published. */
  get sent(): number {
    return this.sentCount;
  }

  /** s since the controller's last command; Infinity before the first. */
  get silence(): number {
    return this.options.clock.now() - this.heardAt;
  }

  /** Watch no more. If it was acting, the last command was the safe one. */
  stop(): void {
    this.unsubscribe();
    this.cancel?.();
    this.cancel = undefined;
    this.current = 'idle';
  }

  private hear({ values }: JointCommand): void {
    const now = this.options.clock.now();
    const safe = isSafe(values);
    if (safe && this.isOwn(now)) return;
    this.heardAt = now;
    this.heardCount++;
    this.forgave = false;
    const before = this.current;
    this.current = safe ? 'idle' : 'watching';
    if (before === 'acting') {
      this.cancel?.();
      this.cancel = undefined;
      this.options.onChange?.(
        this.current,
        safe ? 'the controller says the safe command itself' : 'commands flow again',
      );
    }
    // One appointment at a time: the look at its end finds out what was heard meanwhile.
    if (this.current === 'watching' && !this.cancel) this.lookAt(now + this.timeout);
  }

  private isOwn(now: number): boolean {
    // What has not come back for so long is lost.
    if (now - this.sentAt > this.timeout) this.underWay = 0;
    if (this.underWay === 0) return false;
    this.underWay--;
    return true;
  }

  private lookAt(time: number): void {
    this.cancel = this.options.clock.callAt(time, () => this.look(time));
  }

  private look(due: number): void {
    this.cancel = undefined;
    if (this.current !== 'watching') return;
    const now = this.options.clock.now();
    const end = this.heardAt + this.timeout;
    if (now < end) {
      this.lookAt(end);
    } else if (now - due > this.period && !this.forgave) {
      // Commands may be waiting in the queue of a process that was held up. Once only: it must not wait for ever.
      this.forgave = true;
      this.lookAt(now + this.period);
    } else {
      this.takeOver(now);
    }
  }

  private takeOver(now: number): void {
    this.current = 'acting';
    this.takeoverCount++;
    const silence = (1000 * (now - this.heardAt)).toFixed(1);
    this.speakFrom(now);
    this.options.onChange?.('acting', `no command for ${silence} ms, and the last one was not the safe one`);
  }

  /** The safe command now, and every control period from now on. */
  private speakFrom(time: number): void {
    const { transport, clock } = this.options;
    // Before it leaves: it may come back within this call, and with it the end of all this.
    this.cancel = clock.callAt(time + this.period, () =>
      this.speakFrom(Math.max(time + this.period, clock.now() - this.period)),
    );
    this.sentAt = clock.now();
    this.safe.stamp = this.sentAt;
    this.underWay++;
    this.sentCount++;
    transport.publish('jointCommand', this.safe);
  }
}

/** No effort anywhere. What is not a number is not safe. */
function isSafe(values: Float64Array): boolean {
  for (let j = 0; j < values.length; j++) if (values[j] !== 0) return false;
  return true;
}
