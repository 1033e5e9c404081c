import type { Policy } from '../../policy/policy.js';
import type { Cancel, Clock } from '../clock.js';
import { Controller } from '../controller.js';
import type { MessageMap, Topic } from '../message-map.js';
import type { Listener, Transport, Unsubscribe } from '../transport.js';
import type { CommandComparison, Difference } from './command-comparison.js';
import type { ControllerEvent } from './controller-event.js';
import type { RecordedEvent, RecordedMessage } from './read-recording.js';
import { isHeardTopic, isRecordedTopic, readHeardMessage } from './recorded-messages.js';
import type { RecordedSettings } from './recorded-settings.js';

/** An event that is being played. */
interface Scene {
  readonly entry: RecordedEvent;
  /** What the controller published in it, and what came of that. */
  readonly children: readonly (RecordedMessage | RecordedEvent)[];
  nextChild: number;
  nextReading: number;
}

/**
 * A controller made as one that was recorded, and all of its surroundings: a clock that says what the recorded one
 * said each time it was asked, and a transport that brings what was heard, when it was heard. What the controller
 * publishes is compared with what was published.
 */
export class ReplayStage implements Clock, Transport {
  private readonly settings: RecordedSettings;
  private readonly policy: Policy;
  private readonly comparison: CommandComparison;
  private readonly listeners: (Listener<Topic> | undefined)[] = [];
  private readonly appointments = new Map<number, () => void>();
  private appointmentCount = 0;
  private controller: Controller | undefined;
  private scene: Scene | undefined;
  private publishing: unknown;
  private lastReading = 0;

  constructor(settings: RecordedSettings, policy: Policy, comparison: CommandComparison) {
    this.settings = settings;
    this.policy = policy;
    this.comparison = comparison;
  }

  /** Play what happened. The first difference that shows, if any. */
  play(entry: RecordedEvent): Difference | undefined {
    this.perform(entry);
    return this.comparison.difference;
  }

  now(): number {
    const { scene } = this;
    if (!scene) return this.lastReading;
    const reading = scene.entry.event.readings[scene.nextReading++];
    if (reading === undefined) this.differ('asks for the time more often than it did');
    else this.lastReading = reading;
    return this.lastReading;
  }

  callAt(_time: number, callback: () => void): Cancel {
    const target = this.appointmentCount++;
    this.appointments.set(target, callback);
    return () => this.appointments.delete(target);
  }

  subscribe<T extends Topic>(_topic: T, listener: Listener<T>): Unsubscribe {
    const target = this.listeners.push(listener as Listener<Topic>) - 1;
    return () => (this.listeners[target] = undefined);
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    const { scene } = this;
    if (!isRecordedTopic(topic)) {
      if (scene) this.playNested(scene, message);
      return;
    }
    const recorded = scene ? this.nextMessage(scene) : undefined;
    if (!scene || !recorded) {
      this.differ(`publishes ${topic}, which it did not`);
      return;
    }
    this.comparison.compare(recorded, topic, message);
    this.playNested(scene, message);
    const failure = scene.entry.event.failures.find(({ sequence }) => sequence === recorded.sequence);
    if (failure) throw new Error(failure.reason);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private perform(entry: RecordedEvent): void {
    if (this.comparison.difference) return;
    const { scene: outer } = this;
    const heard = heardMessage(entry);
    const children = heard ? entry.children.slice(1) : entry.children;
    const scene: Scene = { entry, children: children.filter(isOfController), nextChild: 0, nextReading: 0 };
    this.scene = scene;
    try {
      this.happen(entry, heard);
    } catch {
      // A transport keeps from publishers what listeners throw; what came of it was published, and is compared.
    }
    if (scene.nextChild < scene.children.length) this.differ('does not publish all that it did');
    else if (scene.nextReading < entry.event.readings.length)
      this.differ('asks for the time less often than it did');
    this.scene = outer;
  }

  private happen({ event }: RecordedEvent, heard: RecordedMessage | undefined): void {
    if (event.kind === 'configure') {
      this.controller = new Controller({
        ...this.settings,
        policy: this.policy,
        clock: this,
        transport: this,
      });
    } else if (event.kind === 'message') this.hear(event, heard);
    else if (event.kind === 'appointment') this.keepAppointment(event.target);
    else this.act(event);
  }

  private hear({ topic, target }: ControllerEvent, heard: RecordedMessage | undefined): void {
    const listener = this.listeners[target];
    if (!listener) this.differ(`does not listen to ${topic} any more`);
    else if (!heard) listener(this.publishing as MessageMap[Topic]);
    else if (!isHeardTopic(heard.topic)) this.differ(`cannot hear ${heard.topic}`);
    else {
      const read = readHeardMessage(heard.topic, JSON.parse(heard.text));
      if ('problem' in read) this.differ(`cannot be told ${heard.topic}: ${read.problem}`);
      else listener(read.message);
    }
  }

  private keepAppointment(target: number): void {
    const callback = this.appointments.get(target);
    this.appointments.delete(target);
    if (callback) callback();
    else this.differ('has no such appointment');
  }

  private act({ kind, argument }: ControllerEvent): void {
    const { controller } = this;
    const number = typeof argument === 'number' ? argument : undefined;
    if (!controller) this.differ('was not made yet');
    else if (kind === 'activate') controller.activate(number);
    else if (kind === 'deactivate') controller.deactivate();
    else if (kind === 'stop') controller.stop();
    else if (kind === 'emergency-stop') controller.emergencyStop();
    else if (kind === 'clear-stop') controller.clearStop();
    else if (kind === 'set-frozen') controller.setFrozen(argument === true);
    else if (kind === 'reset-weights') controller.resetWeights(number);
    else if (kind === 'goal-heading') controller.goalHeading = number ?? NaN;
    else if (kind === 'step') controller.step();
  }

  /** What came of the publication of `message`, while it was under way. */
  private playNested(scene: Scene, message: unknown): void {
    const { publishing } = this;
    this.publishing = message;
    for (;;) {
      const child = scene.children[scene.nextChild];
      if (child?.kind !== 'event') break;
      scene.nextChild++;
      this.perform(child);
      this.publishing = message;
    }
    this.publishing = publishing;
  }

  /** What was published next. */
  private nextMessage(scene: Scene): RecordedMessage | undefined {
    const child = scene.children[scene.nextChild];
    if (child?.kind !== 'message') return undefined;
    scene.nextChild++;
    return child;
  }

  private differ(what: string): void {
    this.comparison.differ(what, this.scene?.entry.time ?? this.lastReading);
  }
}

/** What the controller heard; undefined: nothing, or what it published itself. */
function heardMessage({ event, children }: RecordedEvent): RecordedMessage | undefined {
  const [first] = children;
  return event.kind === 'message' && !event.echo && first?.kind === 'message' ? first : undefined;
}

/** What the controller neither hears nor says is there for whoever looks at the recording. */
function isOfController(child: RecordedMessage | RecordedEvent): boolean {
  return child.kind === 'event' || child.topic !== 'simulationRequest';
}
