import { HebbridgeError } from '../policy/errors.js';
import { HebbianNetwork } from '../policy/hebbian-network.js';
import { observe } from '../policy/observation.js';
import type { Policy } from '../policy/policy.js';
import { mixSeed } from '../policy/random.js';
import { observationSize, type RobotContract } from '../policy/robot-contract.js';
import type { Clock } from './clock.js';
import { CommandWriter } from './command-writer.js';
import { ControlLoop } from './control-loop.js';
import { ControllerPerturbations } from './controller-perturbations.js';
import type { ControllerStatus, RobotState } from './message-map.js';
import { RobotStateReader } from './robot-state-reader.js';
import { StatusReporter } from './status-reporter.js';
import { mayAct, nextState, type Finding } from './supervisor.js';
import type { Transport, Unsubscribe } from './transport.js';

export interface ControllerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly policy: Policy;
  /** The robot that the policy is for. */
  readonly contract: RobotContract;
  /** Of the first life: initial weights, noise of faulty sensors. Later lives follow from it. */
  readonly seed: number;
  /** Direction of the goal, rad from +x towards +y. Default 0. */
  readonly goalHeading?: number;
  /** Torso height that counts as 0 in the observation, m. Default: that of the first state of each episode. */
  readonly referenceHeight?: number;
  /** The robot is a simulated one: perturbations may reach its body. Default false. */
  readonly simulated?: boolean;
  /** Whether perturbations are taken. Default: only where the robot is simulated. */
  readonly perturbations?: boolean;
  /** Age from which a robot state is too old to act upon, in control periods. Default 3. */
  readonly stalePeriods?: number;
  /** s between status messages, beside those at every change. Default 1. */
  readonly statusPeriod?: number;
  /**
   * Who begins a control step: the controller's own `timer` each control period, or whoever drives it and calls
   * `step` (in lock-step with a simulator, say). Default `timer`.
   */
  readonly trigger?: 'timer' | 'call';
}

/**
 * The controller of a robot: each control period it reads the newest robot state, lets the policy act on the
 * observation and publishes the joint command; zero effort instead, in every period in which it finds anything
 * wrong (bridge/supervisor.ts), and as its last word when it stops.
 *
 * With a policy that answers at once, a control step allocates nothing. While one that answers later is at work,
 * nothing is published, up to the age at which the state that it works on is too old: then the safe command is.
 */
export class Controller {
  /** What the policy saw last: after the faults of sensors. */
  readonly observation: Float32Array;
  /** What the policy answered: before the faults of actuators. */
  readonly action: Float32Array;
  readonly perturbations: ControllerPerturbations;
  readonly loop: ControlLoop;
  private readonly options: ControllerOptions;
  private readonly network: HebbianNetwork | undefined;
  private readonly reader: RobotStateReader;
  private readonly command: CommandWriter;
  private readonly reporter: StatusReporter;
  private readonly staleAge: number;
  private subscriptions: Unsubscribe[] = [];

  private startedAt = 0;
  /** When the newest state arrived on the clock; -Infinity before the first. */
  private stateAt = -Infinity;
  private stateStamp = -Infinity;
  private stateEpisode = 0;
  /** Of the episode whose life this is; NaN before the first. */
  private lifeEpisode = NaN;
  private referenceHeight = 0;
  /** Of the control step that the policy acts or acted in. */
  private stepBegan = 0;
  /** Arrival of the state that the policy is at work on. */
  private actingOn = 0;
  private acting = false;
  private lives = 0;
  private weightRms = NaN;
  private lateSteps = 0;

  constructor(options: ControllerOptions) {
    const { transport, clock, policy, contract, simulated = false } = options;
    const sensors = observationSize(contract);
    if (policy.observationSize !== sensors || policy.actionSize !== contract.joints.length) {
      throw new HebbridgeError(
        'ERR_SETTING',
        `the policy maps ${policy.observationSize} observations to ${policy.actionSize} actions; ` +
          `the robot has ${sensors} and ${contract.joints.length}`,
      );
    }
    this.options = options;
    this.network = policy instanceof HebbianNetwork ? policy : undefined;
    this.observation = new Float32Array(sensors);
    this.action = new Float32Array(contract.joints.length);
    this.reader = new RobotStateReader(contract);
    this.reporter = new StatusReporter(this.network, options.statusPeriod ?? 1);
    this.staleAge = (options.stalePeriods ?? 3) * contract.controlPeriod;
    this.perturbations = new ControllerPerturbations({
      transport,
      contract,
      network: this.network,
      simulated,
      enabled: options.perturbations ?? simulated,
      time: () => clock.now() - this.startedAt,
    });
    this.command = new CommandWriter(contract, this.perturbations.actuatorFaults);
    this.loop = new ControlLoop(clock, contract.controlPeriod, () => this.step());
  }

  /** Begin the first life and the control loop, with its first step at `firstDeadline` (s; default: now). */
  start(firstDeadline?: number): void {
    const { transport, clock } = this.options;
    this.subscriptions.push(transport.subscribe('robotState', this.receive));
    this.startedAt = clock.now();
    this.beginLife();
    if (this.options.trigger !== 'call') this.loop.start(firstDeadline);
  }

  /** Publish the safe command and the last status, and hear and say no more. The transport stays open. */
  stop(): void {
    if (this.reporter.state === 'stopped') return;
    this.loop.stop();
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.perturbations.stop();
    this.finish('stop');
  }

  /** What the controller is doing, as it is published on `status`. */
  status(): ControllerStatus {
    return this.reporter.report({
      now: this.options.clock.now(),
      startedAt: this.startedAt,
      stateAt: this.stateAt,
      overruns: this.loop.overruns + this.lateSteps,
      missedPeriods: this.loop.missedPeriods,
      activePerturbations: this.perturbations.active,
    });
  }

  private readonly receive = (message: RobotState): void => {
    // Neither the same again nor one that was overtaken on its way is news.
    if (message.episode === this.stateEpisode && message.stamp <= this.stateStamp) return;
    this.reader.read(message);
    if (!Number.isFinite(message.stamp) || !Number.isFinite(message.episode)) return;
    this.stateStamp = message.stamp;
    this.stateEpisode = message.episode;
    this.stateAt = this.options.clock.now();
  };

  /** One control step, each control period: from the newest robot state to a command. */
  step(): void {
    if (this.reporter.state === 'stopped') return;
    const now = this.options.clock.now();
    this.perturbations.update(now - this.startedAt);
    const finding = this.judgeState(now);
    if (finding !== 'good') {
      this.finish(finding);
      return;
    }
    if (this.acting) {
      this.lateSteps++;
      if (now - this.actingOn > this.staleAge) this.finish('policy-late');
      return;
    }
    if (this.stateEpisode !== this.lifeEpisode) this.enterEpisode(now);
    if (!this.weightsFinite()) {
      this.finish('non-finite-weights');
      return;
    }
    this.stepBegan = now;
    observe(
      this.options.contract,
      this.reader.state,
      this.referenceHeight,
      this.options.goalHeading ?? 0,
      this.observation,
    );
    this.perturbations.sensorFaults.apply(this.observation);
    // Finite readings can be so large that what is made of them is not: they must not reach the weights.
    if (!allFinite(this.observation)) {
      this.finish('non-finite-state');
      return;
    }
    this.act();
  }

  private judgeState(now: number): Finding {
    if (this.stateAt === -Infinity) return 'no-state';
    if (now - this.stateAt > this.staleAge) return 'stale-state';
    if (this.reader.refusal !== undefined) return 'foreign-robot';
    return this.reader.finite ? 'good' : 'non-finite-state';
  }

  private act(): void {
    let answer: void | Promise<void>;
    try {
      answer = this.options.policy.act(this.observation, this.action);
    } catch (error) {
      this.finish('policy-failed', messageOf(error));
      return;
    }
    if (answer === undefined) {
      this.finish(this.judgeAction());
      return;
    }
    this.acting = true;
    this.actingOn = this.stateAt;
    answer.then(
      () => this.answered('good'),
      (error: unknown) => this.answered('policy-failed', messageOf(error)),
    );
  }

  /** A policy that took its time has answered. What it says counts if its state is still fit to act upon. */
  private answered(outcome: Finding, detail = ''): void {
    this.acting = false;
    const now = this.options.clock.now();
    if (this.reporter.state === 'stopped' || now - this.actingOn > this.staleAge) return;
    const finding = this.judgeState(now);
    if (finding !== 'good') this.finish(finding);
    else if (outcome !== 'good') this.finish(outcome, detail);
    else this.finish(this.judgeAction());
  }

  private judgeAction(): Finding {
    return allFinite(this.action) ? 'good' : 'non-finite-action';
  }

  /** Conclude a control period: the state that follows, its command, and what there is to tell. */
  private finish(finding: Finding | 'stop', detail = this.detailOf(finding)): void {
    const { reporter, command, perturbations } = this;
    const { transport, clock } = this.options;
    const state = nextState(reporter.state, finding);
    reporter.conclude(state, finding, detail);
    if (mayAct(state)) command.write(this.action);
    else command.writeSafe();
    command.message.stamp = clock.now();
    transport.publish('jointCommand', command.message);
    const now = clock.now();
    if (finding === 'good') reporter.recordStepTime(now - this.stepBegan);
    if (!reporter.due(now, perturbations.active)) return;
    reporter.reported(now, perturbations.active);
    transport.publish('status', this.status());
  }

  private detailOf(finding: Finding | 'stop'): string {
    return finding === 'foreign-robot' ? `it ${this.reader.refusal ?? ''}` : '';
  }

  private weightsFinite(): boolean {
    if (!this.network) return true;
    this.weightRms = this.network.weightRms();
    return Number.isFinite(this.weightRms);
  }

  /** The robot was restarted, or this is its first state: another life, but for the first. */
  private enterEpisode(now: number): void {
    if (!Number.isNaN(this.lifeEpisode)) {
      this.beginLife();
      this.perturbations.update(now - this.startedAt);
    }
    this.lifeEpisode = this.stateEpisode;
    this.referenceHeight = this.options.referenceHeight ?? this.reader.state.height;
  }

  private beginLife(): void {
    const { seed, policy } = this.options;
    const life = this.lives++;
    const lifeSeed = life === 0 ? seed : mixSeed(seed, life);
    this.perturbations.beginLife(lifeSeed);
    policy.reset(lifeSeed);
    this.weightRms = NaN;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A sum is finite only if all its terms are. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return Number.isFinite(sum);
}
