import { HebbridgeError } from '../../policy/errors.js';

/*
 * The part of rclnodejs that hebbridge uses, in types of its own: the package is an optional peer that builds
 * against the ROS 2 that is sourced, so neither its code nor its types are there on other machines.
 */

export interface RosPublisher {
  /** With its namespace and after all remappings. */
  readonly topic: string;
  /** A message as an object, or its bytes (CDR). */
  publish(message: object): void;
  /** Subscriptions that it is matched with. */
  readonly subscriptionCount: number;
  /** ns; false when the time is up. */
  waitForAllAcked(timeout: bigint): boolean;
}

export interface RosEntity {
  readonly handle?: unknown;
}

export interface RosSubscription extends RosEntity {
  readonly topic: string;
  /** Publishers that it is matched with. */
  readonly publisherCount: number;
}

export interface RosServiceResponse {
  readonly template: Record<string, unknown>;
  send(response: object): void;
}

export interface RosClient {
  waitForService(timeoutMs: number): Promise<boolean>;
  sendRequest(request: object, callback: (response: Record<string, unknown>) => void): void;
}

export interface RosParameterDescriptor {
  description: string;
  additionalConstraints: string;
  readOnly: boolean;
}

export interface RosParameter {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface RosSetParametersResult {
  readonly successful: boolean;
  readonly reason: string;
}

export interface RosLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface RosEndpoint {
  readonly node_name: string;
  readonly node_namespace: string;
}

export interface RosNode {
  name(): string;
  namespace(): string;
  createPublisher(type: string, topic: string, options?: object): RosPublisher;
  createSubscription(
    type: string,
    topic: string,
    options: object,
    callback: (message: never) => void,
  ): RosSubscription;
  createService(
    type: string,
    name: string,
    callback: (request: Record<string, unknown>, response: RosServiceResponse) => void,
  ): RosEntity;
  createClient(type: string, name: string): RosClient;
  destroyPublisher(publisher: RosPublisher): void;
  destroySubscription(subscription: RosSubscription): void;
  declareParameter(parameter: RosParameter, descriptor?: object, ignoreOverride?: boolean): RosParameter;
  setParameter(parameter: RosParameter): RosSetParametersResult;
  /** What it returns takes the place of what somebody wants to set. Must not be empty. */
  addPreSetParametersCallback(
    callback: (parameters: readonly RosParameter[]) => readonly RosParameter[],
  ): void;
  addOnSetParametersCallback(callback: (parameters: readonly RosParameter[]) => RosSetParametersResult): void;
  countPublishers(topic: string): number;
  /** Of a topic with its namespace, after all remappings. */
  getPublishersInfoByTopic(topic: string): readonly RosEndpoint[];
  countSubscribers(topic: string): number;
  getNodeNames(): string[];
  getLogger(): RosLogger;
  /** ROS time. */
  now(): { readonly nanoseconds: bigint };
  spin(timeout?: number): void;
  /** Calls what has something to take; itself called from C++, which takes no exceptions. */
  execute: (handles: readonly unknown[]) => void;
  stop(): void;
  destroy(): void;
}

export type TransitionCallback = () => number;

/** A state or a transition of a managed node. */
export interface LifeCycleTransition {
  readonly id: number;
  readonly label: string;
}

export interface LifeCycleStep {
  readonly transition: LifeCycleTransition;
  readonly startState: LifeCycleTransition;
  readonly goalState: LifeCycleTransition;
}

/** Where a transition leaves what its callback answered. */
export interface TransitionResult {
  isSuccess(): boolean;
}

/** Transitions throw where they are not available. */
export interface RosLifecycleNode extends RosNode {
  readonly currentState: LifeCycleTransition;
  readonly availableStates: readonly LifeCycleTransition[];
  /** From the current state. */
  readonly availableTransitions: readonly LifeCycleStep[];
  readonly transitions: readonly LifeCycleStep[];
  registerOnConfigure(callback: TransitionCallback): void;
  registerOnActivate(callback: TransitionCallback): void;
  registerOnDeactivate(callback: TransitionCallback): void;
  registerOnCleanup(callback: TransitionCallback): void;
  registerOnShutdown(callback: TransitionCallback): void;
  registerOnError(callback: TransitionCallback): void;
  configure(result?: TransitionResult): LifeCycleTransition;
  activate(result?: TransitionResult): LifeCycleTransition;
  deactivate(result?: TransitionResult): LifeCycleTransition;
  cleanup(result?: TransitionResult): LifeCycleTransition;
  shutdown(result?: TransitionResult): LifeCycleTransition;
}

export interface Rclnodejs {
  init(context?: unknown, argv?: readonly string[]): Promise<void>;
  shutdown(context?: unknown): void;
  /** Its own would shut ROS 2 down before anything could be said. */
  removeSignalHandlers(): void;
  createNode(name: string, namespace?: string, context?: unknown, options?: object): RosNode;
  createLifecycleNode(
    name: string,
    namespace?: string,
    context?: unknown,
    options?: object,
    /** Whether it offers the services of a managed node. */
    services?: boolean,
  ): RosLifecycleNode;
  readonly lifecycle: { readonly CallbackReturnValue: new () => TransitionResult };
  /** What `init` starts, in a ROS domain of its own. */
  readonly Context: new (domainId: bigint) => object;
  readonly QoS: new (history: number, depth: number, reliability: number, durability: number) => object;
  readonly Parameter: new (name: string, type: number, value: unknown) => RosParameter;
  readonly ParameterType: Readonly<Record<string, number>>;
  readonly ParameterDescriptor: new (
    name: string,
    type: number,
    description: string,
    readOnly: boolean,
  ) => object;
}

/** What a managed node answers to a transition (lifecycle_msgs/Transition). */
export const TRANSITION = { success: 97, failure: 98, error: 99 } as const;

const HISTORY_KEEP_LAST = 1;
const RELIABILITY = { reliable: 1, best_effort: 2 } as const;
const DURABILITY = { transient_local: 1, volatile: 2 } as const;

export interface Quality {
  readonly depth: number;
  readonly reliability: keyof typeof RELIABILITY;
  readonly durability: keyof typeof DURABILITY;
}

/** Quality of service, keep_last. */
export function qualityOfService(rclnodejs: Rclnodejs, quality: Quality): object {
  return new rclnodejs.QoS(
    HISTORY_KEEP_LAST,
    quality.depth,
    RELIABILITY[quality.reliability],
    DURABILITY[quality.durability],
  );
}

/**
 * Import rclnodejs. Not before a ROS 2 is sourced: importing a copy that was not built for it would begin to build.
 *
 * @throws HebbridgeError ERR_ROS_MISSING, with what to do
 */
export async function loadRclnodejs(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Rclnodejs> {
  if (!environment['AMENT_PREFIX_PATH'] || !environment['ROS_DISTRO']) {
    throw new HebbridgeError(
      'ERR_ROS_MISSING',
      `no ROS 2 is sourced (AMENT_PREFIX_PATH and ROS_DISTRO are not set). What to do:
  1. source /opt/ros/jazzy/setup.bash
  2. npm install --no-save rclnodejs     (builds against the ROS 2 that is sourced)
  3. try again; \`hebbridge doctor\` shows what is there`,
    );
  }
  // Not a literal: a bundler or a type checker would look for the package.
  const name = 'rclnodejs';
  try {
    const module = (await import(name)) as { default: Rclnodejs };
    return module.default;
  } catch (error) {
    throw new HebbridgeError(
      'ERR_ROS_MISSING',
      `rclnodejs does not load (${firstLine(error)}). What to do, where ROS 2 ${environment['ROS_DISTRO']} is sourced:
  1. npm install --no-save rclnodejs     (builds against the ROS 2 that is sourced; needs a C++ compiler)
  2. if it was built for another ROS 2: npm rebuild rclnodejs
  3. try again; \`hebbridge doctor\` shows what is there`,
      { cause: error },
    );
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
