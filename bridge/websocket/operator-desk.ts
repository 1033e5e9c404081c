import type { Clock } from '../clock.js';
import { OperatorClient, type Answer } from '../operator-client.js';
import { isEmergencyStop } from '../transport/emergency-stop.js';
import type { Transport } from '../transport.js';
import type { AuditEntry } from './audit-log.js';
import { DeadMan } from './dead-man.js';
import type { WebSocketLimits } from './limits.js';
import type { Asked } from './services.js';
import type { Session } from './session.js';

export interface OperatorDeskOptions {
  /** Publishes for a client, which does not get its own message back. */
  readonly publish: (asked: Asked, from: Session | undefined) => void;
  readonly subscribe: Transport['subscribe'];
  readonly clock: Clock;
  readonly limits: WebSocketLimits;
  readonly audit: (entry: AuditEntry) => void;
  readonly newId: () => string;
  /** s; undefined: there is no dead-man's switch. */
  readonly deadMan: number | undefined;
}

/**
 * Where requests of clients go through on their way to the controller: who may ask is decided here, every request
 * and every answer goes into the audit log, and operators show here that they are there.
 */
export class OperatorDesk {
  private readonly options: OperatorDeskOptions;
  private readonly client: OperatorClient;
  private readonly deadMan: DeadMan | undefined;
  private readonly waiting = new Set<string>();
  /** Whose request is being published. */
  private asker: Session | undefined;

  constructor(options: OperatorDeskOptions) {
    const { clock, limits, deadMan } = options;
    this.options = options;
    this.client = new OperatorClient({
      transport: {
        publish: (topic, request) =>
          options.publish({ topic, request, id: '', ofRobot: false } as Asked, this.asker),
        subscribe: options.subscribe,
        close: () => Promise.resolve(),
      },
      clock,
      timeout: limits.answerTimeout,
    });
    this.deadMan = deadMan === undefined ? undefined : new DeadMan(deadMan, clock, this.lapse);
  }

  /** An operator is there, and says nothing else. */
  heartbeat(session: Session): void {
    if (session.role === 'operator') this.deadMan?.signOfLife();
  }

  /**
   * Ask for a client, if it may. Emergency stops are asked for whoever wants one, however much else it asked for. What
   * rejects is a fault of ours.
   *
   * @param what the service or topic by which it came
   */
  async ask(session: Session, what: string, asked: Asked): Promise<Answer> {
    const refusal = this.refusalOf(session, asked);
    const { id } = asked;
    this.record(session, { event: 'asked', what, id, request: asked.request });
    try {
      return this.answered(session, what, refusal ?? (await this.forward(session, asked)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.answered(session, what, { id, accepted: false, code: 'ERR_INTERNAL', reason });
      throw error;
    }
  }

  /**
   * Refuse a request that cannot be read.
   *
   * @param text as it came
   */
  refuse(session: Session, what: string, text: string, reason: string): Answer {
    this.record(session, { event: 'asked', what, request: text });
    return this.answered(session, what, { id: '', accepted: false, code: 'ERR_OPERATOR_REQUEST', reason });
  }

  /** Note what a client did. */
  record({ id: client, address, role }: Session, entry: AuditEntry): void {
    this.options.audit({ client, address, role, ...entry });
  }

  close(): void {
    this.deadMan?.stop();
    this.client.close();
  }

  private answered(session: Session, what: string, answer: Answer): Answer {
    const { id, accepted, code, reason } = answer;
    const outcome = { id, accepted, ...(code === undefined ? {} : { code }), reason };
    this.record(session, { event: 'answered', what, ...outcome });
    return answer;
  }

  private refusalOf(session: Session, { request, id }: Asked): Answer | undefined {
    const refuse = (code: 'ERR_NOT_PERMITTED' | 'ERR_OPERATOR_REQUEST', reason: string): Answer => ({
      id,
      accepted: false,
      code,
      reason,
    });
    if (isEmergencyStop(request)) return undefined;
    if (session.role === 'viewer') {
      return refuse('ERR_NOT_PERMITTED', 'viewers look on; of requests, theirs is the emergency stop alone');
    }
    if (session.pending.size >= this.options.limits.pendingRequests) {
      return refuse(
        'ERR_NOT_PERMITTED',
        `${session.pending.size} requests are waiting for their answers already`,
      );
    }
    if (this.waiting.has(id)) {
      return refuse(
        'ERR_OPERATOR_REQUEST',
        `a request '${id}' waits for its answer; give this one another id`,
      );
    }
    return undefined;
  }

  private async forward(session: Session, { topic, request, id, ofRobot }: Asked): Promise<Answer> {
    this.heartbeat(session);
    session.pending.add(id);
    this.waiting.add(id);
    this.asker = session;
    const answer = this.client.ask(topic, request, id, { ofRobot });
    this.asker = undefined;
    try {
      return await answer;
    } finally {
      session.pending.delete(id);
      this.waiting.delete(id);
    }
  }

  private readonly lapse = (): void => {
    const { audit, newId, publish } = this.options;
    const id = newId();
    const request = { operation: 'emergency-stop', id } as const;
    const reason = 'no sign of life of an operator in time';
    audit({ event: 'dead-man', id, request, reason });
    publish({ topic: 'operatorRequest', request, id, ofRobot: false }, undefined);
  };
}
