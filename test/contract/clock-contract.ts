import { describe, expect, it } from 'vitest';
import type { Cancel, Clock } from '../../bridge/clock.js';

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Resolves when `seconds` have passed on the clock. */
  readonly pass: (seconds: number) => Promise<void>;
}

/** Let real time pass, whatever the clock under test. */
export function reallyPass(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds + 5));
}

/** Let time pass until `calls` are `count`, and some more for what must not be called; for 20 s at most. */
export async function passUntil(
  pass: ClockUnderTest['pass'],
  calls: readonly unknown[],
  count: number,
): Promise<void> {
  for (let k = 0; k < 1000 && calls.length < count; k++) await pass(0.02);
  await pass(0.02);
}

/** What every clock promises. */
export function describeClockContract(name: string, make: () => ClockUnderTest): void {
  describe(`${name}, as every clock`, () => {
    it('does not go back', async () => {
      const { clock, pass } = make();
      let last = clock.now();
      for (let k = 0; k < 1000; k++) {
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
      }
      await pass(0.002);
      expect(clock.now()).toBeGreaterThanOrEqual(last + 0.002);
    });

    it.each([0, 0.0001, 0.0014, 0.0165])('calls once and not early, %d s ahead', async (delay) => {
      const { clock, pass } = make();
      const time = clock.now() + delay;
      const calls: number[] = [];
      clock.callAt(time, () => calls.push(clock.now()));
      await passUntil(pass, calls, 1);
      expect(calls).toHaveLength(1);
      expect(calls[0]).toBeGreaterThanOrEqual(time);
    });

    it('calls for a time that is over, but never from within the call', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      clock.callAt(clock.now() - 1, () => calls.push('over'));
      expect(calls).toEqual([]);
      await passUntil(pass, calls, 1);
      expect(calls).toEqual(['over']);
    });

    it('keeps an earlier appointment that was made later', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      const now = clock.now();
      clock.callAt(now + 0.02, () => calls.push('late'));
      clock.callAt(now + 0.005, () => calls.push('early'));
      await passUntil(pass, calls, 2);
      expect(calls).toEqual(['early', 'late']);
    });

    it('keeps appointments that are made while one is kept', async () => {
      const { clock, pass } = make();
      const asked: number[] = [];
      const calls: number[] = [];
      const ask = (): void => {
        asked.push(clock.now() + 0.002);
        clock.callAt(asked.at(-1)!, () => {
          calls.push(clock.now());
          if (calls.length < 4) ask();
        });
      };
      ask();
      await passUntil(pass, calls, 4);
      expect(calls).toHaveLength(4);
      calls.forEach((time, k) => expect(time).toBeGreaterThanOrEqual(asked[k]!));
    });

    it('does not call what was cancelled, though it was the next; cancelling twice is harmless', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      const now = clock.now();
      const cancel = clock.callAt(now + 0.001, () => calls.push('cancelled'));
      clock.callAt(now + 0.005, () => calls.push('kept'));
      cancel();
      cancel();
      await passUntil(pass, calls, 1);
      cancel();
      expect(calls).toEqual(['kept']);
    });

    it('lets an appointment cancel another that is due as well', async () => {
      const { clock, pass } = make();
      const calls: string[] = [];
      const now = clock.now();
      const cancels: Cancel[] = [];
      // Whichever comes first.
      cancels[0] = clock.callAt(now + 0.005, () => {
        calls.push('one of two');
        cancels[1]!();
      });
      cancels[1] = clock.callAt(now + 0.005, () => {
        calls.push('one of two');
        cancels[0]!();
      });
      await passUntil(pass, calls, 1);
      expect(calls).toEqual(['one of two']);
    });
  });
}
