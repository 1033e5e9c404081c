// Types only: the simulator does not depend on the bridge.
import type { Clock } from '../../bridge/clock.js';
import type {
  BodyPerturbation,
  JointCommand,
  ObservationMessage,
  SimulationRequest,
  RobotState,
} from '../../bridge/message-map.js';
import type { Transport, Unsubscribe } from '../../bridge/transport.js';
import type { Perturbation } from '../../policy/perturbation/index.js';
import { mixSeed } from '../../policy/random.js';
import { damageBody, mendBody } from './body-damage.js';
import type { SimulatedRobot } from './simulated-robot.js';

export type RestartRequest = Extract<SimulationRequest, { operation: 'restart' }>;

export interface RobotNodeOptions {
  readonly robot: SimulatedRobot;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Of the first episode; later ones follow from it. */
  readonly seed: number;
  /**
   * Without a command for longer than this many control periods the joints go limp, as those of a robot with a
   * watchdog do. Infinity: the last effort is held, as ros2_control's forward_command_controller does. Default 3.
   */
  readonly commandTimeoutPeriods?: number;
  /** Why a restart that the robot could make cannot be, for people. Default: its controller's rules are not its own. */
  readonly refuseRestart?: (request: RestartRequest) => string | undefined;
  /** Hears of a restart just before the episode begins. */
  readonly onRestart?: (request: RestartRequest) => void;
}

/**
 * A simulated robot on a transport: each control period it applies the newest joint command, lets the physics
 * take a step and publishes the robot's state. A controller at the other end cannot tell it from hardware.
 *
 * Whoever starts it calls `step` each control period. The first step of an episode only publishes the state in
 * which it begins; so a controller that answers within the period has its effect in the very next step, as if
 * policy and environment were called in turn. The robot goes on when it has fallen, or when the environment's
 * episode is over, until it is restarted.
 */
export class RobotNode {
  private readonly options: RobotNodeOptions;
  private readonly state: RobotState;
  private readonly observation: ObservationMessage;
  private readonly action: Float32Array;
  private readonly timeout: number;
  private readonly places: Int32Array;
  private subscriptions: Unsubscribe[] = [];
  private names: readonly string[] = [];
  private commandFits = false;
  private commandAt = -Infinity;
  private begun = false;
  private restart: RestartRequest | undefined;
  private paused = false;
  private readonly damages = new Map<string, Perturbation>();
  private hasFallen = false;
  private refused = 0;

  constructor(options: RobotNodeOptions) {
    const { robot } = options;
    const { joints, feet } = robot.contract;
    this.options = options;
    this.timeout = (options.commandTimeoutPeriods ?? 3) * robot.controlPeriod;
    this.action = new Float32Array(joints.length);
    this.places = new Int32Array(joints.length);
    this.observation = { stamp: 0, episode: 0, values: robot.observation };
    this.state = {
      stamp: 0,
      episode: 0,
      joints: {
        names: joints.map(({ name }) => name),
        position: new Float64Array(joints.length),
        velocity: new Float64Array(joints.length),
        effort: new Float64Array(joints.length),
      },
      torso: {
        position: new Float64Array(3),
        orientation: new Float64Array(4),
        linearVelocity: new Float64Array(3),
      },
      feet: { names: [...feet], contact: new Float64Array(feet.length) },
    };
  }

  /** Whether the environment said, in the last step, that the episode ended by what happened in it. */
  get fallen(): boolean {
    return this.hasFallen;
  }

  /** Commands for other joints than this robot's, not in efforts, or not finite; none took effect. */
  get refusedCommands(): number {
    return this.refused;
  }

  /** Begin the first episode and listen. */
  start(): void {
    const { transport, robot, seed } = this.options;
    robot.reset(seed);
    this.subscriptions.push(
      transport.subscribe('jointCommand', this.receive),
      transport.subscribe('bodyPerturbation', (message) => this.perturb(message)),
      transport.subscribe('simulationRequest', this.hear),
    );
  }

  /** Hear no more. The environment stays the caller's to dispose of. */
  stop(): void {
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.subscriptions = [];
  }

  /** One control period; nothing happens while it is paused. Allocates nothing. */
  readonly step = (): void => {
    const { robot, clock } = this.options;
    const { restart } = this;
    // A pause that was asked for after a restart keeps the robot where the episode begins.
    if (this.paused && !restart) return;
    if (restart) this.beginEpisode(restart);
    if (this.begun) {
      if (clock.now() - this.commandAt > this.timeout) this.action.fill(0);
      this.hasFallen = robot.step(this.action).terminated;
    }
    this.begun = true;
    this.describe();
    this.tell();
  };

  /** Publish the newest state again, for whoever was not there to hear it. */
  readonly tell = (): void => {
    const { transport } = this.options;
    this.observation.stamp = this.state.stamp;
    this.observation.episode = this.state.episode;
    transport.publish('observation', this.observation);
    transport.publish('robotState', this.state);
  };

  private readonly receive = (command: JointCommand): void => {
    const { robot, clock } = this.options;
    const { joints } = robot.contract;
    if (!this.sameNames(command.names)) this.learnNames(command.names);
    let sum = 0;
    for (let j = 0; j < joints.length; j++) sum += command.values[this.places[j]!]!;
    if (!this.commandFits || !Number.isFinite(sum) || command.interface !== 'effort') {
      this.refused++;
      return;
    }
    this.commandAt = clock.now();
    for (let j = 0; j < joints.length; j++) {
      const effort = command.values[this.places[j]!]! / joints[j]!.effortLimit;
      this.action[j] = Math.max(-1, Math.min(1, effort));
    }
  };

  private sameNames(names: readonly string[]): boolean {
    if (names.length !== this.names.length) return false;
    for (let k = 0; k < names.length; k++) if (names[k] !== this.names[k]) return false;
    return true;
  }

  private learnNames(names: readonly string[]): void {
    const { joints } = this.options.robot.contract;
    this.names = [...names];
    joints.forEach(({ name }, j) => (this.places[j] = names.indexOf(name)));
    this.commandFits = names.length === joints.length && this.places.every((place) => place >= 0);
  }

  private describe(): void {
    const { robot, clock } = this.options;
    const { joints, torso, feet } = this.state;
    const { jointPosition, jointVelocity, orientation, linearVelocity, footContact, height } = robot.state;
    this.state.stamp = clock.now();
    joints.position.set(jointPosition);
    joints.velocity.set(jointVelocity);
    joints.effort.set(robot.appliedEffort);
    torso.position[0] = robot.position[0]!;
    torso.position[1] = robot.position[1]!;
    torso.position[2] = height;
    torso.orientation.set(orientation);
    torso.linearVelocity.set(linearVelocity);
    feet.contact.set(footContact);
  }

  private readonly hear = (request: SimulationRequest): void => {
    const { robot, transport, refuseRestart = refuseBundle } = this.options;
    const { id } = request;
    if (request.operation === 'pause') {
      this.paused = request.paused;
      transport.publish('acknowledgement', { id, from: 'robot', accepted: true, reason: '' });
      return;
    }
    const refusal = refuseRestart(request);
    if (refusal !== undefined) this.refuse(id, refusal);
    else if (request.morphology !== undefined && !robot.canBecome(request.morphology)) {
      this.refuse(id, `there is no morphology '${request.morphology}'`);
    } else {
      this.replace(request);
      this.paused = false;
    }
  };

  /** One episode can begin in a control period: that of the newest request. */
  private replace(request: RestartRequest): void {
    const { restart: before } = this;
    this.restart = request;
    // The same id: the same request, heard twice.
    if (!before || before.id === request.id) return;
    this.refuse(before.id, `another restart, '${request.id}', came in the same control period`);
  }

  private refuse(id: string, reason: string): void {
    const code = 'ERR_OPERATOR_REQUEST';
    this.options.transport.publish('acknowledgement', { id, from: 'robot', accepted: false, code, reason });
  }

  private beginEpisode(request: RestartRequest): void {
    const { robot, transport, onRestart } = this.options;
    const { id, seed, morphology } = request;
    this.restart = undefined;
    onRestart?.(request);
    if (morphology !== undefined) robot.become(morphology);
    for (const damage of [...this.damages.values()]) this.mend(damage);
    this.state.episode++;
    robot.reset(seed ?? mixSeed(this.options.seed, this.state.episode));
    this.begun = false;
    this.hasFallen = false;
    this.commandAt = -Infinity;
    this.action.fill(0);
    transport.publish('acknowledgement', { id, from: 'robot', accepted: true, reason: '' });
  }

  private perturb({ operation, perturbation }: BodyPerturbation): void {
    if (operation === 'end') this.mend(perturbation);
    else this.damage(perturbation);
  }

  private damage(perturbation: Perturbation): void {
    const { robot, transport } = this.options;
    const { id } = perturbation;
    try {
      damageBody(robot, perturbation);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const code = 'ERR_PERTURBATION_UNSUPPORTED';
      transport.publish('acknowledgement', { id, from: 'robot', accepted: false, code, reason });
      return;
    }
    this.damages.set(id, perturbation);
    transport.publish('acknowledgement', { id, from: 'robot', accepted: true, reason: '' });
  }

  private mend(perturbation: Perturbation): void {
    // It may have ended with the episode already.
    if (!this.damages.delete(perturbation.id)) return;
    mendBody(this.options.robot, perturbation);
  }
}

function refuseBundle({ bundle }: RestartRequest): string | undefined {
  return bundle === undefined
    ? undefined
    : `the rules '${bundle}' are its controller's, which is a program of its own`;
}
