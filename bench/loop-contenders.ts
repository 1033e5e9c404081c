import { ControlLoop } from '../bridge/control-loop.js';
import type { Clock } from '../bridge/clock.js';
import { Controller } from '../bridge/controller.js';
import type { Transport } from '../bridge/transport.js';
import { InMemoryTransport } from '../bridge/transport/in-memory-transport.js';
import { decodeBundle, networkFromBundle } from '../policy/bundle/rule-bundle.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';

/** Something that does a step each control period. */
export interface LoopContender {
  readonly name: string;
  readonly clock: Clock;
  /** What robot states come in by. */
  readonly transport: Transport;
  /** Periods without a step so far. */
  readonly missedPeriods: number;
  /** First step at `firstDeadline`, s on the clock; `onStep` after each. */
  start(firstDeadline: number, onStep: () => void): void;
  pause(): void;
}

/** A control loop whose step is empty: what the clock and the loop cost. */
export class BareLoop implements LoopContender {
  readonly name: string;
  readonly clock: Clock;
  readonly transport = new InMemoryTransport();
  private readonly loop: ControlLoop;
  private onStep: () => void = () => undefined;

  constructor(name: string, clock: Clock, period: number) {
    this.name = name;
    this.clock = clock;
    this.loop = new ControlLoop(clock, period, () => this.onStep());
  }

  get missedPeriods(): number {
    return this.loop.missedPeriods;
  }

  start(firstDeadline: number, onStep: () => void): void {
    this.onStep = onStep;
    this.loop.start(firstDeadline);
  }

  pause(): void {
    this.loop.stop();
  }
}

/** The whole controller under the rules of a bundle; a step is done when its command arrives. */
export class ControllerLoop implements LoopContender {
  readonly name = 'controller, precise clock';
  readonly clock: Clock;
  readonly transport = new InMemoryTransport();
  private readonly controller: Controller;
  private onStep: () => void = () => undefined;
  private running = false;

  /** @param weightsPeriod s between two messages of the weights; 0: none */
  constructor(clock: Clock, period: number, bundle: Uint8Array, weightsPeriod = 0) {
    this.clock = clock;
    this.transport.subscribe('jointCommand', () => {
      if (this.running) this.onStep();
    });
    this.controller = new Controller({
      transport: this.transport,
      clock,
      policy: networkFromBundle(decodeBundle(bundle, 'the bundle to measure')),
      contract: { ...ANT_CONTRACT, controlPeriod: period },
      seed: 1,
      weightsPeriod,
      // A late state or step is what is measured here: it must not change what is done.
      safety: { fadeInTime: 0, overrunPolicy: 'report', leastInputRate: 0, stalePeriods: 1e6 },
    });
  }

  get missedPeriods(): number {
    return this.controller.loop.missedPeriods;
  }

  /** Control steps in which the policy acted. */
  get policySteps(): number {
    return this.controller.status().steps;
  }

  start(firstDeadline: number, onStep: () => void): void {
    this.onStep = onStep;
    this.running = true;
    this.controller.activate(firstDeadline);
  }

  pause(): void {
    // The last word of a controller is no step.
    this.running = false;
    this.controller.deactivate();
  }
}
