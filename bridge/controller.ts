import { HebbridgeError } from '../policy/errors.js';
import { HebbianNetwork } from '../policy/hebbian-network.js';
import { observationSize } from '../policy/robot-contract.js';
import { CommandOutput } from './command-output.js';
import { CommandShaper } from './command-shaper.js';
import { ControlLoop } from './control-loop.js';
import type { ControllerOptions } from './controller-options.js';
import { ControllerPerturbations } from './controller-perturbations.js';
import { ObservationInput } from './input/observation-input.js';
import { RobotStateInput } from './input/robot-state-input.js';
import type { StateInput } from './input/state-input.js';
import { Lives } from './lives.js';
import { LoadWatch } from './load-watch.js';
import type { ControllerStatus, OperatorRequest } from './message-map.js';
import { listenToOperators, type RequestRefusal } from './operator-requests.js';
import { PlasticityGate } from './plasticity-gate.js';
import { StatusReporter } from './status-reporter.js';
import type { Finding } from './supervisor/finding.js';
import { PlasticityHealth, type Health } from './supervisor/plasticity-health.js';
import { DEFAULT_SAFETY, type SafetySettings } from './supervisor/safety-settings.js';
import {
  isActive,
  mayAct,
  nextState,
  UNCONFIGURED,
  type SupervisorEvent,
  type SupervisorState,
} from './supervisor/supervisor.js';
import type { Unsubscribe } from './transport.js';
import { WeightsReporter } from './weights-reporter.js';

export type { ControllerOptions };

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
  private readonly options: ControllerOptions;
  private readonly safety: SafetySettings;
  private readonly network: HebbianNetwork | undefined;
  private readonly input: StateInput;
  private readonly output: CommandOutput;
  private readonly gate: PlasticityGate;
  private readonly health: PlasticityHealth;
  private readonly reporter: StatusReporter;
  private readonly weights: WeightsReporter | undefined;
  private readonly load: LoadWatch;
  private readonly lives: Lives;
  private readonly stopListening: Unsubscribe;
  private unsubscribe: Unsubscribe | undefined;
  private current: SupervisorState;
  private heading: number;

  private activatedAt: number;
  /** Of the control step that the policy acts or acted in. */
  private stepBegan = 0;
  /** Of the control step before; NaN before the first of a run. */
  private steppedAt = NaN;
  /** Arrival of the state that the policy is at work on; -Infinity: whatever it answers is of no use any more. */
  private actingOn = 0;
  private acting = false;
  private healthFound: Health = 'healthy';
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
    this.safety = { ...DEFAULT_SAFETY, ...options.safety };
    this.heading = options.goalHeading ?? 0;
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
    const { weightsPeriod = 0 } = options;
    if (this.network && weightsPeriod > 0) this.weights = new WeightsReporter(this.network, weightsPeriod);
    this.activatedAt = clock.now();
    this.perturbations = new ControllerPerturbations({
      transport,
      contract,
      network: this.network,
      gate: this.gate,
      simulated,
      enabled: options.perturbations ?? simulated,
      time: () => (isActive(this.current.phase) ? clock.now() - this.activatedAt : 0),
      weightsChanged: () => this.health.reset(clock.now()),
    });
    const { actuatorFaults } = this.perturbations;
    this.output = new CommandOutput({
      transport,
      clock,
      shaper: new CommandShaper(contract, actuatorFaults, this.safety, options.commandInterface),
      input: this.input,
      reporter: this.reporter,
      safety: this.safety,
    });
    this.load = new LoadWatch(contract.controlPeriod, this.safety);
    this.lives = new Lives(options.seed, options.referenceHeight);
    this.loop = new ControlLoop(clock, contract.controlPeriod, this.tick);
    this.current = nextState(
      { ...UNCONFIGURED, latched: options.latched },
      'configure',
      clock.now(),
      this.safety,
    );
    this.reporter.conclude(this.current);
    this.stopListening = listenToOperators(transport, (request) => this.grant(request));
  }

  /** What the supervisor decided last. */
  get state(): SupervisorState {
    return this.current;
  }

  /** Direction of the goal, rad from +x towards +y. */
  get goalHeading(): number {
    return this.heading;
  }

  set goalHeading(heading: number) {
    if (heading === this.heading) return;
    this.heading = heading;
    if (this.current.phase !== 'finalized') this.options.transport.publish('status', this.status());
  }

  /** Begin a life and the control loop, with its first step at `firstDeadline` (s; default: now). */
  activate(firstDeadline?: number): void {
    const { transport, clock, trigger } = this.options;
    if (this.current.phase !== 'inactive') return;
    this.activatedAt = clock.now();
    this.lives.awaitEpisode();
    this.steppedAt = NaN;
    this.output.pause();
    this.beginLife(this.activatedAt);
    this.unsubscribe = this.input.listen(transport, () => clock.now(), this.hear);
    this.apply('activate', this.activatedAt);
    this.conclude(this.activatedAt, '');
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
    this.output.sendSafe(now);
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
  resetWeights(seed = this.lives.nextWeightSeed()): boolean {
    if (!this.network) return false;
    const now = this.options.clock.now();
    this.network.resetWeights(seed);
    this.gate.release('health');
    this.health.reset(now);
    this.restart(now);
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
      goalHeading: this.heading,
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
      this.fail(error, now);
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
    const silence = now - this.steppedAt;
    this.steppedAt = now;
    const finding = this.judge(now, silence);
    if (finding !== 'good') {
      this.finish(finding, now);
      return;
    }
    if (this.acting) {
      this.lateSteps++;
      if (this.input.tooOld(now - this.actingOn)) this.finish('policy-late', now);
      else if (!mayAct(this.current)) this.publishCommand(now);
      return;
    }
    this.apply('good', now);
    if (!mayAct(this.current)) {
      this.publishCommand(now);
      // What stopped it is still to be read there when all is well again.
      this.conclude(now, this.current.phase === 'stopped' ? undefined : '');
      return;
    }
    if (this.lives.enter(this.input.episode, this.input.state.height)) this.beginAnotherLife(now);
    this.stepBegan = now;
    this.input.observe(this.lives.referenceHeight, this.heading, this.observation);
    this.perturbations.sensorFaults.apply(this.observation);
    // Finite readings can be so large that what is made of them is not: they must not reach the weights.
    if (allFinite(this.observation)) this.act(now);
    else this.finish('non-finite-state', now);
  }

  /** `silence`: s since the control step before; 0 within one. */
  private judge(now: number, silence: number): Finding {
    this.load.note(now, this.loop.missedPeriods);
    const found = this.input.judge(now);
    if (found !== 'good') return found;
    const overloaded = this.load.judge(now, silence);
    if (overloaded !== 'good') return overloaded;
    this.healthFound = this.health.measure(now);
    if (this.healthFound === 'stop') return 'runaway-plasticity';
    if (this.healthFound === 'damp') return 'unhealthy-plasticity';
    if (this.healthFound === 'freeze') this.gate.hold('health');
    return 'good';
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
    if (!mayAct(this.current) || this.input.tooOld(now - this.actingOn)) return;
    try {
      const found = this.judge(now, 0);
      if (found !== 'good') this.finish(found, now);
      else if (outcome !== 'good') this.finish(outcome, now, detail);
      else this.finishAction(now);
    } catch (error) {
      this.fail(error, now);
    }
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

  /** What failed was at work on something that cannot be trusted any more, and the robot must not wait for it. */
  private fail(error: unknown, now: number): void {
    this.finish('internal-fault', now, messageOf(error));
  }

  private describe(finding: Finding, now: number): string {
    const ofHealth = finding === 'unhealthy-plasticity' || finding === 'runaway-plasticity';
    return ofHealth ? this.health.describe() : this.input.describe(finding, now);
  }

  private apply(event: SupervisorEvent, now: number): void {
    this.current = nextState(this.current, event, now, this.safety);
  }

  private publishCommand(now: number): void {
    this.output.send(this.current, now, this.action, this.stepBegan);
  }

  /** Tell what there is to tell; `detail` undefined: as before. */
  private conclude(now: number, detail: string | undefined): void {
    const { reporter, perturbations, gate } = this;
    const { weights } = this;
    reporter.conclude(this.current, detail);
    if (weights?.due(now)) this.options.transport.publish('weights', weights.message);
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
    if (wasActive) this.output.sendSafe(now);
    this.output.pause();
    this.perturbations.endAll();
    this.actingOn = -Infinity;
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

  private beginAnotherLife(now: number): void {
    this.beginLife(now);
    this.restart(now);
    this.perturbations.update(now - this.activatedAt);
  }

  private restart(now: number): void {
    this.apply('restart', now);
    this.output.restart();
  }

  private beginLife(now: number): void {
    const seed = this.lives.nextSeed();
    this.perturbations.beginLife(seed);
    this.options.policy.reset(seed);
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
