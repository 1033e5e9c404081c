import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Controller } from '../../bridge/controller.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { PERIOD } from './controller-rig.js';
import { anyStory, tell, type Moment, type Story, type ToldCommand } from './story.js';

/** Of each of the eight properties, which makes more than 100,000 in all. */
const EVENTS = 16_000;
const EPSILON = 1e-9;

/** Tells stories of `EVENTS` events and more; `check` tells one, and throws or returns how often it had to look. */
function inAnyStory(stories: fc.Arbitrary<Story>, check: (story: Story) => number): void {
  let events = 0;
  let looked = 0;
  fc.assert(
    fc.property(stories, (story) => {
      looked += check(story);
      events += story.events.length;
    }),
    { numRuns: 115 },
  );
  expect(events).toBeGreaterThanOrEqual(EVENTS);
  expect(looked, 'cases in which the property said something').toBeGreaterThan(500);
}

function claim(holds: boolean, what: string, command: ToldCommand, moment: Moment): void {
  if (holds) return;
  const { now, newest, newsAt, stopped, unwellAt, pose } = moment;
  const last = moment.commands.at(-1);
  throw new Error(
    `${what}: ${JSON.stringify({ command, last, now, newest, newsAt, stopped, unwellAt, pose })}`,
  );
}

function near(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && b.length > 0 && a.every((value, j) => Math.abs(value - b[j]!) < EPSILON);
}

/** No effort; in positions: holding the last command, or the pose in which the robot was read. */
function isSafe({ actions }: ToldCommand, { commandInterface }: Story, { commands, pose }: Moment): boolean {
  if (commandInterface === 'effort') return actions.every((action) => action === 0);
  return near(actions, commands.at(-1)?.actions) || near(actions, pose);
}

describe('in any story, the controller', { timeout: 120_000 }, () => {
  it('lets nothing out that is not finite or beyond a limit, and never fails itself', () => {
    inAnyStory(anyStory(), (story) => {
      let looked = 0;
      const { controller } = tell(story, {
        command(command, moment) {
          looked++;
          ANT_CONTRACT.joints.forEach(({ lower, upper, effortLimit }, j) => {
            const value = command.values[j]!;
            const within =
              story.commandInterface === 'effort'
                ? Math.abs(value) <= story.safety.largestAction * effortLimit + EPSILON
                : value >= lower && value <= upper;
            claim(Number.isFinite(value) && within, 'beyond a limit', command, moment);
          });
        },
      });
      expect(controller.state.latched).not.toBe('internal-fault');
      return looked;
    });
  });

  it('changes no command faster than the rate, but to the safe one', () => {
    inAnyStory(anyStory(), (story) => {
      const largest = story.safety.largestActionRate * PERIOD + EPSILON;
      const withinReach = (actions: readonly number[], from: readonly number[] | undefined): boolean =>
        from !== undefined && actions.every((action, j) => Math.abs(action - (from[j] ?? NaN)) <= largest);
      let looked = 0;
      tell(story, {
        command(command, moment) {
          if (isSafe(command, story, moment)) return;
          looked++;
          const { commands, pose } = moment;
          const last = commands.at(-1)?.actions ?? Array<number>(8).fill(0);
          // In positions, control begins where the robot is.
          const reached =
            withinReach(command.actions, last) ||
            (story.commandInterface === 'position' && withinReach(command.actions, pose));
          claim(reached, 'a leap', command, moment);
        },
      });
      return looked;
    });
  });

  it('sends the safe command in the first period in which the state is too old, and from then on', () => {
    inAnyStory(anyStory(), (story) => {
      const staleAge = story.safety.stalePeriods * PERIOD;
      let looked = 0;
      tell(story, {
        command(command, moment) {
          if (!(moment.now - moment.newsAt > staleAge + EPSILON)) return;
          looked++;
          claim(isSafe(command, story, moment), 'acts on what is stale', command, moment);
        },
      });
      return looked;
    });
  });

  it('sends the safe command in every period in which the state is nothing to go by', () => {
    inAnyStory(anyStory(), (story) => {
      let looked = 0;
      tell(story, {
        command(command, moment) {
          if (moment.newest !== 'bad') return;
          looked++;
          claim(isSafe(command, story, moment), 'acts on what is no state', command, moment);
        },
      });
      return looked;
    });
  });

  it('sends nothing but the safe command from an emergency stop on until it is cleared', () => {
    inAnyStory(anyStory(), (story) => {
      let looked = 0;
      let stops = 0;
      const { controller } = tell(story, {
        command(command, moment) {
          if (!moment.stopped) return;
          looked++;
          claim(isSafe(command, story, moment), 'moves after an emergency stop', command, moment);
        },
        event({ kind }, { stopped, commands, now }) {
          if (!kind.startsWith('emergency stop')) return;
          stops++;
          expect(stopped).toBe(true);
          // At once, not in the next period.
          if (story.commandInterface === 'effort') expect(commands.at(-1)!.time).toBe(now);
        },
      });
      if (stops > 0 && controller.state.latched === undefined) {
        expect(story.events.some(({ kind }) => kind === 'clear stop')).toBe(true);
      }
      return looked;
    });
  });

  it('comes back to the whole of the command only through a fade-in', () => {
    // A policy that always wants all, and no braking, so that what leaves is the policy's share and nothing else.
    const stories = anyStory({
      policy: 'full',
      safety: { dampingGain: 0, largestAction: 1, largestActionRate: 20 },
    });
    let whole = 0;
    inAnyStory(stories, (story) => {
      const { fadeInTime, largestActionRate } = story.safety;
      const change = largestActionRate * PERIOD;
      let looked = 0;
      let base: readonly number[] = [];
      let unwell = -Infinity;
      tell(story, {
        command(command, moment) {
          const { commands, now, unwellAt, activatedAt, pose } = moment;
          const last = commands.at(-1);
          const first = last === undefined || last.time < activatedAt;
          const gain = Math.min(1, (now - unwellAt) / fadeInTime);
          if (isSafe(command, story, moment)) base = command.actions;
          else if (first) base = pose;
          else if (unwellAt !== unwell) base = last.actions;
          unwell = unwellAt;
          if (command.actions.every((action) => Math.abs(action) > 0.99)) whole++;
          if (gain === 1) return;
          looked++;
          command.actions.forEach((action, j) => {
            const [size, share] =
              story.commandInterface === 'position'
                ? [Math.abs(action - base[j]!), 2 * gain]
                : // What was still on its way when the fade-in began is taken back as fast as the rate allows.
                  [Math.abs(action), Math.max(gain, Math.abs(first ? 0 : last.actions[j]!) - change)];
            claim(size <= share + EPSILON, `more than its share of ${gain}`, command, moment);
          });
        },
      });
      return looked;
    });
    expect(whole).toBeGreaterThan(500);
  });

  it('ends every perturbation that has a duration when its time is over, and with the run', () => {
    inAnyStory(anyStory(), (story) => {
      let looked = 0;
      const times = new Map<string, number>();
      const running = (controller: Controller) => controller.perturbations.active.map(({ id }) => id);
      const { controller, clock, moment } = tell(story, {
        accepted(id, start, duration, { active, now, activatedAt }) {
          if (duration === undefined) return;
          times.set(id, duration + (active ? Math.max(start, now - activatedAt) : start));
        },
        event({ kind }, { now, active, activatedAt }, _before, controller) {
          if (kind === 'deactivate') times.clear();
          if (!active) expect(running(controller)).toEqual([]);
          for (const id of running(controller)) {
            looked++;
            // Begun in the step after its start, ended in the one after its end.
            const left = (times.get(id) ?? Infinity) - (now - activatedAt);
            if (!(left >= -2 * PERIOD - EPSILON)) throw new Error(`${id} should have ended ${-left} s ago`);
          }
        },
      });
      clock.advance(PERIOD * 3 + Math.max(0, ...times.values()));
      expect(running(controller).filter((id) => times.has(id))).toEqual([]);
      const { plasticity, activePerturbations } = controller.status();
      if (moment.active && activePerturbations.every(({ type }) => type !== 'freeze')) {
        expect(plasticity!.frozenBy).not.toContain('perturbation');
      }
      return looked;
    });
  });

  it('sends exactly one command in every period of its loop, and beside them only what acts call for', () => {
    inAnyStory(anyStory(), (story) => {
      let looked = 0;
      let seen = 0;
      let period = 0;
      let ready = false;
      tell(story, {
        event({ kind }, { commands, now, active, firstStep, activatedAt }, before) {
          const sent = commands.slice(seen).map(({ time }) => time);
          seen = commands.length;
          if (kind === 'activate' && activatedAt === now) {
            period = 0;
            // A position can be held only once it is known.
            ready = story.commandInterface === 'effort';
          }
          if (now === before) {
            const acts = kind === 'deactivate' || kind.startsWith('emergency stop');
            expect(sent.length).toBeLessThanOrEqual(acts ? 1 : 0);
            ready ||= sent.length > 0;
            return;
          }
          const due: number[] = [];
          while (active && firstStep + period * PERIOD <= now) due.push(firstStep + period++ * PERIOD);
          expect(sent).toEqual(ready ? due : due.slice(due.length - sent.length));
          ready ||= sent.length > 0;
          looked += due.length;
        },
      });
      return looked;
    });
  });
});
