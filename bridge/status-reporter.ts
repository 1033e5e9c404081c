import type { HebbianNetwork } from '../policy/hebbian-network.js';
import type { Perturbation } from '../policy/perturbation/index.js';
import { DurationHistogram } from './duration-histogram.js';
import type { ControllerState, ControllerStatus } from './message-map.js';
import { FINDING_REASONS, type Finding } from './supervisor.js';

/** What the controller knows about the moment that it reports on. */
export interface ReportedMoment {
  readonly now: number;
  readonly startedAt: number;
  /** When the newest robot state arrived; -Infinity before the first. */
  readonly stateAt: number;
  readonly overruns: number;
  readonly missedPeriods: number;
  readonly activePerturbations: readonly Perturbation[];
}

/** Counts what a controller does, knows when a status is due, and words it. Counting allocates nothing. */
export class StatusReporter {
  state: ControllerState = 'waiting';
  private finding: Finding | 'stop' = 'no-state';
  private detail = '';
  private steps = 0;
  private safeSteps = 0;
  private readonly stepTimes = new DurationHistogram();
  private readonly network: HebbianNetwork | undefined;
  private readonly period: number;
  private reportedAt = -Infinity;
  private reportedPerturbations: readonly Perturbation[] = [];
  private news = true;

  /** `period` in s, between reports in which nothing is new. */
  constructor(network: HebbianNetwork | undefined, period: number) {
    this.network = network;
    this.period = period;
  }

  /** Commands of the policy so far. */
  get policySteps(): number {
    return this.steps;
  }

  /** The outcome of a control period; `detail` says more about a finding that is not good. */
  conclude(state: ControllerState, finding: Finding | 'stop', detail: string): void {
    if (state !== this.state || finding !== this.finding || detail !== this.detail) this.news = true;
    this.state = state;
    this.finding = finding;
    this.detail = detail;
    if (state === 'running') this.steps++;
    else this.safeSteps++;
  }

  /** From the beginning of a control step of the policy to its command, s. */
  recordStepTime(duration: number): void {
    this.stepTimes.record(duration);
  }

  /** Whether something is new, or the period is over. */
  due(now: number, activePerturbations: readonly Perturbation[]): boolean {
    return (
      this.news || activePerturbations !== this.reportedPerturbations || now - this.reportedAt >= this.period
    );
  }

  /** Remember that a report went out. */
  reported(now: number, activePerturbations: readonly Perturbation[]): void {
    this.news = false;
    this.reportedAt = now;
    this.reportedPerturbations = activePerturbations;
  }

  report({ now, startedAt, stateAt, ...moment }: ReportedMoment): ControllerStatus {
    const { network, stepTimes, detail } = this;
    const reason = FINDING_REASONS[this.finding];
    const rms = network?.weightRms() ?? NaN;
    return {
      stamp: now,
      time: now - startedAt,
      state: this.state,
      reason: detail === '' ? reason : `${reason}: ${detail}`,
      steps: this.steps,
      safeSteps: this.safeSteps,
      overruns: moment.overruns,
      missedPeriods: moment.missedPeriods,
      stateAge: stateAt === -Infinity ? null : now - stateAt,
      stepTime:
        stepTimes.count === 0 ? null : { p50: stepTimes.percentile(50), p99: stepTimes.percentile(99) },
      weightRms: Number.isFinite(rms) ? rms : null,
      frozen: network === undefined || network.frozen || network.description.rule === 'static',
      activePerturbations: moment.activePerturbations,
    };
  }
}
