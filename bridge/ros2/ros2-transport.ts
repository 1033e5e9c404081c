import { HebbridgeError } from '../../policy/errors.js';
import type { Clock } from '../clock.js';
import type { CommandInterface, MessageMap, ObservationMessage, RobotState, Topic } from '../message-map.js';
import type { RobotParameters } from '../parameters/index.js';
import { decodeJson, encodeJson, JSON_TOPICS, type JsonTopic } from '../transport/json-messages.js';
import { TopicListeners } from '../transport/topic-listeners.js';
import type { Listener, ListenerErrorHandler, Transport, Unsubscribe } from '../transport.js';
import { episodeOf, episodeText } from './episode-text.js';
import { COMMAND_TYPES, JointCommandCodec } from './joint-command-codec.js';
import {
  Float32MultiArrayReader,
  Float32MultiArrayWriter,
  ImuReader,
  JointStateReader,
  OdometryReader,
} from './messages/index.js';
import {
  qualityOfService,
  type Quality,
  type Rclnodejs,
  type RosNode,
  type RosPublisher,
  type RosSubscription,
} from './rclnodejs.js';
import type { SoleTopics } from './rival-publishers.js';
import { RobotStateAssembler, type AssemblerOptions, type StatePart } from './robot-state-assembler.js';
import { RobotStateWriter } from './robot-state-writer.js';

export interface Ros2TransportOptions {
  readonly rclnodejs: Rclnodejs;
  readonly node: RosNode;
  /** When a message arrived. */
  readonly clock: Pick<Clock, 'now'>;
  readonly robot: RobotParameters;
  /** The name of the controller, under which its own topics live: `~` on its own node. */
  readonly controller: string;
  /** What this endpoint sends, and what it hears; for nothing else there are publishers and subscriptions. */
  readonly publishes: readonly Topic[];
  readonly subscribes: readonly Topic[];
  readonly commandInterface: CommandInterface;
  /** Of the joint commands. */
  readonly commandTopic: string;
  readonly sensorReliability: Quality['reliability'];
  readonly commandReliability: Quality['reliability'];
  readonly assembly: Omit<AssemblerOptions, 'robot'>;
  readonly onListenerError?: ListenerErrorHandler;
  /** Hears of every message that cannot be read. */
  readonly onBadMessage: (topic: string, problem: string) => void;
}

/** Under the controller's name. */
const JSON_TOPIC_NAMES: Readonly<Record<JsonTopic, string>> = {
  perturbationRequest: 'perturb',
  operatorRequest: 'request',
  bodyPerturbation: 'body_perturbation',
  simulationRequest: 'simulation',
  acknowledgement: 'perturb/ack',
  status: 'status',
  weights: 'weights',
};

/** The ROS 2 types of the parts of a robot state, in the order in which they are sent: the joint state completes it. */
const STATE_TYPES: Readonly<Record<StatePart, string>> = {
  imu: 'sensor_msgs/msg/Imu',
  odom: 'nav_msgs/msg/Odometry',
  foot_contacts: 'std_msgs/msg/Float32MultiArray',
  joint_states: 'sensor_msgs/msg/JointState',
};

/** Enough for whatever people and other programs ask in a burst. */
const RARE: Quality = { depth: 1000, reliability: 'reliable', durability: 'volatile' };
/** ns that `close` waits for what was published to arrive. */
const FAREWELL = 200_000_000n;

/**
 * Messages over ROS 2, on a node that its owner made and lets spin after this was made: all publishers and
 * subscriptions exist from the beginning. Robot states, observations and joint commands travel as raw CDR; the
 * rest as JSON in std_msgs/String. See docs/ros2.md for topics, types and quality of service.
 *
 * ROS 2's own message types do not carry everything: a joint command arrives with the stamp of its arrival, and so
 * does an observation; the velocity of a robot state goes through the frame of its odometry and may differ in the
 * last bit.
 */
export class Ros2Transport implements Transport {
  private readonly options: Ros2TransportOptions;
  private readonly listeners: TopicListeners;
  private readonly publishers = new Map<Topic | StatePart, RosPublisher>();
  private readonly subscriptions: RosSubscription[] = [];
  private commandSubscription: RosSubscription | undefined;
  private jointSubscription: RosSubscription | undefined;
  private commands: JointCommandCodec;
  private assembler: RobotStateAssembler;
  private stateWriter: RobotStateWriter;
  private readonly arrived: ObservationMessage & { values: Float32Array };
  private observationWriter: Float32MultiArrayWriter | undefined;
  private observationEpisode = 0;
  private closed = false;

  constructor(options: Ros2TransportOptions) {
    const { robot, publishes, subscribes } = options;
    this.options = options;
    this.listeners = new TopicListeners(options.onListenerError);
    this.commands = new JointCommandCodec(robot, options.commandTopic);
    this.assembler = new RobotStateAssembler({ ...options.assembly, robot });
    this.stateWriter = new RobotStateWriter(robot);
    this.arrived = { stamp: 0, episode: 0, values: new Float32Array(0) };
    for (const topic of publishes) this.createPublishers(topic);
    for (const topic of subscribes) this.createSubscriptions(topic);
  }

  /** Of another robot from now on: what travels is named and turned as it says. */
  useRobot(robot: RobotParameters, assembly: Omit<AssemblerOptions, 'robot'>): void {
    this.commands = new JointCommandCodec(robot, this.options.commandTopic);
    this.assembler = new RobotStateAssembler({ ...assembly, robot });
    this.stateWriter = new RobotStateWriter(robot);
  }

  /** s since each part of the robot state arrived. */
  partAges(): { readonly part: StatePart; readonly age: number }[] {
    return this.assembler.ages(this.options.clock.now());
  }

  /** Where this endpoint commands, and where it hears of joints, after all remappings. */
  soleTopics(): SoleTopics {
    return {
      commands: this.publishers.get('jointCommand')?.topic,
      jointStates: this.jointSubscription?.topic,
    };
  }

  /** Whether everything that this endpoint sends would be heard, and somebody sends what it hears. */
  isConnected(): boolean {
    return (
      [...this.publishers.values()].every(({ subscriptionCount }) => subscriptionCount > 0) &&
      this.subscriptions.every(({ publisherCount }) => publisherCount > 0)
    );
  }

  /** Whether somebody sends joint commands, as far as this side can see. */
  hearsCommands(): boolean {
    return (this.commandSubscription?.publisherCount ?? 0) > 0;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.assertOpen('publish', topic);
    switch (topic) {
      case 'robotState':
        this.publishState(message as RobotState);
        return;
      case 'observation':
        this.publishObservation(message as ObservationMessage);
        return;
      case 'jointCommand':
        this.publishers.get(topic)?.publish(this.commands.write(message as MessageMap['jointCommand']));
        return;
      case 'weights':
        // Many numbers to write down, and whoever comes later does not get old ones.
        if (this.publishers.get(topic)?.subscriptionCount === 0) return;
        this.publishJson(topic, message);
        return;
      default:
        this.publishJson(topic, message);
    }
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    this.assertOpen('subscribe', topic);
    return this.listeners.add(topic, listener);
  }

  /** The node stays its owner's. */
  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.closed = true;
    this.listeners.removeAll();
    const { node } = this.options;
    for (const subscription of this.subscriptions) node.destroySubscription(subscription);
    for (const [topic, publisher] of this.publishers) {
      // Of the last command it matters most that it arrives.
      if (topic === 'jointCommand' && this.options.commandReliability === 'reliable') {
        publisher.waitForAllAcked(FAREWELL);
      }
      node.destroyPublisher(publisher);
    }
    this.publishers.clear();
    return Promise.resolve();
  }

  private createPublishers(topic: Topic): void {
    const { node, rclnodejs, commandInterface, commandTopic } = this.options;
    const add = (key: Topic | StatePart, type: string, name: string, quality: Quality): void => {
      const qos = qualityOfService(rclnodejs, quality);
      this.publishers.set(key, node.createPublisher(type, name, { qos }));
    };
    switch (topic) {
      case 'robotState':
        for (const [part, type] of stateParts()) add(part, type, part, this.sensorQuality);
        return;
      case 'observation':
        add(topic, 'std_msgs/msg/Float32MultiArray', this.own('observation'), this.sensorQuality);
        return;
      case 'jointCommand':
        add(topic, COMMAND_TYPES[commandInterface], commandTopic, this.commandQuality);
        return;
      default:
        add(topic, 'std_msgs/msg/String', this.own(JSON_TOPIC_NAMES[topic]), RARE);
    }
  }

  private createSubscriptions(topic: Topic): void {
    const { commandInterface, commandTopic, clock } = this.options;
    switch (topic) {
      case 'robotState':
        this.createStateSubscriptions();
        return;
      case 'observation': {
        const name = this.own('observation');
        const reader = new Float32MultiArrayReader(name);
        this.subscribeRaw('std_msgs/msg/Float32MultiArray', name, this.sensorQuality, (bytes) => {
          const { values, label } = reader.read(bytes);
          this.arrived.values = values;
          this.arrived.stamp = clock.now();
          this.arrived.episode = episodeOf(label);
          this.listeners.deliver('observation', this.arrived);
        });
        return;
      }
      case 'jointCommand':
        this.commandSubscription = this.subscribeRaw(
          COMMAND_TYPES[commandInterface],
          commandTopic,
          this.commandQuality,
          (bytes) =>
            this.listeners.deliver(topic, this.commands.decode(commandInterface, bytes, clock.now())),
        );
        return;
      default:
        this.subscribeJson(topic);
    }
  }

  private createStateSubscriptions(): void {
    const { sensorQuality: quality } = this;
    const { clock, assembly } = this.options;
    const deliver = (state: RobotState | undefined): void => {
      if (state) this.listeners.deliver('robotState', state);
    };
    if (assembly.orientation === 'imu') {
      const imu = new ImuReader('imu');
      this.subscribeRaw(STATE_TYPES.imu, 'imu', quality, (bytes) =>
        deliver(this.assembler.takeImu(imu.read(bytes), clock.now())),
      );
    }
    const odometry = new OdometryReader('odom');
    this.subscribeRaw(STATE_TYPES.odom, 'odom', quality, (bytes) =>
      deliver(this.assembler.takeOdometry(odometry.read(bytes), clock.now())),
    );
    if (assembly.footContacts) {
      const contacts = new Float32MultiArrayReader('foot_contacts');
      this.subscribeRaw(STATE_TYPES.foot_contacts, 'foot_contacts', quality, (bytes) =>
        deliver(this.assembler.takeFootContacts(contacts.read(bytes).values, clock.now())),
      );
    }
    const joints = new JointStateReader('joint_states');
    // Last: of several that are there at once, the others are taken first.
    this.jointSubscription = this.subscribeRaw(STATE_TYPES.joint_states, 'joint_states', quality, (bytes) =>
      deliver(this.assembler.takeJointState(joints.read(bytes), clock.now())),
    );
  }

  private subscribeRaw(
    type: string,
    name: string,
    quality: Quality,
    take: (bytes: Uint8Array) => void,
  ): RosSubscription {
    const { node, rclnodejs, onBadMessage } = this.options;
    const options = { isRaw: true, qos: qualityOfService(rclnodejs, quality) };
    const receive = (bytes: Uint8Array): void => {
      if (this.closed) return;
      try {
        take(bytes);
      } catch (error) {
        if (!(error instanceof HebbridgeError)) throw error;
        onBadMessage(name, error.message);
      }
    };
    const subscription = node.createSubscription(type, name, options, receive);
    this.subscriptions.push(subscription);
    return subscription;
  }

  private subscribeJson(topic: JsonTopic): void {
    const { node, rclnodejs, onBadMessage } = this.options;
    const name = this.own(JSON_TOPIC_NAMES[topic]);
    const receive = ({ data }: { data: string }): void => {
      if (this.closed) return;
      const decoded = decodeJson(topic, data);
      if ('problem' in decoded) onBadMessage(name, decoded.problem);
      else this.listeners.deliver(topic, decoded.message);
    };
    const options = { qos: qualityOfService(rclnodejs, RARE) };
    this.subscriptions.push(node.createSubscription('std_msgs/msg/String', name, options, receive));
  }

  private publishJson<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.publishers.get(topic)?.publish({ data: encodeJson(topic, message) });
  }

  private publishState(state: RobotState): void {
    const { publishers, stateWriter } = this;
    publishers.get('imu')?.publish(stateWriter.imu(state));
    publishers.get('odom')?.publish(stateWriter.odometry(state));
    publishers.get('foot_contacts')?.publish(stateWriter.footContacts(state));
    publishers.get('joint_states')?.publish(stateWriter.jointState(state));
  }

  private publishObservation({ episode, values }: ObservationMessage): void {
    if (!this.observationWriter || episode !== this.observationEpisode) {
      this.observationEpisode = episode;
      const label = episodeText(episode);
      this.observationWriter = new Float32MultiArrayWriter(values.length, label === '' ? undefined : label);
    }
    this.publishers.get('observation')?.publish(this.observationWriter.write(values));
  }

  private get sensorQuality(): Quality {
    return { depth: 1, reliability: this.options.sensorReliability, durability: 'volatile' };
  }

  private get commandQuality(): Quality {
    return { depth: 1, reliability: this.options.commandReliability, durability: 'volatile' };
  }

  private own(name: string): string {
    return `${this.options.controller}/${name}`;
  }

  private assertOpen(operation: string, topic: Topic): void {
    if (this.closed)
      throw new HebbridgeError('ERR_TRANSPORT_CLOSED', `${operation} of ${topic} after close()`);
  }
}

/** All topics of the controller's JSON messages, for endpoints that take part in everything. */
export const RARE_TOPICS: readonly Topic[] = JSON_TOPICS;

function stateParts(): [StatePart, string][] {
  return Object.entries(STATE_TYPES) as [StatePart, string][];
}
