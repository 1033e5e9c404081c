import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FINDINGS, type Finding } from '../../../bridge/supervisor/finding.js';
import {
  commandKind,
  fadeGain,
  isActive,
  mayAct,
  nextState,
  reasonOf,
  SUPERVISOR_ACTS,
  UNCONFIGURED,
  type SupervisorEvent,
  type SupervisorPhase,
  type SupervisorState,
} from '../../../bridge/supervisor/supervisor.js';

const SETTINGS = { fadeInTime: 1, recoveryTime: 0.5, dampedTimeout: 5 };
const FINDING_NAMES = Object.keys(FINDINGS) as Finding[];
const calling = (consequence: string) => FINDING_NAMES.filter((name) => FINDINGS[name].calls === consequence);

/** The state after events at their times, [event, s]. */
function after(...events: readonly (readonly [SupervisorEvent, number])[]): SupervisorState {
  return events.reduce<SupervisorState>(
    (state, [event, time]) => nextState(state, event, time, SETTINGS),
    UNCONFIGURED,
  );
}

const WAITING = after(['configure', 0], ['activate', 0]);
const RUNNING = after(['configure', 0], ['activate', 0], ['good', 0], ['good', 1]);
const then = (state: SupervisorState, event: SupervisorEvent, time: number) =>
  nextState(state, event, time, SETTINGS);

describe('the supervisor', () => {
  it('goes from configured to running through a fade-in that takes its time', () => {
    expect(WAITING.phase).toBe('waiting');
    const fading = then(WAITING, 'good', 2);
    expect(fading.phase).toBe('fading');
    expect([2, 2.25, 2.5, 3].map((time) => fadeGain(fading, time, SETTINGS))).toEqual([0, 0.25, 0.5, 1]);
    expect(then(fading, 'good', 2.99).phase).toBe('fading');
    expect(then(fading, 'good', 3).phase).toBe('running');
  });

  it.each(calling('hold'))(
    'waits through %s, holds at it once it has acted, and fades in after it',
    (bad) => {
      expect(then(WAITING, bad, 3).phase).toBe('waiting');
      const holding = then(RUNNING, bad, 3);
      expect(holding.phase).toBe('holding');
      expect(commandKind(holding)).toBe('safe');
      expect(then(holding, bad, 100)).toMatchObject({ phase: 'holding', since: 3 });
      expect(then(holding, 'good', 4).phase).toBe('fading');
    },
  );

  it.each(calling('damp'))('damps at %s, and fades in when all was well for the recovery time', (bad) => {
    for (const before of [WAITING, RUNNING]) {
      const damped = then(before, bad, 3);
      expect(commandKind(damped)).toBe('damp');
      const recovering = then(damped, 'good', 4);
      expect(then(recovering, 'good', 4.4).phase).toBe('damped');
      expect(then(recovering, 'good', 4.5).phase).toBe('fading');
      const relapsed = then(then(recovering, bad, 4.4), 'good', 4.5);
      expect(then(relapsed, 'good', 4.9).phase).toBe('damped');
    }
  });

  it.each(calling('damp'))('stops when %s lasts, and says why', (bad) => {
    const damped = then(RUNNING, bad, 3);
    expect(then(damped, bad, 7.9).phase).toBe('damped');
    expect(then(damped, bad, 8)).toMatchObject({ phase: 'stopped', latched: bad });
  });

  it.each(calling('hold'))('does not brake on %s while damped: velocities cannot be trusted then', (bad) => {
    const blind = then(then(RUNNING, 'tilt', 3), bad, 3.1);
    expect(blind.phase).toBe('damped');
    expect(commandKind(blind)).toBe('safe');
    expect(commandKind(then(blind, 'tilt', 3.2))).toBe('damp');
  });

  it.each(calling('stop'))('stops at %s until it is cleared', (bad) => {
    const stopped = then(RUNNING, bad, 3);
    expect(stopped).toMatchObject({ phase: 'stopped', latched: bad });
    for (const finding of FINDING_NAMES) expect(then(stopped, finding, 1e6)).toBe(stopped);
    expect(then(stopped, 'clear-stop', 4)).toMatchObject({ phase: 'waiting', latched: undefined });
  });

  it('takes an emergency stop in every phase but the last, and keeps it through everything but clearing', () => {
    const phases: SupervisorState[] = [
      UNCONFIGURED,
      after(['configure', 0]),
      WAITING,
      then(WAITING, 'good', 0),
      RUNNING,
      then(RUNNING, 'stale-state', 2),
      then(RUNNING, 'tilt', 2),
      then(RUNNING, 'runaway-plasticity', 2),
    ];
    for (const state of phases) {
      const stopped = then(state, 'emergency-stop', 3);
      expect(stopped.latched).toBe('emergency-stop');
      expect(stopped.phase).toBe(isActive(state.phase) ? 'stopped' : state.phase);
      const again = ['deactivate', 'cleanup', 'configure', 'activate', 'good', 'restart'] as const;
      expect(again.reduce<SupervisorState>((now, event) => then(now, event, 4), stopped)).toMatchObject({
        phase: 'stopped',
        latched: 'emergency-stop',
      });
    }
  });

  it('fades in anew after a restart of the robot', () => {
    expect(then(RUNNING, 'restart', 5)).toMatchObject({ phase: 'fading', since: 5 });
    expect(then(WAITING, 'restart', 5)).toBe(WAITING);
  });

  it('follows the life cycle of a managed node', () => {
    expect(then(UNCONFIGURED, 'activate', 1)).toBe(UNCONFIGURED);
    expect(then(RUNNING, 'cleanup', 1)).toBe(RUNNING);
    const inactive = then(RUNNING, 'deactivate', 2);
    expect(inactive.phase).toBe('inactive');
    expect(commandKind(inactive)).toBe('none');
    expect(then(inactive, 'good', 3)).toBe(inactive);
    expect(then(inactive, 'cleanup', 3).phase).toBe('unconfigured');
    expect(then(inactive, 'activate', 3).phase).toBe('waiting');
  });

  it('ends with a shutdown, from anywhere and for good', () => {
    for (const state of [UNCONFIGURED, WAITING, RUNNING]) {
      const ended = then(state, 'shutdown', 2);
      for (const event of [...SUPERVISOR_ACTS, ...FINDING_NAMES]) expect(then(ended, event, 3)).toBe(ended);
    }
  });

  it('says why it does what it does', () => {
    expect(reasonOf(WAITING)).toBe('no robot state has arrived yet');
    expect(reasonOf(RUNNING)).toBe('in control');
    expect(reasonOf(then(RUNNING, 'tilt', 3), '1.2 rad, at most 1.05')).toBe(
      'the torso is tilted too far: 1.2 rad, at most 1.05',
    );
    expect(reasonOf(then(RUNNING, 'emergency-stop', 3))).toBe('emergency stop; it stays until it is cleared');
  });
});

describe('in any sequence of events, the supervisor', () => {
  const events: readonly SupervisorEvent[] = [...SUPERVISOR_ACTS, ...FINDING_NAMES];
  // Mostly good, so that it gets somewhere; a shutdown would end the story.
  const anyEvent = fc.oneof(
    { weight: 3, arbitrary: fc.constant<SupervisorEvent>('good') },
    { weight: 2, arbitrary: fc.constantFrom(...events.filter((event) => event !== 'shutdown')) },
  );
  const anyPause = fc.oneof(
    fc.constant(0.0165),
    fc.double({ min: 0, max: 6, noNaN: true, noDefaultInfinity: true }),
  );
  const anyStory = fc.array(fc.tuple(anyEvent, anyPause), { minLength: 150, maxLength: 250 });
  let counted = 0;

  /** `expect`, a million times, would be most of the work. */
  function claim(holds: boolean, before: SupervisorState, next: SupervisorState): void {
    if (!holds) throw new Error(`${JSON.stringify(before)} led to ${JSON.stringify(next)}`);
  }

  /** Calls `check` with every step of stories of 100,000 events and more. */
  function inAnyStory(
    check: (before: SupervisorState, event: SupervisorEvent, next: SupervisorState, time: number) => void,
  ): void {
    counted = 0;
    fc.assert(
      fc.property(anyStory, (story) => {
        let state = UNCONFIGURED;
        let time = 0;
        for (const [event, pause] of story) {
          time += pause;
          const next = nextState(state, event, time, SETTINGS);
          check(state, event, next, time);
          state = next;
          counted++;
        }
      }),
      { numRuns: 700 },
    );
    expect(counted).toBeGreaterThanOrEqual(100_000);
  }

  it('comes to running only out of a fade-in of the whole time', () => {
    inAnyStory((before, _event, next, time) => {
      if (next.phase !== 'running' || before.phase === 'running') return;
      claim(before.phase === 'fading' && time - before.since >= SETTINGS.fadeInTime, before, next);
    });
  });

  it('lets the policy act in no period in which anything is wrong', () => {
    inAnyStory((before, event, next) => {
      if (event in FINDINGS && event !== 'good') claim(!mayAct(next), before, next);
    });
  });

  it('leaves a latched stop only when it is cleared', () => {
    inAnyStory((before, event, next) => {
      if (before.latched === undefined || event === 'clear-stop') return;
      claim(next.latched !== undefined && !mayAct(next), before, next);
      claim(!isActive(next.phase) || commandKind(next) === 'safe', before, next);
    });
  });

  it('sends something in every active phase, and nothing in the others', () => {
    inAnyStory((before, _event, next) => {
      claim((commandKind(next) === 'none') === !isActive(next.phase), before, next);
    });
  });

  it('keeps the time of each phase, and its gain between nothing and all', () => {
    const seen = new Set<SupervisorPhase>();
    inAnyStory((before, _event, next, time) => {
      seen.add(next.phase);
      const gain = fadeGain(next, time, SETTINGS);
      claim(next.since <= time && gain >= 0 && gain <= 1, before, next);
      claim(mayAct(next) || gain === 0, before, next);
    });
    expect([...seen].sort()).toEqual(
      ['damped', 'fading', 'holding', 'inactive', 'running', 'stopped', 'unconfigured', 'waiting'].sort(),
    );
  });
});
