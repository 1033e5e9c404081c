import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { interruptionSignal } from '../../launch/interruption.js';

function interruptible() {
  const signals = new EventEmitter();
  const clock = new ManualClock();
  const exits: number[] = [];
  const signal = interruptionSignal(signals, (exitCode) => exits.push(exitCode), clock);
  return { signals, clock, exits, signal };
}

describe('the interruption signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is aborted by the first %s, which ends nothing', (name) => {
    const { signals, exits, signal } = interruptible();
    expect(signal.aborted).toBe(false);
    signals.emit(name);
    expect(signal.aborted).toBe(true);
    expect(exits).toEqual([]);
  });

  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ])('ends the process with 130 at the second (%s, then %s)', (first, second) => {
    const { signals, clock, exits } = interruptible();
    signals.emit(first);
    clock.advance(1.1);
    signals.emit(second);
    expect(exits).toEqual([130]);
  });

  it('takes an echo within a second for the same signal: a launcher hands on what the terminal sent to all', () => {
    const { signals, clock, exits } = interruptible();
    signals.emit('SIGINT');
    clock.advance(0.9);
    signals.emit('SIGINT');
    expect(exits).toEqual([]);
  });
});
