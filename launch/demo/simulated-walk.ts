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
import { networkFromBundle } from '../../policy/bundle/rule-bundle.js';
import { RobotNode, type RestartRequest } from '../../sim/robot/robot-node.js';
import type { SimulatedRobot } from '../../sim/robot/simulated-robot.js';
import type { OfferedBundle, OfferedBundles } from './offered-bundles.js';

export interface SimulatedWalkOptions {
  readonly robot: SimulatedRobot;
  /** What the robot begins with, by its text. */
  readonly morphology: string;
  /** What the controller may run; it begins with the first. */
  readonly bundles: OfferedBundles;
  readonly clock: Clock;
  readonly seed: number;
  /** s between status messages. */
  readonly statusPeriod: number;
  /** What differs from the demo's own settings of the controller. */
  readonly controller?: Partial<ControllerSettings>;
  /** Makes a controller whose policy is the network of `bundle`, where it is not a plain one. */
  readonly createController?: (options: ControllerOptions, bundle: OfferedBundle) => Controller;
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

/** What the controllers did, one after the other; time in s. */
export type Work = Pick<ControllerStatus, 'time' | 'steps' | 'safeSteps' | 'overruns' | 'missedPeriods'>;

/**
 * A simulated robot and its controller in one process, each with a loop of its own, and an operator's end of the
 * transport between them. The controller's steps come half a period after the robot's: each state is acted upon
 * within its period.
 *
 * A restart with another rule bundle ends the controller, with the safe command as its last word, and begins another
 * one, which waits for the robot and fades in. The goal stays where it is, and a latched stop stays latched.
 */
export class SimulatedWalk {
  /** The operator's end: perturbations and restarts go in here. */
  readonly operator: Transport;
  readonly robotLoop: ControlLoop;
  private readonly options: SimulatedWalkOptions;
  private readonly robotEnd: Transport;
  private readonly controllerEnd: Transport;
  private readonly node: RobotNode;
  private readonly way = { distance: 0, periods: 0 };
  private currentBundle: OfferedBundle;
  private currentController: Controller;
  private currentMorphology: string;
  /** Of the controllers before this one. */
  private readonly earlier: Work[] = [];
  private lastStatus: ControllerStatus;
  private position = NaN;
  private episode = 0;

  constructor(options: SimulatedWalkOptions) {
    const { robot, clock, seed, bundles, morphology } = options;
    const network = new InMemoryNetwork();
    this.options = options;
    this.currentMorphology = morphology;
    this.robotEnd = new InMemoryTransport(network);
    this.controllerEnd = new InMemoryTransport(network);
    this.operator = new InMemoryTransport(network);
    this.node = new RobotNode({
      robot,
      transport: this.robotEnd,
      clock,
      seed,
      refuseRestart: (request) => this.refuse(request),
      onRestart: (request) => this.change(request),
    });
    this.robotLoop = new ControlLoop(clock, robot.controlPeriod, this.node.step);
    this.currentBundle = bundles[0];
    this.currentController = this.createController(bundles[0]);
    this.lastStatus = this.controller.status();
    this.operator.subscribe('status', (status) => (this.lastStatus = status));
    this.operator.subscribe('robotState', ({ episode, torso }) => this.observe(episode, torso.position[0]!));
  }

  /** The one at work. */
  get controller(): Controller {
    return this.currentController;
  }

  /** What the controller runs. */
  get bundle(): OfferedBundle {
    return this.currentBundle;
  }

  /** The body that the robot began this episode with, by its text. */
  get morphology(): string {
    return this.currentMorphology;
  }

  /** What the controllers did so far, all of them. */
  get work(): Work {
    const all = [...this.earlier, this.controller.status()];
    const sum = (field: keyof Work): number => all.reduce((total, work) => total + work[field], 0);
    return {
      time: sum('time'),
      steps: sum('steps'),
      safeSteps: sum('safeSteps'),
      overruns: sum('overruns'),
      missedPeriods: sum('missedPeriods'),
    };
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

  private createController(offered: OfferedBundle, carried: Partial<ControllerOptions> = {}): Controller {
    const { clock, seed, statusPeriod, controller, createController } = this.options;
    const options: ControllerOptions = {
      transport: this.controllerEnd,
      clock,
      policy: networkFromBundle(offered.bundle),
      contract: offered.bundle.contract,
      seed,
      simulated: true,
      safety: SAFETY,
      statusPeriod,
      ...controller,
      ...carried,
    };
    return createController ? createController(options, offered) : new Controller(options);
  }

  private refuse({ bundle }: RestartRequest): string | undefined {
    if (bundle === undefined || this.find(bundle)) return undefined;
    const names = this.options.bundles.map(({ name }) => name);
    return `there is no bundle '${bundle}'; there are ${names.join(', ')}`;
  }

  /** Of a restart, what is not the robot's. */
  private change({ morphology, bundle }: RestartRequest): void {
    if (morphology !== undefined) this.currentMorphology = morphology;
    const next = bundle === undefined ? undefined : this.find(bundle);
    if (next && next !== this.currentBundle) this.changeBundle(next);
  }

  private changeBundle(next: OfferedBundle): void {
    const { controller: before, options } = this;
    const { clock, robot } = options;
    before.stop();
    this.earlier.push(before.status());
    const { goalHeading, state } = before;
    this.currentBundle = next;
    this.currentController = this.createController(next, { goalHeading, latched: state.latched });
    this.controller.activate(clock.now() + robot.controlPeriod / 2);
  }

  private find(name: string): OfferedBundle | undefined {
    return this.options.bundles.find((offered) => offered.name === name);
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
