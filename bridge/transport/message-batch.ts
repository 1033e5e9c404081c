import type {
  JointCommand,
  MessageMap,
  ObservationMessage,
  RobotState,
  Topic,
  WeightsMessage,
} from '../message-map.js';
import { isReplaceable, type ReplaceableTopic } from '../transport.js';

/** Owned by the batch and filled again and again. */
type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends Float32Array | Float64Array
    ? T[K]
    : T[K] extends readonly (infer E)[]
      ? (E extends object ? Writable<E> : E)[]
      : T[K] extends object
        ? Writable<T[K]>
        : T[K];
};

/**
 * Copies of messages, in the order in which they were put in. Of replaceable topics there is one, the newest, in the
 * place of the first; copying those allocates nothing once their sizes are known.
 */
export class MessageBatch {
  private readonly newest: { readonly [T in ReplaceableTopic]: Writable<MessageMap[T]> } = {
    robotState: {
      stamp: 0,
      episode: 0,
      joints: { names: [], position: NO_NUMBERS, velocity: NO_NUMBERS, effort: NO_NUMBERS },
      torso: { position: NO_NUMBERS, orientation: NO_NUMBERS, linearVelocity: NO_NUMBERS },
      feet: { names: [], contact: NO_NUMBERS },
    },
    observation: { stamp: 0, episode: 0, values: new Float32Array(0) },
    jointCommand: { stamp: 0, names: [], interface: 'effort', values: NO_NUMBERS },
    weights: { stamp: 0, layers: [] },
  };
  private readonly topics: Topic[] = [];
  private readonly messages: unknown[] = [];
  private size = 0;
  /** Of the next one to take out. */
  private next = 0;

  get isEmpty(): boolean {
    return this.next === this.size;
  }

  /** A copy of `message` as it is now. */
  put<T extends Topic>(topic: T, message: MessageMap[T]): void {
    if (!isReplaceable(topic)) {
      this.add(topic, structuredClone(message));
      return;
    }
    this.copy(topic, message);
    for (let k = this.next; k < this.size; k++) if (this.topics[k] === topic) return;
    this.add(topic, this.newest[topic]);
  }

  /** Hands over all of them, which are `send`'s until the batch is filled again. */
  sendAll(send: <T extends Topic>(topic: T, message: MessageMap[T]) => void): void {
    while (this.next < this.size) {
      const k = this.next++;
      const message = this.messages[k];
      this.messages[k] = undefined;
      send(this.topics[k]!, message as MessageMap[Topic]);
    }
    this.next = 0;
    this.size = 0;
  }

  private add(topic: Topic, message: unknown): void {
    this.topics[this.size] = topic;
    this.messages[this.size] = message;
    this.size++;
  }

  private copy(topic: ReplaceableTopic, message: MessageMap[Topic]): void {
    switch (topic) {
      case 'robotState':
        copyState(message as RobotState, this.newest.robotState);
        return;
      case 'observation':
        copyObservation(message as ObservationMessage, this.newest.observation);
        return;
      case 'jointCommand':
        copyCommand(message as JointCommand, this.newest.jointCommand);
        return;
      case 'weights':
        copyWeights(message as WeightsMessage, this.newest.weights);
    }
  }
}

const NO_NUMBERS = new Float64Array(0);

function copyState({ stamp, episode, joints, torso, feet }: RobotState, into: Writable<RobotState>): void {
  into.stamp = stamp;
  into.episode = episode;
  into.joints.names = copiedNames(joints.names, into.joints.names);
  into.joints.position = copied(joints.position, into.joints.position);
  into.joints.velocity = copied(joints.velocity, into.joints.velocity);
  into.joints.effort = copied(joints.effort, into.joints.effort);
  into.torso.position = copied(torso.position, into.torso.position);
  into.torso.orientation = copied(torso.orientation, into.torso.orientation);
  into.torso.linearVelocity = copied(torso.linearVelocity, into.torso.linearVelocity);
  into.feet.names = copiedNames(feet.names, into.feet.names);
  into.feet.contact = copied(feet.contact, into.feet.contact);
}

function copyObservation(
  { stamp, episode, values }: ObservationMessage,
  into: Writable<ObservationMessage>,
): void {
  into.stamp = stamp;
  into.episode = episode;
  into.values = copied(values, into.values);
}

function copyCommand(command: JointCommand, into: Writable<JointCommand>): void {
  into.stamp = command.stamp;
  into.names = copiedNames(command.names, into.names);
  into.interface = command.interface;
  into.values = copied(command.values, into.values);
}

function copyWeights({ stamp, layers }: WeightsMessage, into: Writable<WeightsMessage>): void {
  into.stamp = stamp;
  into.layers.length = layers.length;
  for (let l = 0; l < layers.length; l++) {
    const { pre, post, values } = layers[l]!;
    const layer = (into.layers[l] ??= { pre, post, values: new Float32Array(0) });
    layer.pre = pre;
    layer.post = post;
    layer.values = copied(values, layer.values);
  }
}

/** In `into`, where it has the right size. */
function copied<A extends Float32Array | Float64Array>(values: A, into: A): A {
  if (values.length !== into.length) return values.slice() as A;
  into.set(values);
  return into;
}

function copiedNames(names: readonly string[], into: string[]): string[] {
  if (names.length !== into.length) return names.slice();
  for (let k = 0; k < names.length; k++) into[k] = names[k]!;
  return into;
}
