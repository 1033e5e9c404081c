import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../../bridge/input/arrivals.js';

/** Arrivals each `period` s from `start` on, for `seconds`. */
function arrive(arrivals: Arrivals, start: number, seconds: number, period: number): void {
  for (let k = 0; k * period < seconds; k++) arrivals.note(start + k * period);
}

describe('arrivals', () => {
  it('have no rate before they have flowed for a second', () => {
    const arrivals = new Arrivals();
    expect(arrivals.rate(5)).toBeNaN();
    arrive(arrivals, 5, 0.95, 0.1);
    expect(arrivals.rate(5.95)).toBeNaN();
    expect(arrivals.rate(6.05)).toBeCloseTo(9, -1);
  });

  it('tell their age, which is without end before the first', () => {
    const arrivals = new Arrivals();
    expect(arrivals.age(3)).toBe(Infinity);
    arrivals.note(3);
    expect(arrivals.age(3.5)).toBe(0.5);
    expect(arrivals.last).toBe(3);
  });

  it('slow down to a rate that says so', () => {
    const arrivals = new Arrivals();
    arrive(arrivals, 0, 2, 1 / 60);
    expect(arrivals.rate(2)).toBeGreaterThan(55);
    arrive(arrivals, 2, 2, 1 / 5);
    expect(arrivals.rate(4)).toBeGreaterThan(3);
    expect(arrivals.rate(4)).toBeLessThan(7);
  });

  it('have to flow for a second again after a silence of more than one', () => {
    const arrivals = new Arrivals();
    arrive(arrivals, 0, 2, 1 / 60);
    arrive(arrivals, 4, 0.5, 1 / 60);
    expect(arrivals.rate(4.5)).toBeNaN();
    arrive(arrivals, 4.5, 0.6, 1 / 60);
    expect(Math.abs(arrivals.rate(5.1) - 60)).toBeLessThan(3);
  });
});
