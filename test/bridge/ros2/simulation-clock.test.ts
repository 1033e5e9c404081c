import { describe, expect, it } from 'vitest';
import { ControlLoop } from '../../../bridge/control-loop.js';
import { SimulationClock } from '../../../bridge/ros2/simulation-clock.js';

/** A clock that was told that it is `start`, with a loop that counts its steps of 0.01 s. */
function runningFrom(start: number) {
  const clock = new SimulationClock();
  let steps = 0;
  const loop = new ControlLoop(clock, 0.01, () => {
    steps++;
  });
  loop.start(0.01);
  clock.tell(start);
  return { clock, steps: () => steps };
}

describe("the simulator's time", () => {
  it('does not run before the simulator says what time it is', () => {
    const clock = new SimulationClock();
    expect(clock.running).toBe(false);
    clock.tell(12);
    expect(clock.running).toBe(true);
  });

  it('passes as the simulator says, and keeps appointments on the way', () => {
    const { clock, steps } = runningFrom(100);
    clock.tell(100.0501);
    expect(clock.now()).toBeCloseTo(0.0501, 9);
    expect(steps()).toBe(5);
  });

  it('begins at whatever time the simulator has, without living through the past', () => {
    const { clock, steps } = runningFrom(1.7e9);
    expect(steps()).toBe(0);
    clock.tell(1.7e9 + 0.0101);
    expect(steps()).toBe(1);
  });

  it.each([
    ['forward', 1e6],
    ['back to the beginning', 0],
    ['back a little', 99.9],
  ])('stands still through a jump %s, and passes from there', (_name, time) => {
    const { clock, steps } = runningFrom(100);
    clock.tell(time);
    expect(clock.now()).toBe(0);
    clock.tell(time + 0.0101);
    expect(clock.now()).toBeCloseTo(0.0101, 9);
    expect(steps()).toBe(1);
  });

  it('stands still while the simulator says the same time again', () => {
    const { clock } = runningFrom(100);
    clock.tell(100);
    expect(clock.now()).toBe(0);
  });
});
