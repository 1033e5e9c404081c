import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { ControlLoop } from '../../bridge/control-loop.js';

function loopThatTakes(durations: readonly number[], period = 1) {
  const clock = new ManualClock();
  const times: number[] = [];
  const loop = new ControlLoop(clock, period, () => {
    times.push(clock.now());
    clock.beBusy(durations[times.length - 1] ?? 0);
  });
  return { clock, loop, times };
}

describe('the control loop', () => {
  it('steps at start + k x period, from the start on', () => {
    const { clock, loop, times } = loopThatTakes([]);
    clock.advance(10);
    loop.start();
    expect(times).toEqual([]);
    clock.advance(3.5);
    expect(times).toEqual([10, 11, 12, 13]);
  });

  it('does not drift, however long the steps take within their period', () => {
    const period = 0.0165;
    const { clock, loop, times } = loopThatTakes(Array<number>(10_000).fill(0.9 * period), period);
    loop.start(0.5);
    clock.advance(0.5 + 10_000 * period - period / 2);
    expect(times).toHaveLength(10_000);
    expect(times.at(-1)).toBe(0.5 + 9_999 * period);
    expect(loop.overruns).toBe(0);
  });

  it('counts a step that is not done by the next deadline, and leaves out the periods it used up', () => {
    const { clock, loop, times } = loopThatTakes([0, 2.5, 0, 1.25, 0]);
    loop.start(0);
    clock.advance(7);
    expect(times).toEqual([0, 1, 4, 5, 7]);
    expect(loop.overruns).toBe(2);
    expect(loop.missedPeriods).toBe(3);
  });

  it('does not count a step that is done exactly at the next deadline', () => {
    const { clock, loop, times } = loopThatTakes([1]);
    loop.start(0);
    clock.advance(2);
    expect(times).toEqual([0, 1, 2]);
    expect(loop.overruns).toBe(0);
  });

  it('goes on after a step that throws, and lets whoever keeps the time know', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const loop = new ControlLoop(clock, 1, () => {
      times.push(clock.now());
      if (times.length === 2) throw new Error('no power');
    });
    loop.start(0);
    expect(() => clock.advance(5)).toThrow('no power');
    clock.advance(3);
    expect(times).toEqual([0, 1, 2, 3, 4]);
  });

  it('stops from within a step, and can start again', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const loop: ControlLoop = new ControlLoop(clock, 1, () => {
      times.push(clock.now());
      if (times.length === 2) loop.stop();
    });
    loop.start(0);
    clock.advance(5);
    expect(times).toEqual([0, 1]);
    loop.start(7);
    clock.advance(3);
    expect(times).toEqual([0, 1, 7, 8]);
  });

  it('goes on at once after a pause of a billion periods', () => {
    const clock = new ManualClock();
    let steps = 0;
    const loop = new ControlLoop(clock, 0.001, () => {
      if (steps++ === 0) clock.beBusy(1e6);
    });
    loop.start();
    clock.advance(0.0005);
    clock.advance(0.002);
    expect(loop.missedPeriods).toBeGreaterThanOrEqual(0.99e9);
    expect(steps).toBeGreaterThanOrEqual(2);
  });

  it('refuses a period in which nothing could be done', () => {
    for (const period of [0, 5e-324, 1e-9, -1, NaN]) {
      expect(() => new ControlLoop(new ManualClock(), period, () => undefined)).toThrow(
        expect.objectContaining({ code: 'ERR_SETTING' }),
      );
    }
  });
});
