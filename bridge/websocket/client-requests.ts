import type { MessageMap, Topic } from '../message-map.js';
import type { Answer } from '../operator-client.js';
import { isEmergencyStop } from '../transport/emergency-stop.js';
import { decodeJson } from '../transport/json-messages.js';
import { CHANNELS, HEARTBEAT_TOPIC, topicOf } from './channels.js';
import type { ClientFrame } from './client-frames.js';
import type { GoalHeading } from './goal-heading.js';
import type { WebSocketLimits } from './limits.js';
import type { OperatorDesk } from './operator-desk.js';
import { serviceResponseFrame, type Parameter } from './protocol.js';
import {
  isOfBody,
  readCall,
  serviceOf,
  type Asked,
  type RequestTopic,
  type ServiceName,
} from './services.js';
import type { Session } from './session.js';

export interface ClientRequestsOptions {
  readonly desk: OperatorDesk;
  readonly limits: WebSocketLimits;
  readonly newId: () => string;
  readonly goalHeading: GoalHeading;
  /** What can be read and not set: the seed, the bundle. */
  readonly parameters: () => readonly Parameter[];
  /** A message that a client published, and may. */
  readonly onMessage: <T extends Topic>(topic: T, message: MessageMap[T], from: Session) => void;
}

const REQUEST_TOPICS: readonly string[] = [
  'perturbationRequest',
  'operatorRequest',
  'simulationRequest',
] satisfies readonly RequestTopic[];

const GOAL_HEADING = 'goal_heading';
const HEADING_RANGE = 'from -pi to pi rad';
const FAULT = 'the server has a fault and could not deal with this; it may have been done all the same';

type Call = Extract<ClientFrame, { op: 'call' }>;

/** Does what the frames of clients ask for, within what each of them may ask. */
export class ClientRequests {
  private readonly options: ClientRequestsOptions;

  constructor(options: ClientRequestsOptions) {
    this.options = options;
  }

  /** What rejects is a fault of ours. */
  async handle(session: Session, frame: ClientFrame): Promise<void> {
    switch (frame.op) {
      case 'subscribe':
        for (const { id, channelId } of frame.subscriptions) this.subscribe(session, id, channelId);
        return;
      case 'unsubscribe':
        for (const [channel, id] of session.subscriptions) {
          if (frame.subscriptionIds.includes(id)) session.subscriptions.delete(channel);
        }
        return;
      case 'advertise':
        for (const channel of frame.channels) this.advertise(session, channel);
        return;
      case 'unadvertise':
        for (const id of frame.channelIds) session.advertised.delete(id);
        return;
      case 'publish':
        await this.publish(session, frame.channelId, frame.data);
        return;
      case 'call':
        await this.call(session, frame);
        return;
      case 'getParameters':
        this.sendParameters(session, frame.parameterNames, frame.id);
        return;
      case 'setParameters':
        await this.setParameters(session, frame);
        return;
      case 'subscribeParameterUpdates':
        for (const { name } of this.parameters(frame.parameterNames)) session.parameterUpdates.add(name);
        return;
      case 'unsubscribeParameterUpdates':
        for (const name of frame.parameterNames) session.parameterUpdates.delete(name);
        return;
    }
  }

  /** Parameters by name; all of them when none are named. */
  parameters(names: readonly string[]): readonly Parameter[] {
    const { goalHeading, parameters } = this.options;
    const all: readonly Parameter[] = [
      { name: GOAL_HEADING, value: goalHeading.value, type: 'float64' },
      ...parameters(),
    ];
    return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  }

  private subscribe(session: Session, id: number, channelId: number): void {
    const { subscriptions } = session;
    if (!CHANNELS.some((channel) => channel.id === channelId)) {
      session.tell('error', `there is no channel ${channelId} to subscribe to`);
    } else if (subscriptions.has(channelId) || [...subscriptions.values()].includes(id)) {
      session.tell(
        'error',
        `subscription ${id} to channel ${channelId}: there is one with that id or channel`,
      );
    } else if (subscriptions.size >= this.options.limits.subscriptions) {
      session.tell('error', `a client has at most ${this.options.limits.subscriptions} subscriptions`);
    } else subscriptions.set(channelId, id);
  }

  private advertise(
    session: Session,
    { id, topic, encoding }: { id: number; topic: string; encoding: string },
  ): void {
    const { advertised } = session;
    if (!mayPublish(session, topic)) {
      session.tell('error', `a client with the role ${session.role} may not publish ${topic}`);
    } else if (encoding !== 'json') {
      session.tell('error', `${topic}: the encoding is json, not ${encoding}`);
    } else if (advertised.size >= this.options.limits.advertisements) {
      session.tell('error', `a client advertises at most ${this.options.limits.advertisements} topics`);
    } else advertised.set(id, topic);
  }

  private async publish(session: Session, channelId: number, data: Buffer): Promise<void> {
    const name = session.advertised.get(channelId);
    const { desk, onMessage } = this.options;
    if (name === undefined) {
      session.tell('error', `a message on channel ${channelId}, which was not advertised`);
      return;
    }
    if (name === HEARTBEAT_TOPIC) {
      desk.heartbeat(session);
      return;
    }
    const topic = topicOf(name);
    if (topic === undefined) return;
    const text = data.toString('utf8');
    const decoded = decodeJson(topic, text);
    if ('problem' in decoded) {
      if (isRequestTopic(topic)) desk.refuse(session, name, text, decoded.problem);
      session.tell('error', `${name}: ${decoded.problem}`);
    } else if (session.role === 'peer') {
      if (isRequestTopic(topic))
        desk.record(session, { event: 'asked', what: name, request: decoded.message });
      onMessage(topic, decoded.message, session);
    } else if (isRequestTopic(topic)) {
      await this.request(session, name, topic, decoded.message as MessageMap[RequestTopic]);
    }
  }

  /** A request as a message: answered on the topic of acknowledgements, as over any other transport. */
  private async request(
    session: Session,
    name: string,
    topic: RequestTopic,
    request: MessageMap[RequestTopic],
  ): Promise<void> {
    const { desk, newId } = this.options;
    const named = withId(request, newId);
    if (named === undefined) {
      const right = 'a request is an object, with an id of 1 to 64 characters or none';
      desk.refuse(session, name, JSON.stringify(request), right);
      session.tell('error', `${name}: ${right}`);
      return;
    }
    const { accepted, code, reason } = await desk.ask(session, name, {
      topic,
      request: named.request as MessageMap[RequestTopic],
      id: named.id,
      ofRobot: topic === 'perturbationRequest' && isOfBody(fields(named.request.perturbation) ?? {}),
    });
    if (!accepted && code === 'ERR_NOT_PERMITTED') session.tell('error', `${name}: ${reason}`);
  }

  /** Answers every call of a service that there is, also where it turns out that the server has a fault. */
  private async call(session: Session, { serviceId, callId, encoding, data }: Call): Promise<void> {
    const name = serviceOf(serviceId);
    if (name === undefined) {
      const message = `there is no service ${serviceId}`;
      session.send({ op: 'serviceCallFailure', serviceId, callId, message });
      return;
    }
    if (encoding !== 'json' && name !== 'estop') {
      const message = `${name}: the encoding is json, not ${encoding}`;
      session.send({ op: 'serviceCallFailure', serviceId, callId, message });
      return;
    }
    let answer: Answer = { id: '', accepted: false, code: 'ERR_INTERNAL', reason: `${name}: ${FAULT}` };
    try {
      answer = await this.answerTo(session, name, data);
    } finally {
      session.sendFrame(serviceResponseFrame(serviceId, callId, answer), false);
    }
  }

  private async answerTo(session: Session, name: ServiceName, data: Buffer): Promise<Answer> {
    const { desk, newId } = this.options;
    const text = data.toString('utf8');
    const read = readCall(name, text, newId);
    if ('asked' in read) return desk.ask(session, name, read.asked);
    return desk.refuse(session, name, text, `${name}: ${read.problem}`);
  }

  private async setParameters(
    session: Session,
    { parameters, id }: Extract<ClientFrame, { op: 'setParameters' }>,
  ): Promise<void> {
    const { desk, newId } = this.options;
    for (const { name, value } of parameters) {
      if (name !== GOAL_HEADING) {
        session.tell('error', `parameter ${name} cannot be set; of all of them, ${GOAL_HEADING} can`);
        continue;
      }
      if (typeof value !== 'number') {
        session.tell(
          'error',
          `parameter ${name} cannot be ${describe(value)}; it is a number, ${HEADING_RANGE}`,
        );
        continue;
      }
      const request = { operation: 'goal-heading', id: newId(), heading: value } as const;
      const asked: Asked = { topic: 'operatorRequest', request, id: request.id, ofRobot: false };
      const { accepted, reason } = await desk.ask(session, name, asked);
      if (!accepted) session.tell('error', `parameter ${name} was not set: ${reason}`);
    }
    if (id !== undefined)
      this.sendParameters(
        session,
        parameters.map(({ name }) => name),
        id,
      );
  }

  private sendParameters(session: Session, names: readonly string[], id: string | undefined): void {
    session.send({
      op: 'parameterValues',
      parameters: this.parameters(names),
      ...(id === undefined ? {} : { id }),
    });
  }
}

/** The allow-list: what a client may publish by its role. Viewers' requests are looked at for emergency stops. */
function mayPublish({ role }: Session, name: string): boolean {
  const topic = topicOf(name);
  switch (role) {
    case 'peer':
      return topic !== undefined;
    case 'operator':
      return name === HEARTBEAT_TOPIC || (topic !== undefined && isRequestTopic(topic));
    case 'viewer':
      return topic === 'operatorRequest';
  }
}

function isRequestTopic(topic: Topic): topic is RequestTopic {
  return REQUEST_TOPICS.includes(topic);
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * A request, which is parsed where it is granted, under an id of its own, so that its answer can be told from others:
 * its sender's, or a new one. Of an emergency stop nothing else matters; undefined: there is no way to answer it.
 */
function withId(given: unknown, newId: () => string): { request: Fields; id: string } | undefined {
  const request = fields(given);
  if (request === undefined) return undefined;
  const perturbation = request.operation === 'begin' ? fields(request.perturbation) : undefined;
  const id = (perturbation ?? request).id ?? newId();
  if (typeof id !== 'string' || id === '' || id.length > 64) {
    return isEmergencyStop(request) ? withId({ operation: 'emergency-stop' }, newId) : undefined;
  }
  if (isEmergencyStop(request)) return { request: { operation: 'emergency-stop', id }, id };
  return perturbation
    ? { request: { ...request, perturbation: { ...perturbation, id } }, id }
    : { request: { ...request, id }, id };
}

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A value as it came, or its beginning. JSON has no NaN: what is none comes as null. */
function describe(value: unknown): string {
  const text = JSON.stringify(value);
  if (value === null) return 'null (or NaN)';
  return text.length <= 80 ? text : `${text.slice(0, 80)}...`;
}
