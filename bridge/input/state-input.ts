import type { BodyState } from '../../policy/observation.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import type { Finding } from '../supervisor/finding.js';
import type { SafetySettings } from '../supervisor/safety-settings.js';
import type { Transport, Unsubscribe } from '../transport.js';
import { Arrivals } from './arrivals.js';
import { BodyLimits } from './body-limits.js';

/**
 * Where the controller hears of the robot: keeps the newest state, judges whether it is fit to act upon, and makes
 * the observation of it. Nothing of this allocates while all is well.
 */
export abstract class StateInput {
  readonly arrivals = new Arrivals();
  /** The newest state, in the contract's order. */
  abstract readonly state: BodyState;
  /** [joints], N m; NaN where it is not measured. */
  abstract readonly effort: Float64Array;
  protected readonly contract: RobotContract;
  private readonly settings: SafetySettings;
  private readonly limits: BodyLimits;
  private readonly staleAge: number;
  private newestStamp = -Infinity;
  private newestEpisode = 0;
  /** When a message came last that was no news, s. */
  private repeatedAt = -Infinity;
  /** The last stamp that was no news; Infinity: none since the newest state. */
  private refusedStamp = Infinity;

  protected constructor(contract: RobotContract, settings: SafetySettings) {
    this.contract = contract;
    this.settings = settings;
    this.limits = new BodyLimits(contract, settings);
    this.staleAge = settings.stalePeriods * contract.controlPeriod;
  }

  /** Of the newest state. */
  get episode(): number {
    return this.newestEpisode;
  }

  /** Hear of the robot from now on; `news` is called after every state that is new, of whatever quality. */
  abstract listen(transport: Transport, now: () => number, news: () => void): Unsubscribe;

  /** Write the observation of the newest state, which was judged good. */
  abstract observe(referenceHeight: number, goalHeading: number, out: Float32Array): void;

  /** What is wrong with the robot's make, naming its parts; undefined when it is the contract's. */
  protected abstract get refusal(): string | undefined;
  /** Whether all numbers of the newest state are finite. */
  protected abstract get finite(): boolean;

  /** Whether a state of this age is too old to act upon. */
  tooOld(age: number): boolean {
    return age > this.staleAge;
  }

  /** What there is to say of the newest state as of `now`. */
  judge(now: number): Finding {
    const { arrivals } = this;
    if (arrivals.last === -Infinity) return 'no-state';
    if (this.tooOld(arrivals.age(now))) return 'stale-state';
    if (this.refusal !== undefined) return 'foreign-robot';
    if (!this.finite) return 'non-finite-state';
    const finding = this.limits.judge(this.state, this.effort);
    if (finding !== 'good') return finding;
    const rate = arrivals.rate(now);
    if (rate < this.settings.leastInputRate) return 'slow-input';
    return rate > this.settings.largestInputRate ? 'fast-input' : 'good';
  }

  /** Whether the joint positions of the newest state can be relied upon. */
  poseKnown(now: number): boolean {
    const { arrivals } = this;
    if (this.tooOld(arrivals.age(now)) || this.refusal !== undefined || !this.finite) return false;
    return this.limits.judge(this.state, this.effort) !== 'absurd-state';
  }

  /** More about a finding of `judge`; empty where there is nothing. */
  describe(finding: Finding, now: number): string {
    if (finding === 'foreign-robot') return `it ${this.refusal ?? ''}`;
    if (finding === 'slow-input') {
      return `${this.arrivals.rate(now).toFixed(1)} a second, at least ${this.settings.leastInputRate}`;
    }
    if (finding === 'fast-input') {
      return `${this.arrivals.rate(now).toFixed(1)} a second, at most ${this.settings.largestInputRate.toFixed(1)}`;
    }
    if (finding === 'stale-state' && now - this.repeatedAt < this.arrivals.age(now)) {
      return 'states arrive, but their stamps do not go on';
    }
    return this.limits.describe(finding, this.state, this.effort);
  }

  /**
   * Whether a message that came at `now` is news: neither the same again nor one that was overtaken on its way. A
   * robot whose clock was set back (it was started anew) is heard again when its last state is too old to act upon
   * and its stamps go on from where they are.
   */
  protected isNews(stamp: number, episode: number, now: number): boolean {
    if (episode !== this.newestEpisode || !(stamp <= this.newestStamp)) return true;
    this.repeatedAt = now;
    if (stamp === this.newestStamp) return false;
    const goesOn = stamp > this.refusedStamp && this.tooOld(this.arrivals.age(now));
    this.refusedStamp = stamp;
    return goesOn;
  }

  /** Take note of a message that was news. One without a stamp does not count as an arrival. */
  protected accept(stamp: number, episode: number, now: number): void {
    if (!Number.isFinite(stamp) || !Number.isFinite(episode)) return;
    this.newestStamp = stamp;
    this.refusedStamp = Infinity;
    this.newestEpisode = episode;
    this.arrivals.note(now);
  }
}
