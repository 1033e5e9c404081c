import type { HebbianNetwork } from '../policy/hebbian-network.js';
import type { Perturbation } from '../policy/perturbation/index.js';
import { DurationHistogram } from './duration-histogram.js';
import type { ControllerStatus, Percentiles } from './message-map.js';
import type { FreezeHolder } from './plasticity-gate.js';
import { SlidingCount } from './sliding-count.js';
import type { Health, PlasticityHealth } from './supervisor/plasticity-health.js';
import { FINDINGS } from './supervisor/finding.js';
import { reasonOf, UNCONFIGURED, type SupervisorState } from './supervisor/supervisor.js';

/** What the controller knows about the moment that it reports on. */
export interface ReportedMoment {
  readonly now: number;
  readonly activatedAt: number;
  /** When the newest robot state arrived; -Infinity before the first. */
  readonly stateAt: number;
  readonly inputRate: number;
  readonly overruns: number;
  readonly missedPeriods: number;
  readonly health: Health;
  readonly frozenBy: readonly FreezeHolder[];
  /** rad from +x towards +y */
  readonly goalHeading: number;
  readonly activePerturbations: readonly Perturbation[];
}

/** Counts what a controller does, knows when a status is due, and words it. Counting allocates nothing. */
export class StatusReporter {
  private state: SupervisorState = UNCONFIGURED;
  private detail = '';
  private steps = 0;
  private safeSteps = 0;
  private readonly stepTimes = new DurationHistogram();
  private readonly jitter = new DurationHistogram();
  private readonly commands = new SlidingCount();
  private commandAt = NaN;
  private firstCommandAt = NaN;
  private readonly network: HebbianNetwork | undefined;
  private readonly plasticity: PlasticityHealth;
  private readonly controlPeriod: number;
  private readonly period: number;
  private reportedAt = -Infinity;
  private reportedPerturbations: readonly Perturbation[] = [];
  private reportedHolders: readonly FreezeHolder[] = [];
  private news = true;

  /** Periods in s; `period`: between reports in which nothing is new. */
  constructor(
    network: HebbianNetwork | undefined,
    plasticity: PlasticityHealth,
    controlPeriod: number,
    period: number,
  ) {
    this.network = network;
    this.plasticity = plasticity;
    this.controlPeriod = controlPeriod;
    this.period = period;
  }

  /**
   * The state that a control period, or an act, led to; `detail` says more about its finding; undefined: as before.
   */
  conclude(state: SupervisorState, detail = this.detail): void {
    const { phase, finding, latched } = this.state;
    const same = phase === state.phase && finding === state.finding && latched === state.latched;
    if (!same || detail !== this.detail) this.news = true;
    this.state = state;
    this.detail = detail;
  }

  /** A command left at `now`. */
  recordCommand(now: number, ofPolicy: boolean): void {
    if (ofPolicy) this.steps++;
    else this.safeSteps++;
    const error = Math.abs(now - this.commandAt - this.controlPeriod);
    if (Number.isNaN(error)) this.firstCommandAt = now;
    else this.jitter.record(error);
    this.commandAt = now;
    this.commands.add(now);
  }

  /** From the beginning of a control step of the policy to its command, s. */
  recordStepTime(duration: number): void {
    this.stepTimes.record(duration);
  }

  /** Commands pause: what comes next is no late one. */
  pause(): void {
    this.commandAt = NaN;
  }

  /** Whether something is new, or the period is over. */
  due(now: number, perturbations: readonly Perturbation[], holders: readonly FreezeHolder[]): boolean {
    return (
      this.news ||
      perturbations !== this.reportedPerturbations ||
      holders !== this.reportedHolders ||
      now - this.reportedAt >= this.period
    );
  }

  /** Remember that a report went out. */
  reported(now: number, perturbations: readonly Perturbation[], holders: readonly FreezeHolder[]): void {
    this.news = false;
    this.reportedAt = now;
    this.reportedPerturbations = perturbations;
    this.reportedHolders = holders;
  }

  report({ now, activatedAt, stateAt, inputRate, ...moment }: ReportedMoment): ControllerStatus {
    const { network, plasticity, state, detail } = this;
    const rms = network?.weightRms() ?? NaN;
    return {
      stamp: now,
      time: now - activatedAt,
      state: state.phase,
      reason: reasonOf(state, detail),
      latched:
        state.latched === undefined
          ? null
          : state.latched === 'emergency-stop'
            ? 'emergency stop'
            : FINDINGS[state.latched].reason,
      steps: this.steps,
      safeSteps: this.safeSteps,
      overruns: moment.overruns,
      missedPeriods: moment.missedPeriods,
      stateAge: stateAt === -Infinity ? null : now - stateAt,
      inputRate: orNull(inputRate),
      outputRate: now - this.firstCommandAt >= 1 ? this.commands.rate(now) : null,
      stepTime: percentiles(this.stepTimes),
      jitter: percentiles(this.jitter),
      plasticity: network
        ? {
            layerRms: network.layers.map((_, layer) => orNull(network.weightRms(layer))),
            drift: orNull(plasticity.drift),
            saturation: orNull(plasticity.saturation),
            frozenBy: moment.frozenBy,
            health: moment.health,
          }
        : null,
      weightRms: orNull(rms),
      frozen: network === undefined || network.frozen || network.description.rule === 'static',
      goalHeading: moment.goalHeading,
      activePerturbations: moment.activePerturbations,
    };
  }
}

function percentiles(histogram: DurationHistogram): Percentiles | null {
  return histogram.count === 0 ? null : { p50: histogram.percentile(50), p99: histogram.percentile(99) };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
