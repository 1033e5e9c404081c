import type { Acknowledgement, ControllerStatus } from '../../bridge/message-map.js';
import {
  Float32MultiArrayReader,
  Float64MultiArrayReader,
  JointTrajectoryReader,
  OdometryReader,
} from '../../bridge/ros2/messages/index.js';
import {
  qualityOfService,
  type Quality,
  type Rclnodejs,
  type RosClient,
  type RosPublisher,
} from '../../bridge/ros2/rclnodejs.js';

const EVERYTHING: Quality = { depth: 1000, reliability: 'reliable', durability: 'volatile' };
const LATCHED: Quality = { depth: 10, reliability: 'reliable', durability: 'transient_local' };
/** ms that anything may take on a busy machine. */
const PATIENCE = 30_000;

const SERVICES = {
  'hebbridge/set_frozen': 'std_srvs/srv/SetBool',
  'hebbridge/reset_weights': 'std_srvs/srv/Trigger',
  'hebbridge/estop': 'std_srvs/srv/Trigger',
  'hebbridge/clear_estop': 'std_srvs/srv/Trigger',
  'hebbridge/change_state': 'lifecycle_msgs/srv/ChangeState',
  'hebbridge/get_state': 'lifecycle_msgs/srv/GetState',
  'hebbridge/get_available_states': 'lifecycle_msgs/srv/GetAvailableStates',
  'hebbridge/get_available_transitions': 'lifecycle_msgs/srv/GetAvailableTransitions',
  'hebbridge/get_transition_graph': 'lifecycle_msgs/srv/GetAvailableTransitions',
  'hebbridge/set_parameters': 'rcl_interfaces/srv/SetParameters',
  'hebbridge/get_parameters': 'rcl_interfaces/srv/GetParameters',
} as const;
type ServiceName = keyof typeof SERVICES;

const PUBLISHED = {
  'hebbridge/estop': 'std_msgs/msg/Bool',
  'hebbridge/freeze': 'std_msgs/msg/Bool',
  'hebbridge/goal_heading': 'std_msgs/msg/Float64',
  'hebbridge/perturb': 'std_msgs/msg/String',
} as const;

/** lifecycle_msgs/Transition */
export const TRANSITIONS = {
  configure: 1,
  cleanup: 2,
  activate: 3,
  deactivate: 4,
  'shut down unconfigured': 5,
  'shut down inactive': 6,
  'shut down active': 7,
} as const;

export interface Diagnosis {
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly values: readonly { readonly key: string; readonly value: string }[];
}

export interface SeenCommand {
  /** ms, of this process */
  readonly at: number;
  readonly values: readonly number[];
}

/** What an operator with plain ROS 2 tools sees of a robot and its controller, and can do to them. */
export class Onlooker {
  readonly commands: SeenCommand[] = [];
  readonly trajectories: { readonly names: readonly string[]; readonly positions: readonly number[] }[] = [];
  readonly observations: Float32Array[] = [];
  readonly statuses: ControllerStatus[] = [];
  readonly answers: Acknowledgement[] = [];
  readonly activePerturbations: string[] = [];
  readonly diagnoses: Diagnosis[] = [];
  /** Of the torso, m. */
  x = NaN;
  private readonly rclnodejs: Rclnodejs;
  private readonly context: object;
  private readonly clients = new Map<ServiceName, RosClient>();
  private readonly publishers = new Map<string, RosPublisher>();
  private readonly end: () => void;
  /** Whether a node of that name is known. */
  readonly nodeSpeaks: (name: string) => boolean;

  private constructor(rclnodejs: Rclnodejs, context: object, namespace: string) {
    this.rclnodejs = rclnodejs;
    this.context = context;
    const node = rclnodejs.createNode('onlooker', namespace, context);
    const hear = (type: string, topic: string, take: (bytes: Uint8Array) => void): void => {
      const options = { isRaw: true, qos: qualityOfService(rclnodejs, EVERYTHING) };
      node.createSubscription(type, topic, options, take);
    };
    const hearText = (topic: string, take: (message: unknown) => void, quality = EVERYTHING): void => {
      const options = { qos: qualityOfService(rclnodejs, quality) };
      node.createSubscription('std_msgs/msg/String', topic, options, ({ data }: { data: string }) =>
        take(JSON.parse(data)),
      );
    };
    const efforts = new Float64MultiArrayReader();
    hear('std_msgs/msg/Float64MultiArray', 'effort_controller/commands', (bytes) =>
      this.commands.push({ at: performance.now(), values: [...efforts.read(bytes).values] }),
    );
    const trajectory = new JointTrajectoryReader();
    hear('trajectory_msgs/msg/JointTrajectory', 'joint_trajectory_controller/joint_trajectory', (bytes) => {
      const { names, positions } = trajectory.read(bytes);
      this.trajectories.push({ names, positions: [...positions] });
    });
    const observation = new Float32MultiArrayReader();
    hear('std_msgs/msg/Float32MultiArray', 'hebbridge/observation', (bytes) =>
      this.observations.push(observation.read(bytes).values.slice()),
    );
    const odometry = new OdometryReader();
    hear('nav_msgs/msg/Odometry', 'odom', (bytes) => (this.x = odometry.read(bytes).position[0]!));
    hearText('hebbridge/status', (status) => this.statuses.push(status as ControllerStatus));
    hearText('hebbridge/perturb/ack', (answer) => this.answers.push(answer as Acknowledgement));
    hearText(
      'hebbridge/perturb/active',
      (active) => this.activePerturbations.push((active as { id: string }[]).map(({ id }) => id).join(' ')),
      LATCHED,
    );
    node.createSubscription(
      'diagnostic_msgs/msg/DiagnosticArray',
      '/diagnostics',
      { qos: qualityOfService(rclnodejs, EVERYTHING) },
      ({ status }: { status: Diagnosis[] }) => this.diagnoses.push(...status),
    );
    for (const [name, type] of Object.entries(SERVICES)) {
      this.clients.set(name as ServiceName, node.createClient(type, name));
    }
    for (const [name, type] of Object.entries(PUBLISHED)) {
      const qos = qualityOfService(rclnodejs, EVERYTHING);
      this.publishers.set(name, node.createPublisher(type, name, { qos }));
    }
    node.spin();
    this.end = () => node.destroy();
    this.nodeSpeaks = (name) => node.getNodeNames().includes(name);
  }

  static async open(rclnodejs: Rclnodejs, domain: number, namespace = ''): Promise<Onlooker> {
    const context = new rclnodejs.Context(BigInt(domain));
    await rclnodejs.init(context, []);
    rclnodejs.removeSignalHandlers();
    return new Onlooker(rclnodejs, context, namespace);
  }

  close(): void {
    this.end();
    this.rclnodejs.shutdown(this.context);
  }

  get status(): ControllerStatus | undefined {
    return this.statuses.at(-1);
  }

  get lastCommand(): readonly number[] | undefined {
    return this.commands.at(-1)?.values;
  }

  /** Wait until something is so. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`in vain: waited ${PATIENCE} ms until ${what}`);
      await pause(10);
    }
  }

  untilState(state: ControllerStatus['state']): Promise<void> {
    return this.until(`the controller is ${state}`, () => this.status?.state === state);
  }

  /** Ask for something without waiting for an answer. */
  async request(name: ServiceName, request: object): Promise<void> {
    (await this.client(name)).sendRequest(request, () => undefined);
  }

  private async client(name: ServiceName): Promise<RosClient> {
    const client = this.clients.get(name)!;
    await this.until(`there is ${name}`, () => client.waitForService(500));
    return client;
  }

  async call(name: ServiceName, request: object = {}): Promise<Record<string, unknown>> {
    const client = await this.client(name);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} does not answer`)), PATIENCE);
      client.sendRequest(request, (response) => {
        clearTimeout(timer);
        resolve(response);
      });
    });
  }

  change(transition: keyof typeof TRANSITIONS): Promise<boolean> {
    return this.changeBy(TRANSITIONS[transition]);
  }

  /** Any transition, whether there is one or not. */
  async changeBy(id: number, label = ''): Promise<boolean> {
    const { success } = await this.call('hebbridge/change_state', { transition: { id, label } });
    return success as boolean;
  }

  async lifeCycleState(): Promise<string> {
    const { current_state: state } = await this.call('hebbridge/get_state');
    return (state as { label: string }).label;
  }

  /** `{ type, ...value }` as rcl_interfaces/ParameterValue has it. Returns why it was refused; empty: it was not. */
  async setParameter(name: string, value: object): Promise<string> {
    const { results } = await this.call('hebbridge/set_parameters', { parameters: [{ name, value }] });
    const [result] = results as [{ successful: boolean; reason: string }];
    return result.successful ? '' : result.reason;
  }

  async getParameter(name: string): Promise<Record<string, unknown>> {
    const { values } = await this.call('hebbridge/get_parameters', { names: [name] });
    return (values as [Record<string, unknown>])[0];
  }

  async say(topic: keyof typeof PUBLISHED, data: boolean | number | string): Promise<void> {
    const publisher = this.publishers.get(topic)!;
    await this.until(`somebody hears ${topic}`, () => publisher.subscriptionCount > 0);
    publisher.publish({ data });
  }

  /** The answer to what is said with an id on `~/perturb`. */
  async perturb(request: { readonly id: string } & Record<string, unknown>): Promise<Acknowledgement> {
    await this.say('hebbridge/perturb', JSON.stringify(request));
    const answer = () => this.answers.find(({ id }) => id === request.id);
    await this.until(`${request.id} is answered`, () => answer() !== undefined);
    return answer()!;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export const SAFE: readonly number[] = Array<number>(8).fill(0);
