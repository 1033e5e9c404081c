import { ControlLoop, Controller, InMemoryNetwork, InMemoryTransport } from '../../bridge/index.js';
import type {
  Acknowledgement,
  Clock,
  ControllerOptions,
  ControllerStatus,
  PerturbationRequest,
  Transport,
} from '../../bridge/index.js';
import type { ControllerSettings } from '../../bridge/parameters/index.js';
import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import { RobotNode } from '../../sim/robot/robot-node.js';
import type { SimulatedRobot } from '../../sim/robot/simulated-robot.js';

export interface SimulatedWalkOptions {
  readonly robot: SimulatedRobot;
  readonly policy: HebbianNetwork;
  /** What the policy was evolved for. */
  readonly contract: RobotContract;
  readonly clock: Clock;
  readonly seed: number;
  /** s between status messages. */
  readonly statusPeriod: number;
  /** What differs from the demo's own settings of the controller. */
  readonly controller?: Partial<ControllerSettings>;
  /** Makes the controller, where it is not a plain one. */
  readonly createController?: (options: ControllerOptions) => Controller;
}

/** A simulated motor survives any jump of its command, and a busy machine is no reason to interrupt a demo. */
const SAFETY = {
  fadeInTime: 0.5,
  largestActionRate: Infinity,
  overrunPolicy: 'report',
  leastInputRate: 0,
  // Robot and controller share a process: while one hangs, so does the other.
  stalePeriods: 20,
} as const;

/** How far the robot came, as an observer of its messages sees it. */
export interface Way {
  /** m along +x, over all episodes. */
  readonly distance: number;
  /** Control periods that the robot lived through. */
  readonly periods: number;
}

/**
 * A simulated robot and its controller in one process, each with a loop of its own, and an operator's end of the
 * transport between them. The controller's steps come half a period after the robot's: each state is acted upon
 * within its period.
 */
export class SimulatedWalk {
  /** The operator's end: perturbations and restarts go in here. */
  readonly operator: Transport;
  readonly robotLoop: ControlLoop;
  readonly controller: Controller;
  private readonly options: SimulatedWalkOptions;
  private readonly robotEnd: Transport;
  private readonly controllerEnd: Transport;
  private readonly node: RobotNode;
  private readonly way = { distance: 0, periods: 0 };
  private lastStatus: ControllerStatus;
  private position = NaN;
  private episode = 0;

  constructor(options: SimulatedWalkOptions) {
    const { robot, policy, contract, clock, seed, statusPeriod } = options;
    const network = new InMemoryNetwork();
    this.options = options;
    this.robotEnd = new InMemoryTransport(network);
    this.controllerEnd = new InMemoryTransport(network);
    this.operator = new InMemoryTransport(network);
    this.node = new RobotNode({ robot, transport: this.robotEnd, clock, seed });
    this.robotLoop = new ControlLoop(clock, robot.controlPeriod, this.node.step);
    const create = options.createController ?? ((all: ControllerOptions) => new Controller(all));
    this.controller = create({
      transport: this.controllerEnd,
      clock,
      policy,
      contract,
      seed,
      simulated: true,
      safety: SAFETY,
      statusPeriod,
      ...options.controller,
    });
    this.lastStatus = this.controller.status();
    this.operator.subscribe('status', (status) => (this.lastStatus = status));
    this.operator.subscribe('robotState', ({ episode, torso }) => this.observe(episode, torso.position[0]!));
  }

  /** The newest status of the controller. */
  get status(): ControllerStatus {
    return this.lastStatus;
  }

  get travelled(): Way {
    return this.way;
  }

  /** The robot lies where the environment says that the episode is over. */
  get fallen(): boolean {
    return this.node.fallen;
  }

  /** Robot first, then the controller; nothing happens before the clock says so. */
  start(): void {
    const { clock, robot } = this.options;
    // The first world of a process takes its time; the loops' time begins after it.
    this.node.start();
    const now = clock.now();
    this.robotLoop.start(now);
    this.controller.activate(now + robot.controlPeriod / 2);
  }

  /** Another start of the robot, whatever became of it in this one. */
  restart(id: string): void {
    this.operator.publish('simulationRequest', { operation: 'restart', id });
    this.controller.clearStop();
  }

  /** The controller's answer to a request, which it gives at once. */
  ask(request: PerturbationRequest): Acknowledgement {
    let answer: Acknowledgement | undefined;
    const unsubscribe = this.operator.subscribe('acknowledgement', (message) => (answer ??= message));
    this.operator.publish('perturbationRequest', request);
    unsubscribe();
    return answer!;
  }

  /** The safe command, then silence. */
  async stop(): Promise<void> {
    this.controller.stop();
    this.robotLoop.stop();
    this.node.stop();
    await Promise.all([this.operator.close(), this.controllerEnd.close(), this.robotEnd.close()]);
    this.options.robot.dispose();
  }

  private observe(episode: number, position: number): void {
    if (episode === this.episode && !Number.isNaN(this.position)) {
      this.way.distance += position - this.position;
      this.way.periods++;
    }
    this.episode = episode;
    this.position = position;
  }
}
