import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { CommandGuard, type GuardState } from '../../bridge/command-guard.js';
import type { JointCommand, MessageMap, Topic } from '../../bridge/message-map.js';
import { InMemoryNetwork, InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import type { Listener, Transport, Unsubscribe } from '../../bridge/transport.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';

const PERIOD = ANT_CONTRACT.controlPeriod;
const SAFE = Array<number>(8).fill(0);
const MOVE = Array<number>(8).fill(75);

/** Delivers to its listeners later, as a network does: when `deliver` is called, or not at all. */
class LateTransport implements Transport {
  private readonly inner: Transport;
  private readonly waiting: (() => void)[] = [];

  constructor(inner: Transport) {
    this.inner = inner;
  }

  publish<T extends Topic>(topic: T, message: MessageMap[T]): void {
    this.inner.publish(topic, message);
  }

  subscribe<T extends Topic>(topic: T, listener: Listener<T>): Unsubscribe {
    return this.inner.subscribe(topic, (message) => {
      const copy = structuredClone(message);
      this.waiting.push(() => listener(copy));
    });
  }

  deliver(): void {
    for (const arrive of this.waiting.splice(0)) arrive();
  }

  /** Messages of different publishers keep no order among themselves. */
  deliverLastFirst(): void {
    for (const arrive of this.waiting.splice(0).reverse()) arrive();
  }

  lose(): void {
    this.waiting.length = 0;
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

function guardRig({ late = false, timeoutPeriods = 5 } = {}) {
  const clock = new ManualClock(100);
  const network = new InMemoryNetwork();
  const controller = new InMemoryTransport(network);
  const robot = new InMemoryTransport(network);
  const published: { at: number; values: number[] }[] = [];
  robot.subscribe('jointCommand', ({ values }) => published.push({ at: clock.now(), values: [...values] }));
  const own = new InMemoryTransport(network);
  const slow = new LateTransport(own);
  const changes: [GuardState, string][] = [];
  const guard = new CommandGuard({
    transport: late ? slow : own,
    clock,
    contract: ANT_CONTRACT,
    timeoutPeriods,
    onChange: (state, reason) => changes.push([state, reason]),
  });
  const command = (values: readonly number[]): JointCommand => ({
    stamp: clock.now(),
    names: ANT_CONTRACT.joints.map(({ name }) => name),
    interface: 'effort',
    values: Float64Array.from(values),
  });
  return {
    clock,
    guard,
    slow,
    changes,
    published,
    /** What was published since the last call. */
    take: () => published.splice(0).map(({ values }) => values),
    say: (values: readonly number[]) => controller.publish('jointCommand', command(values)),
    /** The controller says `values` in each of `periods`. */
    walk(periods: number, values: readonly number[] = MOVE) {
      for (let k = 0; k < periods; k++) {
        this.say(values);
        clock.advance(PERIOD);
      }
    },
  };
}

describe('a guard says nothing', () => {
  it('before it has heard a command', () => {
    const { clock, take, guard } = guardRig();
    clock.advance(60);
    expect(take()).toEqual([]);
    expect(guard.state).toBe('idle');
  });

  it('while commands flow, however many', () => {
    const rig = guardRig();
    rig.walk(1000);
    expect(rig.published).toHaveLength(1000);
    expect(rig.guard).toMatchObject({ state: 'watching', heard: 1000, sent: 0 });
  });

  it('while they come with gaps shorter than the timeout', () => {
    const rig = guardRig();
    for (let k = 0; k < 100; k++) {
      rig.say(MOVE);
      rig.clock.advance(4.9 * PERIOD);
    }
    expect(rig.guard.sent).toBe(0);
  });

  it('when the last word of the controller was the safe command', () => {
    const rig = guardRig();
    rig.walk(10);
    rig.say(SAFE);
    rig.take();
    rig.clock.advance(60);
    expect(rig.take()).toEqual([]);
    expect(rig.guard.state).toBe('idle');
  });

  it('after it was stopped', () => {
    const rig = guardRig();
    rig.walk(10);
    rig.guard.stop();
    rig.take();
    rig.clock.advance(60);
    expect(rig.take()).toEqual([]);
  });
});

describe('a guard whose controller falls silent in motion', () => {
  it.each([2, 5, 20])('takes over after %i periods, not before', (timeoutPeriods) => {
    const rig = guardRig({ timeoutPeriods });
    rig.say(MOVE);
    rig.take();
    rig.clock.advance((timeoutPeriods - 0.01) * PERIOD);
    expect(rig.take()).toEqual([]);
    rig.clock.advance(0.02 * PERIOD);
    expect(rig.take()).toEqual([SAFE]);
    expect(rig.guard).toMatchObject({ state: 'acting', takeovers: 1 });
  });

  it('counts from the last command, not from an earlier one', () => {
    const rig = guardRig();
    rig.say(MOVE);
    rig.clock.advance(4 * PERIOD);
    rig.say(MOVE);
    rig.take();
    rig.clock.advance(4.9 * PERIOD);
    expect(rig.take()).toEqual([]);
    rig.clock.advance(0.2 * PERIOD);
    expect(rig.take()).toEqual([SAFE]);
  });

  it('says the safe command in every period from then on', () => {
    const rig = guardRig();
    rig.say(MOVE);
    rig.take();
    rig.clock.advance(104.5 * PERIOD);
    expect(rig.take()).toEqual(Array(100).fill(SAFE));
  });

  it('takes a command that is not a number for motion', () => {
    const rig = guardRig();
    rig.say(Array<number>(8).fill(NaN));
    rig.take();
    rig.clock.advance(5.5 * PERIOD);
    expect(rig.take()).toEqual([SAFE]);
  });

  it('takes one joint that is told to move for motion', () => {
    const rig = guardRig();
    rig.say([...SAFE.slice(1), 1e-9]);
    rig.take();
    rig.clock.advance(5.5 * PERIOD);
    expect(rig.take()).toEqual([SAFE]);
  });

  it('tells when it takes over and when it gives back, and why', () => {
    const rig = guardRig();
    rig.say(MOVE);
    rig.clock.advance(6 * PERIOD);
    rig.say(MOVE);
    expect(rig.changes).toEqual([
      ['acting', 'no command for 82.5 ms, and the last one was not the safe one'],
      ['watching', 'commands flow again'],
    ]);
  });
});

describe('a guard that is acting', () => {
  it.each([false, true])('is silent from the first command of the controller on (late: %s)', (late) => {
    const rig = guardRig({ late });
    rig.say(MOVE);
    rig.slow.deliver();
    rig.clock.advance(8.5 * PERIOD);
    rig.slow.deliver();
    rig.take();
    for (let k = 0; k < 50; k++) {
      rig.say(MOVE);
      rig.slow.deliver();
      rig.clock.advance(PERIOD);
    }
    expect(rig.take()).toEqual(Array(50).fill(MOVE));
    expect(rig.guard.state).toBe('watching');
  });

  it.each([false, true])('does not take its own commands for the controller’s (late: %s)', (late) => {
    const rig = guardRig({ late });
    rig.say(MOVE);
    rig.slow.deliver();
    rig.clock.advance(5.5 * PERIOD);
    for (let k = 0; k < 1000; k++) {
      rig.slow.deliver();
      rig.clock.advance(PERIOD);
    }
    expect(rig.guard).toMatchObject({ state: 'acting', heard: 1, sent: 1001 });
  });

  it('leaves the word to a controller that is back and says the safe command itself', () => {
    const rig = guardRig();
    rig.say(MOVE);
    rig.clock.advance(8.5 * PERIOD);
    rig.take();
    rig.walk(50, SAFE);
    expect(rig.take()).toHaveLength(50);
    expect(rig.guard.state).toBe('idle');
    expect(rig.changes.at(-1)).toEqual(['idle', 'the controller says the safe command itself']);
  });

  it('is not led astray by own commands that come back after the controller’s', () => {
    const rig = guardRig({ late: true });
    rig.say(MOVE);
    rig.slow.deliver();
    rig.clock.advance(5.1 * PERIOD);
    rig.say(MOVE);
    rig.slow.deliverLastFirst();
    expect(rig.guard.state).toBe('watching');
    rig.take();
    rig.clock.advance(5.1 * PERIOD);
    expect(rig.take()).toEqual([SAFE]);
  });

  it('hears a controller that is silent on purpose although own commands were lost', () => {
    const rig = guardRig({ late: true });
    rig.say(MOVE);
    rig.slow.deliver();
    rig.clock.advance(8.5 * PERIOD);
    rig.slow.lose();
    for (let k = 0; k < 20; k++) {
      rig.say(MOVE);
      rig.slow.deliver();
      rig.clock.advance(PERIOD);
    }
    rig.say(SAFE);
    rig.slow.deliver();
    rig.take();
    rig.clock.advance(60);
    expect(rig.take()).toEqual([]);
  });

  it('takes over again when the controller dies again', () => {
    const rig = guardRig();
    rig.walk(10);
    rig.clock.advance(20 * PERIOD);
    rig.walk(10);
    rig.take();
    rig.clock.advance(4.5 * PERIOD);
    expect(rig.take()).toEqual([SAFE]);
    expect(rig.guard.takeovers).toBe(2);
  });
});

describe('a guard that was held up itself', () => {
  it('first hears what came meanwhile', () => {
    const rig = guardRig({ late: true });
    rig.say(MOVE);
    rig.slow.deliver();
    rig.take();
    rig.clock.beBusy(30 * PERIOD);
    rig.clock.advance(0);
    expect(rig.take()).toEqual([]);
    rig.say(MOVE);
    rig.slow.deliver();
    rig.take();
    rig.clock.advance(4.9 * PERIOD);
    expect(rig.take()).toEqual([]);
  });

  it('takes over a period later if nothing came, even if it is held up again', () => {
    const rig = guardRig();
    rig.say(MOVE);
    rig.take();
    rig.clock.beBusy(30 * PERIOD);
    rig.clock.advance(0);
    rig.clock.beBusy(30 * PERIOD);
    rig.clock.advance(0);
    expect(rig.take()).toEqual([SAFE]);
  });
});

describe('whatever a controller says, and when,', () => {
  const event = fc.record({
    values: fc.constantFrom(MOVE, MOVE, SAFE, Array<number>(8).fill(NaN)),
    /** Periods of silence after it. */
    silence: fc.oneof(
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      // Not at a whole number of periods, where rounding decides.
      fc.tuple(fc.nat(36), fc.double({ min: 0.01, max: 0.99, noNaN: true })).map(([k, part]) => 3 + k + part),
    ),
  });

  it('a guard speaks when the robot was told to move and nothing followed in time, and only then', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (story) => {
        const rig = guardRig();
        for (const { values, silence } of story) {
          rig.say(values);
          rig.take();
          rig.clock.advance(silence * PERIOD);
          const said = rig.take();
          const late = values !== SAFE && silence > 5.001;
          if (silence < 4.999 || values === SAFE) expect(said).toEqual([]);
          if (late) expect(said).toEqual(Array(Math.floor(silence - 5) + 1).fill(SAFE));
        }
      }),
      { numRuns: 500 },
    );
  });
});
