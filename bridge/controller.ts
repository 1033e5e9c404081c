import { HebbridgeError } from '../policy/errors.js';
import { HebbianNetwork } from '../policy/hebbian-network.js';
import type { Policy } from '../policy/policy.js';
import { mixSeed } from '../policy/random.js';
import { observationSize, type RobotContract } from '../policy/robot-contract.js';
import type { Clock } from './clock.js';
import { CommandShaper } from './command-shaper.js';
import { ControlLoop } from './control-loop.js';
import { ControllerPerturbations } from './controller-perturbations.js';
import { ObservationInput } from './input/observation-input.js';
import { RobotStateInput } from './input/robot-state-input.js';
import type { StateInput } from './input/state-input.js';
import type { CommandInterface, ControllerStatus, OperatorRequest } from './message-map.js';
import { listenToOperators, type RequestRefusal } from './operator-requests.js';
import { PlasticityGate } from './plasticity-gate.js';
import { SlidingCount } from './sliding-count.js';
import { StatusReporter } from './status-reporter.js';
import type { Finding } from './supervisor/finding.js';
import { PlasticityHealth, type Health } from './supervisor/plasticity-health.js';
import { DEFAULT_SAFETY, type SafetySettings } from './supervisor/safety-settings.js';
import {
  commandKind,
  fadeGain,
  isActive,
  mayAct,
  nextState,
  UNCONFIGURED,
  type SupervisorEvent,
  type SupervisorState,
} from './supervisor/supervisor.js';
import type { Transport, Unsubscribe } from './transport.js';

export interface ControllerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly policy: Policy;
  /** The robot that the policy is for; its control period is the controller's. */
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
  /** What is safe; what is left out is as in `DEFAULT_SAFETY`. */
  readonly safety?: Partial<SafetySettings>;
  /** s between status messages, beside those at every change. Default 1. */
  readonly statusPeriod?: number;
  /** What the robot tells: its state (default), or the observation itself. */
  readonly input?: 'state' | 'observation';
  /** What the robot's joints take. Default `effort`. */
  readonly commandInterface?: CommandInterface;
  /**
   * Who begins a control step: the controller's own `timer` each control period (default); the `input`, in lock-step
   * with a simulator, where the timer only watches that it does not fall silent; or whoever calls `step`.
   */
  readonly trigger?: 'timer' | 'input' | 'call';
  /** A stop that was latched before there was a controller stays latched. */
  readonly latched?: SupervisorState['latched'];
}

/**
 * The controller of a robot: each control period it reads the newest robot state, lets the policy act on the
 * observation and publishes the joint command; what the supervisor (bridge/supervisor/) calls for instead, in every
 * period in which anything is wrong; and the safe command as its last word when it is deactivated.
 *
 * With a policy that answers at once, a control step allocates nothing. While one that answers later is at work,
 * nothing is published, up to the age at which the state that it works on is too old: then the safe command is.
 */
export class Controller {
  /** What the policy saw last: after the faults of sensors. */
  readonly observation: Float32Array;
  /** What the policy answered: before the faults of actuators, the fade-in and the limits. */
  readonly action: Float32Array;
  readonly perturbations: ControllerPerturbations;
  readonly loop: ControlLoop;
  /** Direction of the goal, rad from +x towards +y. */
  goalHeading: number;
  private readonly options: ControllerOptions;
  private readonly safety: SafetySettings;
  private readonly network: HebbianNetwork | undefined;
  private readonly input: StateInput;
  private readonly shaper: CommandShaper;
  private readonly gate: PlasticityGate;
  private readonly health: PlasticityHealth;
  private readonly reporter: StatusReporter;
  private readonly missed = new SlidingCount();
  private readonly stopListening: Unsubscribe;
  private unsubscribe: Unsubscribe | undefined;
  private current: SupervisorState;

  private activatedAt: number;
  /** Of the episode whose life this is; NaN before the first. */
  private lifeEpisode = NaN;
  private referenceHeight = 0;
  /** Of the control step that the policy acts or acted in. */
  private stepBegan = 0;
  /** Arrival of the state that the policy is at work on. */
  private actingOn = 0;
  private acting = false;
  private lives = 0;
  private healthFound: Health = 'healthy';
  private lateSteps = 0;
  private countedMissed = 0;

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
    this.safety = { ...DEFAULT_SAFETY, ...options.safety };
    this.goalHeading = options.goalHeading ?? 0;
    this.network = policy instanceof HebbianNetwork ? policy : undefined;
    this.observation = new Float32Array(sensors);
    this.action = new Float32Array(contract.joints.length);
    this.input =
      options.input === 'observation'
        ? new ObservationInput(contract, this.safety)
        : new RobotStateInput(contract, this.safety);
    this.gate = new PlasticityGate(this.network);
    this.health = new PlasticityHealth(this.network, this.safety);
    this.reporter = new StatusReporter(
      this.network,
      this.health,
      contract.controlPeriod,
      options.statusPeriod ?? 1,
    );
    this.activatedAt = clock.now();
    this.perturbations = new ControllerPerturbations({
      transport,
      contract,
      network: this.network,
      gate: this.gate,
      simulated,
      enabled: options.perturbations ?? simulated,
      time: () => clock.now() - this.activatedAt,
    });
    const { actuatorFaults } = this.perturbations;
    this.shaper = new CommandShaper(contract, actuatorFaults, this.safety, options.commandInterface);
    this.loop = new ControlLoop(clock, contract.controlPeriod, this.tick);
    this.current = nextState(
      { ...UNCONFIGURED, latched: options.latched },
      'configure',
      clock.now(),
      this.safety,
    );
    this.stopListening = listenToOperators(transport, (request) => this.grant(request));
  }

  /** What the supervisor decided last. */
  get state(): SupervisorState {
    return this.current;
  }

  /** Begin a life and the control loop, with its first step at `firstDeadline` (s; default: now). */
  activate(firstDeadline?: number): void {
    const { transport, clock, trigger } = this.options;
    if (this.current.phase !== 'inactive') return;
    this.unsubscribe = this.input.listen(transport, () => clock.now(), this.hear);
    this.activatedAt = clock.now();
    this.lifeEpisode = NaN;
    this.beginLife(this.activatedAt);
    this.apply('activate', this.activatedAt);
    if (trigger !== 'call') this.loop.start(firstDeadline);
  }

  /** Publish the safe command and the last status, and act no more until activated again. */
  deactivate(): void {
    if (isActive(this.current.phase)) this.rest('deactivate');
  }

  /** Deactivate for good: hear and say no more. The transport stays open. */
  stop(): void {
    if (this.current.phase === 'finalized') return;
    this.rest('shutdown');
    this.perturbations.stop();
    this.stopListening();
  }

  /** The safe command, at once and until `clearStop`, whatever state the controller is in. */
  emergencyStop(): void {
    const { phase } = this.current;
    if (phase === 'finalized') return;
    const now = this.options.clock.now();
    this.apply('emergency-stop', now);
    this.publishSafe(now);
    this.conclude(now, '');
  }

  /** Let go of a latched stop: a deliberate act of somebody who looks at the robot. False: there was none. */
  clearStop(): boolean {
    if (this.current.latched === undefined) return false;
    const now = this.options.clock.now();
    this.apply('clear-stop', now);
    this.conclude(now, '');
    return true;
  }

  /** Hold the weights still, or let them change again. False: the policy has no plasticity. */
  setFrozen(frozen: boolean): boolean {
    if (!this.gate.exists) return false;
    if (frozen) this.gate.hold('operator');
    else {
      this.gate.release('operator');
      this.gate.release('health');
    }
    return true;
  }

  /** Draw the weights anew and fade in. Default seed: the next in line. False: the policy has none. */
  resetWeights(seed = mixSeed(this.options.seed, 0x7e5e7 + this.lives++)): boolean {
    if (!this.network) return false;
    const now = this.options.clock.now();
    this.network.resetWeights(seed);
    this.gate.release('health');
    this.health.reset(now);
    this.apply('restart', now);
    return true;
  }

  /** What the controller is doing, as it is published on `status`. */
  status(): ControllerStatus {
    const now = this.options.clock.now();
    const { arrivals } = this.input;
    return this.reporter.report({
      now,
      activatedAt: this.activatedAt,
      stateAt: arrivals.last,
      inputRate: arrivals.rate(now),
      overruns: this.loop.overruns + this.lateSteps,
      missedPeriods: this.loop.missedPeriods,
      health: this.healthFound,
      frozenBy: this.gate.holders,
      activePerturbations: this.perturbations.active,
    });
  }

  /** One control step, each control period: from the newest robot state to a command. */
  step(): void {
    if (!isActive(this.current.phase)) return;
    const now = this.options.clock.now();
    try {
      this.period(now);
    } catch (error) {
      // Whatever failed: what it was at work on cannot be trusted any more, and the robot must not wait for it.
      this.finish('internal-fault', now, messageOf(error));
    }
  }

  private readonly hear = (): void => {
    if (this.options.trigger === 'input') this.step();
  };

  /** Of the loop. Where the input is the trigger, only when that has fallen silent. */
  private readonly tick = (): void => {
    const { input, options } = this;
    if (options.trigger !== 'input' || input.tooOld(input.arrivals.age(options.clock.now()))) this.step();
  };

  private period(now: number): void {
    this.perturbations.update(now - this.activatedAt);
    const finding = this.judge(now);
    if (finding !== 'good') {
      this.finish(finding, now);
      return;
    }
    if (this.acting) {
      this.lateSteps++;
      if (this.input.tooOld(now - this.actingOn)) this.finish('policy-late', now);
      return;
    }
    this.apply('good', now);
    if (!mayAct(this.current)) {
      this.publishCommand(now);
      this.conclude(now, '');
      return;
    }
    if (this.input.episode !== this.lifeEpisode) this.enterEpisode(now);
    this.stepBegan = now;
    this.input.observe(this.referenceHeight, this.goalHeading, this.observation);
    this.perturbations.sensorFaults.apply(this.observation);
    // Finite readings can be so large that what is made of them is not: they must not reach the weights.
    if (allFinite(this.observation)) this.act(now);
    else this.finish('non-finite-state', now);
  }

  private judge(now: number): Finding {
    const found = this.input.judge(now);
    if (found !== 'good') return found;
    const overloaded = this.judgeLoad(now);
    if (overloaded !== 'good') return overloaded;
    this.healthFound = this.health.measure(now);
    if (this.healthFound === 'stop') return 'runaway-plasticity';
    if (this.healthFound === 'damp') return 'unhealthy-plasticity';
    if (this.healthFound === 'freeze') this.gate.hold('health');
    return 'good';
  }

  private judgeLoad(now: number): Finding {
    const { overrunPolicy, largestMissedShare } = this.safety;
    const { missedPeriods } = this.loop;
    this.missed.add(now, missedPeriods - this.countedMissed);
    this.countedMissed = missedPeriods;
    if (overrunPolicy === 'report') return 'good';
    const share = this.missed.total(now) * this.options.contract.controlPeriod;
    if (share <= largestMissedShare) return 'good';
    return overrunPolicy === 'hold' ? 'overload' : 'lasting-overload';
  }

  private act(now: number): void {
    let answer: void | Promise<void>;
    try {
      answer = this.options.policy.act(this.observation, this.action);
    } catch (error) {
      this.finish('policy-failed', now, messageOf(error));
      return;
    }
    if (answer === undefined) {
      this.finishAction(now);
      return;
    }
    this.acting = true;
    this.actingOn = this.input.arrivals.last;
    answer.then(
      () => this.answered('good'),
      (error: unknown) => this.answered('policy-failed', messageOf(error)),
    );
  }

  /** A policy that took its time has answered. What it says counts if its state is still fit to act upon. */
  private answered(outcome: Finding, detail?: string): void {
    this.acting = false;
    const now = this.options.clock.now();
    if (!isActive(this.current.phase) || this.input.tooOld(now - this.actingOn)) return;
    const found = this.judge(now);
    if (found !== 'good') this.finish(found, now);
    else if (outcome !== 'good') this.finish(outcome, now, detail);
    else this.finishAction(now);
  }

  private finishAction(now: number): void {
    if (allFinite(this.action)) {
      this.health.record(this.action);
      this.publishCommand(now);
      this.conclude(now, '');
    } else this.finish('non-finite-action', now);
  }

  /** Conclude a control period in which something was wrong. */
  private finish(finding: Finding, now: number, detail?: string): void {
    const before = this.current;
    this.apply(finding, now);
    this.publishCommand(now);
    const { phase, finding: found } = this.current;
    // Wording it allocates: once, when it is found.
    const known = before.phase === phase && before.finding === found;
    this.conclude(now, known ? undefined : (detail ?? this.describe(finding, now)));
  }

  private describe(finding: Finding, now: number): string {
    const ofHealth = finding === 'unhealthy-plasticity' || finding === 'runaway-plasticity';
    return ofHealth ? this.health.describe() : this.input.describe(finding, now);
  }

  private apply(event: SupervisorEvent, now: number): void {
    this.current = nextState(this.current, event, now, this.safety);
  }

  private publishCommand(now: number): void {
    const { current, shaper, input } = this;
    switch (commandKind(current)) {
      case 'none':
        return;
      case 'policy': {
        if (!shaper.ready) shaper.writeSafe(input.state.jointPosition);
        shaper.writeAction(this.action, fadeGain(current, now, this.safety));
        this.send(true);
        return;
      }
      case 'damp': {
        shaper.writeDamping(input.state.jointVelocity, input.state.jointPosition);
        this.send(false);
        return;
      }
      case 'safe':
        this.publishSafe(now);
    }
  }

  private publishSafe(now: number): void {
    const { shaper, input } = this;
    shaper.writeSafe(input.poseKnown(now) ? input.state.jointPosition : undefined);
    this.send(false);
  }

  private send(ofPolicy: boolean): void {
    const { transport, clock } = this.options;
    const { message, ready } = this.shaper;
    if (!ready) return;
    message.stamp = clock.now();
    transport.publish('jointCommand', message);
    const now = clock.now();
    this.reporter.recordCommand(now, ofPolicy);
    if (ofPolicy) this.reporter.recordStepTime(now - this.stepBegan);
  }

  /** Tell what there is to tell; `detail` undefined: as before. */
  private conclude(now: number, detail: string | undefined): void {
    const { reporter, perturbations, gate } = this;
    reporter.conclude(this.current, detail);
    if (!reporter.due(now, perturbations.active, gate.holders)) return;
    reporter.reported(now, perturbations.active, gate.holders);
    this.options.transport.publish('status', this.status());
  }

  private rest(event: 'deactivate' | 'shutdown'): void {
    const now = this.options.clock.now();
    const wasActive = isActive(this.current.phase);
    this.loop.stop();
    this.unsubscribe?.();
    this.apply(event, now);
    if (wasActive) this.publishSafe(now);
    this.reporter.pause();
    this.conclude(now, '');
  }

  private grant(request: OperatorRequest): RequestRefusal | undefined {
    const done = this.carryOut(request);
    if (done) return undefined;
    return {
      code: 'ERR_OPERATOR_REQUEST',
      reason: `${request.operation}: this policy has no weights that change`,
    };
  }

  private carryOut(request: OperatorRequest): boolean {
    switch (request.operation) {
      case 'emergency-stop':
        this.emergencyStop();
        return true;
      case 'freeze':
        return this.setFrozen(request.frozen);
      case 'reset-weights':
        return this.resetWeights(request.seed);
      case 'goal-heading':
        this.goalHeading = request.heading;
        return true;
    }
  }

  /** The robot was restarted, or this is its first state: another life, but for the first. */
  private enterEpisode(now: number): void {
    if (!Number.isNaN(this.lifeEpisode)) {
      this.beginLife(now);
      this.apply('restart', now);
      this.perturbations.update(now - this.activatedAt);
    }
    this.lifeEpisode = this.input.episode;
    this.referenceHeight = this.options.referenceHeight ?? this.input.state.height;
  }

  private beginLife(now: number): void {
    const { seed, policy } = this.options;
    const life = this.lives++;
    const lifeSeed = life === 0 ? seed : mixSeed(seed, life);
    this.perturbations.beginLife(lifeSeed);
    policy.reset(lifeSeed);
    this.gate.releaseAll();
    this.health.reset(now);
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
