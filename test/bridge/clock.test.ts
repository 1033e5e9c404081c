import { describe, expect, it } from 'vitest';
import { ManualClock, MonotonicClock } from '../../bridge/clock.js';

describe('the manual clock', () => {
  it('stands still until told', () => {
    const clock = new ManualClock(5);
    expect(clock.now()).toBe(5);
    clock.advance(0.5);
    expect(clock.now()).toBe(5.5);
  });

  it('keeps appointments in order of time, and of the same time in the order in which they were made', () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const at = (time: number, name: string) => clock.callAt(time, () => calls.push(`${name} ${clock.now()}`));
    at(2, 'a');
    at(1, 'b');
    at(2, 'c');
    at(3, 'd');
    clock.advance(2);
    expect(calls).toEqual(['b 1', 'a 2', 'c 2']);
  });

  it('keeps appointments that are made on the way', () => {
    const clock = new ManualClock();
    const calls: number[] = [];
    const again = () => {
      calls.push(clock.now());
      clock.callAt(clock.now() + 1, again);
    };
    clock.callAt(1, again);
    clock.advance(3);
    expect(calls).toEqual([1, 2, 3]);
  });

  it('forgets what is cancelled', () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const cancel = clock.callAt(1, () => calls.push('cancelled'));
    clock.callAt(1, () => calls.push('kept'));
    cancel();
    cancel();
    clock.advance(1);
    expect(calls).toEqual(['kept']);
  });

  it('is late with what falls due while a callback is busy', () => {
    const clock = new ManualClock();
    const calls: number[] = [];
    clock.callAt(1, () => clock.beBusy(0.75));
    clock.callAt(1.5, () => calls.push(clock.now()));
    clock.advance(2);
    expect(calls).toEqual([1.75]);
  });
});

describe('the monotonic clock', () => {
  it('does not go back', () => {
    const clock = new MonotonicClock();
    let last = clock.now();
    for (let k = 0; k < 1000; k++) {
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  it('never calls early', async () => {
    const clock = new MonotonicClock();
    for (const delay of [0, 0.0001, 0.0014, 0.0165]) {
      const time = clock.now() + delay;
      const called = await new Promise<number>((resolve) => clock.callAt(time, () => resolve(clock.now())));
      expect(called).toBeGreaterThanOrEqual(time);
    }
  });

  it('does not call what was cancelled', async () => {
    const clock = new MonotonicClock();
    const calls: string[] = [];
    const cancel = clock.callAt(clock.now() + 0.001, () => calls.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => clock.callAt(clock.now() + 0.005, resolve));
    expect(calls).toEqual([]);
  });
});
