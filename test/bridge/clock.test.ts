import { describe, expect, it } from 'vitest';
import { ManualClock, MonotonicClock } from '../../bridge/clock.js';
import { describeClockContract, reallyPass } from '../contract/clock-contract.js';

describeClockContract('the manual clock', () => {
  const clock = new ManualClock(5);
  return {
    clock,
    pass: (seconds) => {
      clock.advance(seconds);
      return Promise.resolve();
    },
  };
});

describeClockContract('the monotonic clock', () => ({ clock: new MonotonicClock(), pass: reallyPass }));

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
