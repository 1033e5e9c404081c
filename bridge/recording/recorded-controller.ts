import type { Cancel, Clock } from '../clock.js';
import { Controller } from '../controller.js';
import type { ControllerOptions } from '../controller-options.js';
import type { MessageMap, Topic } from '../message-map.js';
import type { Listener, Transport, Unsubscribe } from '../transport.js';
import type { EventTape } from './event-tape.js';

/** A controller that does what any does; `tape` hears of everything that happens to it. */
export class RecordedController extends Controller {
  private readonly tape: EventTape;

  /** `options`: with the clock and the transport of the tape. */
  constructor(options: ControllerOptions, tape: EventTape) {
    super(options);
    this.tape = tape;
  }

  override get goalHeading(): number {
    return super.goalHeading;
  }

  override set goalHeading(heading: number) {
    this.tape.perform('goal-heading', { argument: heading }, () => (super.goalHeading = heading));
  }

  override activate(firstDeadline?: number): void {
    this.tape.perform('activate', { argument: firstDeadline ?? null }, () => super.activate(firstDeadline));
  }

  override deactivate(): void {
    this.tape.perform('deactivate', {}, () => super.deactivate());
  }

  override stop(): void {
    this.tape.perform('stop', {}, () => super.stop());
  }

  override emergencyStop(): void {
    this.tape.perform('emergency-stop', {}, () => super.emergencyStop());
  }

  override clearStop(): boolean {
    return this.tape.perform('clear-stop', {}, () => super.clearStop());
  }

  override setFrozen(frozen: boolean): boolean {
    return this.tape.perform('set-frozen', { argument: frozen }, () => super.setFrozen(frozen));
  }

  override resetWeights(seed?: number): boolean {
    return this.tape.perform('reset-weights', { argument: seed ?? null }, () => super.resetWeights(seed));
  }

  override step(): void {
    this.tape.perform('step', {}, () => super.step());
  }
}

/** A controller's view of `clock`. */
export class RecordedClock implements Clock {
  private readonly clock: Clock;
  private readonly tape: EventTape;
  private appointments = 0;

  constructor(clock: Clock, tape: EventTape) {
    this.clock = clock;
    this.tape = tape;
  }

  now(): number {
    return this.tape.now();
  }

  callAt(time: number, callback: () => void): Cancel {
    const target = this.appointments++;
    return this.clock.callAt(time, () => this.tape.perform('appointment', { target }, callback));
  }
}

/** A controller's end of `transport`. */
export class RecordedTransport implements Transport {
  private readonly transport: Transport;
  private readonly tape: EventTape;
  private subscriptions = 0;

  constructor(transport: Transport, tape: EventTape) {
    this.transport = transport;
    this.tape = tape;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.tape.publish(topic, message, () => this.transport.publish(topic, message));
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    const target = this.subscriptions++;
    return this.transport.subscribe(topic, (message) =>
      this.tape.hear(topic, target, message, () => listener(message)),
    );
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
