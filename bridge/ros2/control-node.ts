import { HebbridgeError } from '../../policy/errors.js';
import type { Policy } from '../../policy/policy.js';
import { ANT_CONTRACT, type RobotContract } from '../../policy/robot-contract.js';
import { MonotonicClock, type Clock } from '../clock.js';
import { Controller } from '../controller.js';
import type { ControllerOptions } from '../controller-options.js';
import type { ControllerStatus, OperatorRequest } from '../message-map.js';
import { listenToOperators, type RequestRefusal } from '../operator-requests.js';
import {
  controllerSettings,
  robotParameters,
  type NodeParameters,
  type ParameterOverride,
} from '../parameters/index.js';
import { isActive, reasonOf, type SupervisorState } from '../supervisor/supervisor.js';
import { InMemoryNetwork, InMemoryTransport } from '../transport/in-memory-transport.js';
import { operatorSide } from '../transport/operator-side.js';
import type { Transport, Unsubscribe } from '../transport.js';
import { CallbackFaults } from './callback-faults.js';
import { assembly, controllerEndpoint, joinRos } from './controller-endpoint.js';
import { offerLifeCycleServices } from './life-cycle-services.js';
import { ClockReader } from './messages/index.js';
import { NodeDiagnostics } from './node-diagnostics.js';
import { NodeParameterServer } from './node-parameter-server.js';
import { hearOperatorTopics, NOT_CONFIGURED, offerServices, type OperatorActs } from './operator-acts.js';
import {
  qualityOfService,
  TRANSITION,
  type Quality,
  type Rclnodejs,
  type RosLifecycleNode,
  type RosPublisher,
} from './rclnodejs.js';
import type { Ros2Transport } from './ros2-transport.js';
import { SimulationClock } from './simulation-clock.js';

/** What a bundle file holds for a node: verified, and nobody else's. */
export interface LoadedPolicy {
  readonly file: string;
  readonly policy: Policy;
  readonly contract: RobotContract;
}

export interface ControlNodeOptions {
  readonly rclnodejs: Rclnodejs;
  /** What the node is called unless `--ros-args` says otherwise. */
  readonly name: string;
  readonly namespace: string;
  /** What files and the command line set. */
  readonly overrides: readonly ParameterOverride[];
  /** `bundle` parameter to policy; empty: the rules that ship. Throws HebbridgeError. */
  readonly loadPolicy: (bundle: string) => LoadedPolicy;
  /** Makes the controller, where it is not a plain one. */
  readonly createController?: (options: ControllerOptions) => Controller;
  /** The machine's. */
  readonly clock: Clock;
}

const EVENTS: Quality = { depth: 10, reliability: 'reliable', durability: 'volatile' };
const LATCHED: Quality = { depth: 1, reliability: 'reliable', durability: 'transient_local' };
/** s between two lines in the log about messages of one topic that cannot be read. */
const COMPLAINT_PERIOD = 1;
/** Of a request; longer ones are not repeated. */
const LONGEST_ID = 64;

/**
 * The controller as a managed ROS 2 node (REP-like life cycle of the `lifecycle_msgs`): `configure` loads and
 * verifies the bundle, `activate` fades in, `deactivate` sends the safe command, then nothing more. Services,
 * topics and parameters: docs/ros2.md.
 */
export class ControlNode {
  readonly node: RosLifecycleNode;
  private readonly options: ControlNodeOptions;
  private readonly faults: CallbackFaults;
  private readonly parameters: NodeParameterServer;
  private readonly ros: Ros2Transport;
  /** Within the process: what the controller is on, and joined with ROS 2. */
  private readonly transport: Transport;
  private readonly leaveRos: Unsubscribe;
  private readonly clock: Clock;
  private readonly activePerturbations: RosPublisher;
  private readonly diagnostics: NodeDiagnostics;
  private readonly complaints = new Map<string, number>();
  private controller: Controller | undefined;
  /** Of operators, while there is no controller that would hear them. */
  private ignoreOperators: Unsubscribe;
  private bundle = '';
  /** A stop that was asked for while there was no controller. */
  private latched: SupervisorState['latched'];
  private reported: Pick<ControllerStatus, 'state' | 'reason'> | undefined;
  private stopped = false;

  constructor(options: ControlNodeOptions) {
    const { rclnodejs, name, namespace, overrides, clock } = options;
    this.options = options;
    this.node = rclnodejs.createLifecycleNode(name, namespace, undefined, undefined, false);
    this.faults = new CallbackFaults(this.node, () => this.emergencyStop());
    const first = this.contractAtStart(overrides);
    this.parameters = new NodeParameterServer(rclnodejs, this.node, overrides, first, ({ goal_heading }) => {
      if (this.controller) this.controller.goalHeading = goal_heading;
    });
    const parameters = this.parameters.values;
    this.diagnostics = this.createDiagnostics(parameters);
    this.clock = parameters.use_sim_time ? this.followClock() : clock;
    const onListenerError = (_topic: unknown, error: unknown): void => this.faults.raise(error);
    this.ros = controllerEndpoint({
      rclnodejs,
      node: this.node,
      clock: this.clock,
      parameters,
      contract: first,
      onBadMessage: (topic, problem) => this.complain(topic, problem),
      onListenerError,
    });
    this.transport = new InMemoryTransport(new InMemoryNetwork(onListenerError));
    this.leaveRos = joinRos(this.transport, this.ros, parameters);
    this.activePerturbations = this.createPublisher('std_msgs/msg/String', '~/perturb/active', LATCHED);
    this.transport.subscribe('status', (status) => this.hearStatus(status));
    this.transport.subscribe('perturbationRequest', (request) => this.refuseRequest(request));
    this.ignoreOperators = this.hearRequests();
    offerServices(this.node, this.operatorActs());
    hearOperatorTopics(
      this.operatorActs(),
      (type, topic, take) => this.hear(type, topic, take),
      (id, accepted, reason) => this.acknowledge(id, accepted, reason),
    );
    this.manage();
    offerLifeCycleServices(rclnodejs, this.node);
  }

  /** Of the controller, the last one even after the end; undefined: the node was never configured. */
  get status(): ControllerStatus | undefined {
    return this.controller?.status();
  }

  /** The goal's heading of the controller, or of the one to come, rad from +x towards +y. */
  get goalHeading(): number {
    return this.parameters.values.goal_heading;
  }

  /** Rule bundle file of the controller; empty: there was none yet. */
  get bundleFile(): string {
    return this.bundle;
  }

  /**
   * Another end for whoever watches and operates, beside ROS 2 and whatever becomes of that: it hears what the robot
   * and the controller say, and is heard by them, by a controller that is not there yet too.
   */
  joinOperators(): Transport {
    return operatorSide(this.transport);
  }

  /** Let the node live; with the parameter `autostart`, configure and activate it. */
  start(): void {
    this.node.spin();
    this.activePerturbations.publish({ data: '[]' });
    this.diagnostics.start();
    if (!this.parameters.values.autostart) return;
    if (this.node.configure().label === 'inactive') this.node.activate();
  }

  /** The safe command, then the end: of the controller, the node and its context. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.controller?.stop();
    this.diagnostics.stop();
    this.leaveRos();
    await this.ros.close();
    this.node.destroy();
    this.options.rclnodejs.shutdown();
  }

  /** Where nothing else can be relied upon any more: the safe command, now. */
  emergencyStop(): void {
    // First: whatever becomes of the controller, the stop holds.
    this.latched = 'emergency-stop';
    this.controller?.emergencyStop();
  }

  private contractAtStart(overrides: readonly ParameterOverride[]): RobotContract {
    const bundle = overrides.findLast(({ name }) => name === 'bundle')?.value;
    try {
      return this.options.loadPolicy(typeof bundle === 'string' ? bundle : '').contract;
    } catch {
      // `configure` will say what is wrong with it.
      return ANT_CONTRACT;
    }
  }

  private createPublisher(type: string, topic: string, quality: Quality): RosPublisher {
    const qos = qualityOfService(this.options.rclnodejs, quality);
    return this.node.createPublisher(type, topic, { qos });
  }

  private followClock(): SimulationClock {
    const clock = new SimulationClock();
    const reader = new ClockReader('/clock');
    this.hear('rosgraph_msgs/msg/Clock', '/clock', (bytes) => {
      this.diagnostics.noteClock();
      clock.tell(reader.read(bytes));
    });
    return clock;
  }

  private manage(): void {
    const { node } = this;
    node.registerOnConfigure(() => this.attempt('configure', () => this.configure()));
    node.registerOnActivate(() => this.attempt('activate', () => this.activate()));
    node.registerOnDeactivate(() => this.attempt('deactivate', () => this.controller?.deactivate()));
    node.registerOnCleanup(() => this.attempt('clean up', () => this.cleanUp()));
    node.registerOnShutdown(() => this.attempt('shut down', () => this.cleanUp()));
    node.registerOnError(() => this.attempt('recover', () => this.cleanUp()));
  }

  private attempt(what: string, act: () => void): number {
    try {
      act();
      return TRANSITION.success;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.node.getLogger().error(`cannot ${what}: ${reason}`);
      // rclnodejs would take it for an answer.
      if (!(error instanceof HebbridgeError)) this.faults.raise(error);
      return TRANSITION.failure;
    }
  }

  private configure(): void {
    const parameters = this.parameters.values;
    const { file, policy, contract } = this.options.loadPolicy(parameters.bundle);
    const robot = robotParameters(parameters, contract);
    this.ros.useRobot(robot, assembly(parameters, robot));
    const create = this.options.createController ?? ((all: ControllerOptions) => new Controller(all));
    this.controller = create({
      transport: this.transport,
      clock: this.clockOf(parameters),
      policy,
      ...controllerSettings(parameters, contract, robot),
      latched: this.latched,
    });
    this.ignoreOperators();
    this.bundle = file;
    this.transport.publish('status', this.controller.status());
    this.node.getLogger().info(`configured with ${file}`);
  }

  /**
   * Where the input begins each control step, the controller's own timer only watches for its silence: plain timers
   * do, and a precise one would cost a tenth of a core at 500 Hz.
   */
  private clockOf({ trigger, use_sim_time: simulated }: NodeParameters): Clock {
    return trigger === 'input' && !simulated ? new MonotonicClock() : this.clock;
  }

  private activate(): void {
    this.controller?.activate();
    const state = this.controller?.state;
    if (state?.latched !== undefined) {
      this.node.getLogger().error(`activated, but ${reasonOf(state)}: ~/clear_estop clears it`);
    }
  }

  private cleanUp(): void {
    this.latched = this.controller?.state.latched ?? this.latched;
    if (!this.controller) return;
    this.controller.stop();
    this.controller = undefined;
    this.ignoreOperators = this.hearRequests();
  }

  /** What operators may do over services and plain topics. */
  private operatorActs(): OperatorActs {
    return {
      emergencyStop: () => this.emergencyStop(),
      clearStop: () => {
        const before = this.latched !== undefined;
        this.latched = undefined;
        return this.controller?.clearStop() ?? before;
      },
      setFrozen: (frozen) => this.controller?.setFrozen(frozen),
      resetWeights: () => this.controller?.resetWeights(),
      setGoalHeading: (heading) => {
        if (!this.controller) return undefined;
        this.controller.goalHeading = heading;
        return true;
      },
    };
  }

  /** Without a controller: an emergency stop is heard all the same, and latched for the one to come. */
  private hearRequests(): Unsubscribe {
    return listenToOperators(this.transport, ({ operation }: OperatorRequest): RequestRefusal | undefined => {
      if (operation !== 'emergency-stop') {
        return { code: 'ERR_OPERATOR_REQUEST', reason: NOT_CONFIGURED };
      }
      this.emergencyStop();
      return undefined;
    });
  }

  private hear(type: string, topic: string, take: (bytes: Uint8Array) => void): void {
    const options = { isRaw: true, qos: qualityOfService(this.options.rclnodejs, EVENTS) };
    this.node.createSubscription(type, topic, options, (bytes: Uint8Array) => {
      if (this.stopped) return;
      try {
        take(bytes);
      } catch (error) {
        if (!(error instanceof HebbridgeError)) throw error;
        this.complain(topic, error.message);
      }
    });
  }

  private acknowledge(id: string, accepted: boolean, reason: string): void {
    this.transport.publish('acknowledgement', {
      id,
      from: 'controller',
      accepted,
      ...(accepted ? {} : { code: 'ERR_OPERATOR_REQUEST' as const }),
      reason: accepted ? '' : reason,
    });
  }

  /** With a controller, that answers. What comes from outside may be anything, whatever its type says. */
  private refuseRequest(request: unknown): void {
    if (this.controller) return;
    const { operation, perturbation, id: ofEnd } = (request ?? {}) as Readonly<Record<string, unknown>>;
    const ofBegin = (perturbation as { readonly id?: unknown } | null | undefined)?.id;
    const id = operation === 'end' ? ofEnd : ofBegin;
    const asked = typeof id === 'string' && id.length <= LONGEST_ID ? id : '';
    this.acknowledge(asked, false, NOT_CONFIGURED);
  }

  private hearStatus(status: ControllerStatus): void {
    this.activePerturbations.publish({ data: JSON.stringify(status.activePerturbations) });
    this.followGoal(status.goalHeading);
    const before = this.reported;
    if (before?.state === status.state && before.reason === status.reason) return;
    this.reported = status;
    const line = `${status.state}: ${status.reason}`;
    const log = this.node.getLogger();
    if (status.latched !== null) log.error(line);
    else if (status.state === 'holding' || status.state === 'damped') log.warn(line);
    else log.info(line);
  }

  /** Whoever turned the goal: the parameter says where it is. */
  private followGoal(heading: number): void {
    if (heading === this.goalHeading) return;
    const { successful, reason } = this.parameters.set('goal_heading', heading);
    if (!successful) this.complain('goal_heading', reason);
  }

  /** A controller that is at work tells by itself how it is. */
  private tellWhileIdle(): void {
    const { controller } = this;
    if (controller && !isActive(controller.state.phase)) {
      this.transport.publish('status', controller.status());
    }
  }

  private createDiagnostics(parameters: NodeParameters): NodeDiagnostics {
    const { rclnodejs, clock } = this.options;
    return new NodeDiagnostics({
      rclnodejs,
      node: this.node,
      clock,
      period: parameters.diagnostics_period,
      followsClock: parameters.use_sim_time,
      soleTopics: () => this.ros.soleTopics(),
      eachPeriod: () => this.tellWhileIdle(),
      moment: () => ({
        bundle: this.bundle,
        status: this.controller?.status(),
        partAges: this.parameters.values['input.source'] === 'topics' ? this.ros.partAges() : [],
      }),
    });
  }

  private complain(topic: string, problem: string): void {
    const now = this.options.clock.now();
    if (now - (this.complaints.get(topic) ?? -Infinity) < COMPLAINT_PERIOD) return;
    this.complaints.set(topic, now);
    this.node.getLogger().warn(`${topic}: ${problem}`);
  }
}
