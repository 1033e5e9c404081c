import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { interruptionSignal } from '../../launch/interruption.js';

function interruptible() {
  const signals = new EventEmitter();
  const clock = new ManualClock();
  const exits: number[] = [];
  const reader = new AbortController();
  const exit = (exitCode: number): void => void exits.push(exitCode);
  const signal = interruptionSignal(signals, exit, clock, reader.signal);
  return { signals, clock, exits, reader, signal };
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

  it('is aborted when the reader has gone, after which the first signal still ends nothing, and the second does', () => {
    const { signals, clock, exits, reader, signal } = interruptible();
    reader.abort();
    expect(signal.aborted).toBe(true);
    clock.advance(5);
    signals.emit('SIGINT');
    expect(exits).toEqual([]);
    clock.advance(1.1);
    signals.emit('SIGINT');
    expect(exits).toEqual([130]);
  });
});
