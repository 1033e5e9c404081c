import type { Cancel, Clock } from './clock.js';
import type { Acknowledgement, MessageMap } from './message-map.js';
import type { Transport, Unsubscribe } from './transport.js';

export interface OperatorClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** s that an answer is waited for. */
  readonly timeout: number;
}

/** What became of a request. */
export type Answer = Pick<Acknowledgement, 'id' | 'accepted' | 'code' | 'reason'>;

type RequestTopic = 'perturbationRequest' | 'operatorRequest' | 'simulationRequest';

interface Pending {
  readonly id: string;
  /** Whose answers are still missing. */
  readonly from: Set<Acknowledgement['from']>;
  readonly settle: (answer: Answer) => void;
}

/** An operator's side of a controller and of a simulator: asks, and hears what became of it. */
export class OperatorClient {
  private readonly options: OperatorClientOptions;
  private readonly unsubscribe: Unsubscribe;
  private readonly pending: Pending[] = [];

  constructor(options: OperatorClientOptions) {
    this.options = options;
    this.unsubscribe = options.transport.subscribe('acknowledgement', (answer) => this.hear(answer));
  }

  /**
   * Ask, and resolve to the answer; where there is none in time, to a refusal with ERR_NO_ANSWER. Never rejects.
   *
   * @param id the request's, which the answer repeats
   * @param options.ofRobot the robot has to agree as well: it is its body that the request is about. A simulator's
   *   requests are the robot's alone
   * @param options.repeatEvery s after which the request is sent again while there is no answer; for what may be done
   *   twice. Default: never
   */
  ask<T extends RequestTopic>(
    topic: T,
    request: MessageMap[T],
    id: string,
    { ofRobot = false, repeatEvery = Infinity }: { ofRobot?: boolean; repeatEvery?: number } = {},
  ): Promise<Answer> {
    const { transport, clock, timeout } = this.options;
    return new Promise((resolve) => {
      const began = clock.now();
      let cancelRepeat: Cancel | undefined;
      const send = (): void => {
        if (repeatEvery < Infinity) cancelRepeat = clock.callAt(clock.now() + repeatEvery, send);
        transport.publish(topic, request);
      };
      const from = new Set(whoAnswers(topic, ofRobot));
      const settle = (answer: Answer): void => {
        cancelTimeout();
        cancelRepeat?.();
        this.pending.splice(this.pending.indexOf(entry), 1);
        resolve(answer);
      };
      const cancelTimeout = clock.callAt(began + timeout, () => settle(noAnswer(topic, id, from, timeout)));
      const entry: Pending = { id, from, settle };
      this.pending.push(entry);
      send();
      // Answered within this very call: there is nothing left to repeat.
      if (!this.pending.includes(entry)) cancelRepeat?.();
    });
  }

  /** Hear no more answers; the transport stays open. */
  close(): void {
    this.unsubscribe();
  }

  private hear({ id, from, accepted, code, reason }: Acknowledgement): void {
    // A node without a controller answers without an id: to whatever was asked first.
    const entry = this.pending.find((waiting) => (waiting.id === id || id === '') && waiting.from.has(from));
    if (!entry) return;
    entry.from.delete(from);
    if (accepted && entry.from.size > 0) return;
    entry.settle({ id: entry.id, accepted, ...(code === undefined ? {} : { code }), reason });
  }
}

function whoAnswers(topic: RequestTopic, ofRobot: boolean): readonly Acknowledgement['from'][] {
  if (topic === 'simulationRequest') return ['robot'];
  return ofRobot ? ['controller', 'robot'] : ['controller'];
}

function noAnswer(
  topic: RequestTopic,
  id: string,
  from: ReadonlySet<Acknowledgement['from']>,
  timeout: number,
): Answer {
  return { id, accepted: false, code: 'ERR_NO_ANSWER', reason: noAnswerReason(topic, from, timeout) };
}

function noAnswerReason(
  topic: RequestTopic,
  from: ReadonlySet<Acknowledgement['from']>,
  timeout: number,
): string {
  if (from.has('controller')) return `no answer within ${timeout} s`;
  return topic === 'simulationRequest'
    ? `no simulator answered within ${timeout} s; hardware is none`
    : `the controller accepted it, but the robot did not answer within ${timeout} s`;
}
