import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Acknowledgement, MessageMap, Topic } from '../../bridge/message-map.js';
import type { Transport } from '../../bridge/transport.js';

/** Two endpoints that are connected with each other, and what happened behind their backs. */
export interface ConnectedTransports {
  readonly near: Transport;
  readonly far: Transport;
  /** Errors of listeners that were reported so far, oldest first. */
  readonly listenerErrors: readonly unknown[];
  /** Give back what `close` of both endpoints leaves (a broker, a server). */
  dispose?(): Promise<void>;
}

/** What is special about a transport's messages. */
export interface TransportCarriage {
  /** Those that the transport carries; default: all. */
  readonly topics?: readonly Topic[];
  /** What of `message` arrives, where not everything can; may hold asymmetric matchers. */
  readonly arrives?: <T extends Topic>(topic: T, message: MessageMap[T]) => unknown;
}

/** ms that a message may take on a busy machine. */
const ARRIVAL_TIMEOUT = 10_000;

/** One message of every topic, all of its fields in use. */
export function exampleMessages(): { [T in Topic]: MessageMap[T] } {
  return {
    robotState: {
      stamp: 12.25,
      episode: 2,
      joints: {
        names: ['left_front_hip', 'left_front_ankle'],
        position: Float64Array.of(0.25, -0.5),
        velocity: Float64Array.of(1.5, -2.5),
        effort: Float64Array.of(20, -40),
      },
      torso: {
        position: Float64Array.of(1, 2, 0.5),
        orientation: Float64Array.of(0, 0, 0.6, 0.8),
        linearVelocity: Float64Array.of(0.75, 0, -0.25),
      },
      feet: { names: ['left_front_foot'], contact: Float64Array.of(1) },
    },
    observation: { stamp: 12.25, episode: 2, values: Float32Array.of(0.5, -0.25, 5) },
    jointCommand: {
      stamp: 12.5,
      names: ['left_front_hip', 'left_front_ankle'],
      interface: 'effort',
      values: Float64Array.of(-125, 62.5),
    },
    perturbationRequest: {
      operation: 'begin',
      perturbation: {
        id: 'first',
        component: 'joint',
        type: 'weak',
        target: 'left_front_hip',
        value: 0.5,
        start: 3,
        duration: 2,
      },
    },
    operatorRequest: { operation: 'goal-heading', id: 'zeroth', heading: -0.5 },
    bodyPerturbation: {
      operation: 'end',
      perturbation: {
        id: 'second',
        component: 'leg',
        type: 'shorten',
        target: 'left_front',
        value: 0.1,
        start: 0,
      },
    },
    simulationRequest: {
      operation: 'restart',
      id: 'third',
      seed: 7,
      morphology: 'right_front',
      bundle: 'ant',
    },
    acknowledgement: {
      id: 'first',
      from: 'controller',
      accepted: false,
      code: 'ERR_PERTURBATION_TARGET',
      reason: "no joint 'x'",
    },
    status: {
      stamp: 13,
      time: 3,
      state: 'running',
      reason: 'in control',
      latched: null,
      steps: 180,
      safeSteps: 2,
      overruns: 1,
      missedPeriods: 1,
      stateAge: 0.0165,
      inputRate: 60,
      outputRate: 60.5,
      stepTime: { p50: 0.00005, p99: 0.0001 },
      jitter: { p50: 0.0001, p99: 0.0002 },
      plasticity: {
        layerRms: [0.5, 1, null],
        drift: 0.01,
        saturation: 0.75,
        frozenBy: [],
        health: 'healthy',
      },
      weightRms: 0.75,
      frozen: false,
      goalHeading: -0.5,
      activePerturbations: [],
    },
    weights: {
      stamp: 13.5,
      layers: [
        { pre: 2, post: 3, values: Float32Array.of(0.5, -0.25, 1e-3, 3e38, 0, -1) },
        { pre: 3, post: 1, values: Float32Array.of(NaN, 2, 0.1) },
      ],
    },
  };
}

/**
 * What every transport promises (bridge/transport.ts), for implementations that deliver at once and for those
 * that take their time. `connect` makes two fresh endpoints.
 */
export function describeTransport(
  name: string,
  connect: () => Promise<ConnectedTransports>,
  {
    topics = Object.keys(exampleMessages()) as readonly Topic[],
    arrives = (_topic, message) => message,
  }: TransportCarriage = {},
): void {
  describe(`${name} keeps the promises of a transport`, () => {
    let connected: ConnectedTransports;
    let near: Transport;
    let far: Transport;
    beforeEach(async () => {
      connected = await connect();
      ({ near, far } = connected);
    });
    afterEach(async () => {
      await near.close();
      await far.close();
      await connected.dispose?.();
    });

    const answer = (id: string): Acknowledgement => ({ id, from: 'robot', accepted: true, reason: '' });
    /** Collects the ids of acknowledgements. */
    const listenOn = (transport: Transport): { ids: string[]; unsubscribe: () => void } => {
      const ids: string[] = [];
      return { ids, unsubscribe: transport.subscribe('acknowledgement', ({ id }) => ids.push(id)) };
    };

    const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: ARRIVAL_TIMEOUT });

    it.each(topics)('carries every field of a %s message to the other endpoint', async (topic) => {
      const message = exampleMessages()[topic];
      const received: unknown[] = [];
      far.subscribe(topic, (arrived) => received.push(structuredClone(arrived)));
      near.publish(topic, message);
      await soon(() => expect(received).toHaveLength(1));
      expect(received[0]).toEqual(arrives(topic, exampleMessages()[topic]));
    });

    it('reaches every listener of the topic on every endpoint, and of no other topic', async () => {
      const restarts: string[] = [];
      far.subscribe('simulationRequest', ({ id }) => restarts.push(id));
      const listeners = [listenOn(near), listenOn(far), listenOn(far)];
      near.publish('acknowledgement', answer('one'));
      near.publish('simulationRequest', { operation: 'restart', id: 'restart' });
      await soon(() => expect(restarts).toEqual(['restart']));
      await soon(() => {
        for (const { ids } of listeners) expect(ids).toEqual(['one']);
      });
    });

    it('keeps the order of a publisher', async () => {
      const { ids } = listenOn(far);
      const sent = Array.from({ length: 200 }, (_, n) => `message ${n}`);
      for (const id of sent) near.publish('acknowledgement', answer(id));
      await soon(() => expect(ids).toHaveLength(sent.length));
      expect(ids).toEqual(sent);
    });

    it('takes the message as it is when it is published, whatever its owner does with it afterwards', async () => {
      const efforts: number[] = [];
      far.subscribe('jointCommand', ({ values }) => efforts.push(values[0]!));
      const { jointCommand } = exampleMessages();
      for (const effort of [1, 2, 3]) {
        jointCommand.values[0] = effort;
        jointCommand.stamp = effort;
        near.publish('jointCommand', jointCommand);
        jointCommand.values[0] = -99;
        await soon(() => expect(efforts.at(-1)).toBe(effort));
      }
    });

    it('does not repeat old messages for new listeners', async () => {
      const early = listenOn(far);
      near.publish('acknowledgement', answer('old'));
      await soon(() => expect(early.ids).toEqual(['old']));
      const late = listenOn(far);
      near.publish('acknowledgement', answer('new'));
      await soon(() => expect(late.ids).toEqual(['new']));
    });

    it('calls an unsubscribed listener no more, though unsubscribed twice', async () => {
      const gone = listenOn(far);
      const staying = listenOn(far);
      gone.unsubscribe();
      gone.unsubscribe();
      near.publish('acknowledgement', answer('one'));
      await soon(() => expect(staying.ids).toEqual(['one']));
      expect(gone.ids).toEqual([]);
    });

    it('lets listeners come and go while a message is being delivered', async () => {
      const ids: string[] = [];
      const unsubscribe = far.subscribe('acknowledgement', ({ id }) => {
        ids.push(id);
        unsubscribe();
        far.subscribe('acknowledgement', (next) => ids.push(`then ${next.id}`));
      });
      near.publish('acknowledgement', answer('one'));
      await soon(() => expect(ids).toEqual(['one']));
      near.publish('acknowledgement', answer('two'));
      await soon(() => expect(ids).toEqual(['one', 'then two']));
    });

    it('keeps a listener that throws from the publisher and from other listeners, and reports it', async () => {
      const broken = new Error('a broken listener');
      far.subscribe('acknowledgement', () => {
        throw broken;
      });
      const sound = listenOn(far);
      near.publish('acknowledgement', answer('one'));
      near.publish('acknowledgement', answer('two'));
      await soon(() => expect(sound.ids).toEqual(['one', 'two']));
      expect(connected.listenerErrors).toEqual([broken, broken]);
    });

    it('lets a listener publish', async () => {
      const { ids } = listenOn(near);
      far.subscribe('simulationRequest', ({ id }) => far.publish('acknowledgement', answer(id)));
      near.publish('simulationRequest', { operation: 'restart', id: 'again' });
      await soon(() => expect(ids).toEqual(['again']));
    });

    it('refuses to be used after close, by code, and can be closed again', async () => {
      await near.close();
      await near.close();
      const closed: unknown = expect.objectContaining({ code: 'ERR_TRANSPORT_CLOSED' });
      expect(() => near.publish('acknowledgement', answer('late'))).toThrow(closed);
      expect(() => near.subscribe('acknowledgement', () => undefined)).toThrow(closed);
    });

    it('goes silent when closed, and leaves the other endpoint at work', async () => {
      const before = listenOn(near);
      const staying = listenOn(far);
      await near.close();
      before.unsubscribe();
      far.publish('acknowledgement', answer('one'));
      await soon(() => expect(staying.ids).toEqual(['one']));
      expect(before.ids).toEqual([]);
    });
  });
}
