import type { RobotContract } from '../robot-contract.js';
import { perturbationKind } from './perturbation-kinds.js';
import { refuse, type Perturbation, type Refusal } from './perturbation.js';
import { jointsOfLeg, sensorNames } from './target-names.js';

/** What the schedule calls when a perturbation's time has come, and when it is over. */
export interface PerturbationEffects {
  /** Instant kinds are only begun, never ended. */
  begin(perturbation: Perturbation): void;
  end(perturbation: Perturbation): void;
}

interface Entry {
  readonly perturbation: Perturbation;
  /** What it holds while it lasts; see {@link heldBy}. */
  readonly holds: readonly string[];
  readonly instant: boolean;
  readonly begins: number;
  /** Infinity: when somebody ends it. */
  ends: number;
  active: boolean;
}

/** Perturbations that may be active and scheduled together. */
export const LARGEST_SCHEDULE = 64;

/**
 * When accepted perturbations begin and end, on a time that is passed in (s). Two that would hold the same
 * thing at the same time are refused. Every time-boxed one ends by itself.
 */
export class PerturbationSchedule {
  private readonly contract: RobotContract;
  private readonly entries: Entry[] = [];
  private activeNow: readonly Perturbation[] = [];

  constructor(contract: RobotContract) {
    this.contract = contract;
  }

  /** Those that have begun and not ended, oldest first; another array whenever it changes. */
  get active(): readonly Perturbation[] {
    return this.activeNow;
  }

  /** Whether one of this id is active or scheduled. */
  has(id: string): boolean {
    return this.entries.some(({ perturbation }) => perturbation.id === id);
  }

  /** Take an accepted perturbation in at `now`, or say why it cannot be. It begins at the next `update`. */
  add(perturbation: Perturbation, now: number): Refusal | undefined {
    const { id, component, type, start, duration } = perturbation;
    if (this.has(id)) return refuse('ERR_PERTURBATION_OVERLAP', `the id '${id}' is in use; give another one`);
    if (this.entries.length >= LARGEST_SCHEDULE) {
      return refuse(
        'ERR_PERTURBATION_OVERLAP',
        `${LARGEST_SCHEDULE} perturbations are waiting; end one first`,
      );
    }
    const begins = Math.max(start, now);
    const ends = begins + (duration ?? Infinity);
    const instant = perturbationKind(component, type)?.instant ?? false;
    const holds = instant ? [] : heldBy(perturbation, this.contract);
    for (const entry of this.entries) {
      if (entry.begins >= ends || begins >= entry.ends) continue;
      const both = entry.holds.find((held) => holds.includes(held));
      if (both === undefined) continue;
      const other = entry.perturbation.id;
      const until =
        entry.ends === Infinity ? `end '${other}' first` : `begin at ${wholeMs(entry.ends)} s or later`;
      return refuse('ERR_PERTURBATION_OVERLAP', `${both} is held by '${other}' at that time; ${until}`);
    }
    this.entries.push({ perturbation, holds, instant, begins, ends, active: false });
    return undefined;
  }

  /** Ask for the end of an active or scheduled one, at the next `update`. */
  end(id: string): Refusal | undefined {
    const entry = this.entries.find(({ perturbation }) => perturbation.id === id);
    if (entry) {
      entry.ends = -Infinity;
      return undefined;
    }
    const known = this.entries.map(({ perturbation }) => `'${perturbation.id}'`).join(', ');
    return refuse(
      'ERR_PERTURBATION_UNKNOWN',
      `no perturbation '${id}'; there ${known ? `are ${known}` : 'is none'}`,
    );
  }

  /** Ask for the end of all that are active; what is scheduled for later stays. */
  endActive(): void {
    for (const entry of this.entries) if (entry.active) entry.ends = -Infinity;
  }

  /** Ask for the end of all, active or scheduled. */
  endAll(): void {
    for (const entry of this.entries) entry.ends = -Infinity;
  }

  /**
   * Once each control step: end what is over, then begin what is due. Allocates nothing while nothing changes.
   * A time-boxed one whose whole time fell between two updates still lasts from this update to the next.
   */
  update(time: number, effects: PerturbationEffects): void {
    const { entries } = this;
    let changed = false;
    for (let e = entries.length - 1; e >= 0; e--) {
      const entry = entries[e]!;
      // What was asked to end before it began goes without a trace.
      if (entry.active ? time < entry.ends : entry.ends !== -Infinity) continue;
      entries.splice(e, 1);
      if (!entry.active) continue;
      changed = true;
      effects.end(entry.perturbation);
    }
    for (let e = 0; e < entries.length; e++) {
      const entry = entries[e]!;
      if (entry.active || time < entry.begins) continue;
      if (entry.instant) entries.splice(e--, 1);
      else {
        entry.active = true;
        changed = true;
      }
      effects.begin(entry.perturbation);
    }
    if (changed)
      this.activeNow = entries.filter(({ active }) => active).map(({ perturbation }) => perturbation);
  }
}

/** A time in s that is not before `time`, as people write it. */
function wholeMs(time: number): number {
  return Math.ceil(time * 1000) / 1000;
}

/** What a perturbation holds while it lasts: nobody else may have it then. */
function heldBy({ component, type, target }: Perturbation, contract: RobotContract): string[] {
  switch (component) {
    case 'joint':
      return [`${type === 'locked' ? 'the lock' : 'the actuator'} of ${target ?? ''}`];
    case 'leg':
      if (type === 'shorten') return [`the length of ${target ?? ''}`];
      return jointsOfLeg(contract, target ?? '').map(
        (j) => `${type === 'locked' ? 'the lock' : 'the actuator'} of ${contract.joints[j]!.name}`,
      );
    case 'sensor':
      return (target === undefined ? sensorNames(contract) : [target]).map((name) => `the sensor ${name}`);
    case 'weights':
      return [];
    case 'plasticity':
    case 'outputs':
      return [component];
  }
}
