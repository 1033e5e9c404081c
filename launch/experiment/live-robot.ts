import type { Clock } from '../../bridge/clock.js';
import type { ControllerStatus, RobotState } from '../../bridge/message-map.js';
import { OperatorClient, type Answer } from '../../bridge/operator-client.js';
import type { Transport, Unsubscribe } from '../../bridge/transport.js';
import { HebbridgeError } from '../../policy/errors.js';
import type { Perturbation } from '../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import type { LifeRecord } from '../../sim/experiment/result.js';
import { ObservedLife } from './observed-life.js';

/** s without a state, or without the status of a controller, after which nobody is believed to be there. */
const SILENCE = 5;
/** s that an answer is waited for. */
const ANSWER = 5;
/** s that the clocks of robot and controller may be apart and still be taken for the same. */
const SAME_CLOCK = 0.25;

export interface LiveLifePlan {
  readonly morphology: string;
  /** As the simulator offers it. */
  readonly bundle: string;
  readonly seed: number;
  readonly steps: number;
  /** Times in s of the life; ids that no other life has. */
  readonly perturbations: readonly Perturbation[];
  readonly keepSpeed: boolean;
  /** Hears of a perturbation that was there so many control steps after its time: a life begins before one can ask. */
  readonly onLate: (perturbation: Perturbation, steps: number) => void;
}

/** A simulated robot and its controller somewhere else, in real time, as an operator of experiments has them. */
export class LiveRobot {
  private readonly clock: Clock;
  private readonly transport: Transport;
  private readonly client: OperatorClient;
  private readonly subscriptions: readonly Unsubscribe[];
  private state: { readonly episode: number; readonly stamp: number; readonly at: number } | undefined;
  private status: { readonly status: ControllerStatus; readonly at: number } | undefined;
  private life: { readonly of: ObservedLife; readonly after: number | undefined } | undefined;
  private wake: () => void = () => undefined;
  private requests = 0;

  constructor(transport: Transport, clock: Clock) {
    this.clock = clock;
    this.transport = transport;
    this.client = new OperatorClient({ transport, clock, timeout: ANSWER });
    this.subscriptions = [
      transport.subscribe('robotState', (state) => this.see(state)),
      transport.subscribe('jointCommand', (command) => this.life?.of.hear(command)),
      transport.subscribe('status', (status) => {
        this.status = { status: structuredClone(status), at: clock.now() };
        this.wake();
      }),
    ];
  }

  /**
   * Begin another life, perturb it at its times, and see it to its end.
   *
   * @throws HebbridgeError with the code of what was refused, ERR_NO_ANSWER, ERR_INTERRUPTED
   */
  async live(plan: LiveLifePlan, signal: AbortSignal): Promise<LifeRecord> {
    const { seed, steps, morphology, bundle, perturbations } = plan;
    await this.until('a robot and its controller', signal, () => this.state && this.status && true);
    const of = new ObservedLife(seed, steps, this.status!.status.goalHeading);
    this.life = { of, after: this.state!.episode };
    const id = `experiment-${++this.requests}`;
    const request = { operation: 'restart', id, seed, morphology, bundle } as const;
    requireAccepted(
      await this.client.ask('simulationRequest', request, id),
      `restart of '${bundle}', ${morphology}`,
    );
    try {
      await this.until('a state of the new episode', signal, () => !Number.isNaN(of.begin) || undefined);
      const origin = await this.until('the status of the new life', signal, () => this.lifeTime(of.begin));
      for (const perturbation of perturbations) {
        const asked = { ...perturbation, start: origin + perturbation.start };
        const begin = { operation: 'begin', perturbation: asked } as const;
        requireAccepted(
          await this.client.ask('perturbationRequest', begin, perturbation.id),
          perturbation.id,
        );
        const late = (this.state!.stamp - of.begin - perturbation.start) / ANT_CONTRACT.controlPeriod;
        if (late >= 1) plan.onLate(perturbation, Math.floor(late));
      }
      let seen = this.state;
      let seenAt = this.clock.now();
      while (!of.over) {
        refuseIfStopped(signal, this.status?.status);
        await this.pause();
        if (this.state !== seen) seenAt = this.clock.now();
        seen = this.state;
        if (this.clock.now() - seenAt > SILENCE) throw nobody('a state of the robot');
      }
      return of.record(plan.keepSpeed);
    } finally {
      this.life = undefined;
      // What has not begun yet would begin in the next life.
      for (const { id } of perturbations) {
        this.transport.publish('perturbationRequest', { operation: 'end', id });
      }
    }
  }

  /** Hear no more. The transport stays open. */
  close(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.client.close();
  }

  private see(state: RobotState): void {
    const { episode, stamp } = state;
    this.state = { episode, stamp, at: this.clock.now() };
    if (this.life && episode !== this.life.after) this.life.of.see(state);
    this.wake();
  }

  /**
   * The controller's time (s since it was activated) at which a life began whose first state has the stamp `begin`;
   * undefined before the controller told of itself since. Robot and controller need not have the same clock.
   */
  private lifeTime(begin: number): number | undefined {
    const { state, status: told } = this;
    if (!state || !told) return undefined;
    const { stamp, time } = told.status;
    const apart = stamp - told.at - (state.stamp - state.at);
    const lag = Math.abs(apart) < SAME_CLOCK ? 0 : apart;
    const sinceBegin = stamp - lag - begin;
    return sinceBegin >= 0 ? Math.max(0, time - sinceBegin) : undefined;
  }

  private async until<T>(what: string, signal: AbortSignal, look: () => T | undefined): Promise<T> {
    const deadline = this.clock.now() + SILENCE;
    for (;;) {
      refuseIfStopped(signal, this.status?.status);
      const found = look();
      if (found !== undefined) return found;
      if (this.clock.now() > deadline) throw nobody(what);
      await this.pause();
    }
  }

  /** Until the next message, or for two control periods. */
  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.callAt(this.clock.now() + 2 * ANT_CONTRACT.controlPeriod, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function requireAccepted({ accepted, code, reason }: Answer, what: string): void {
  if (!accepted) throw new HebbridgeError(code ?? 'ERR_OPERATOR_REQUEST', `${what}: ${reason}`);
}

function nobody(what: string): HebbridgeError {
  return new HebbridgeError('ERR_NO_ANSWER', `${what} did not come within ${SILENCE} s`);
}

function refuseIfStopped(signal: AbortSignal, status: ControllerStatus | undefined): void {
  if (signal.aborted) throw new HebbridgeError('ERR_INTERRUPTED', 'stopped before the experiment was done');
  if (status && status.latched !== null) {
    throw new HebbridgeError(
      'ERR_OPERATOR_REQUEST',
      `the controller is stopped (${status.reason}); clear that beside the robot, and begin again`,
    );
  }
}
