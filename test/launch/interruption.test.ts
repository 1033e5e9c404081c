import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { interruptionSignal } from '../../launch/interruption.js';

describe('the interruption signal', () => {
  it.each(['SIGINT', 'SIGTERM'])('is aborted by the first %s, which ends nothing', (name) => {
    const signals = new EventEmitter();
    const exits: number[] = [];
    const signal = interruptionSignal(signals, (exitCode) => exits.push(exitCode));
    expect(signal.aborted).toBe(false);
    signals.emit(name);
    expect(signal.aborted).toBe(true);
    expect(exits).toEqual([]);
  });

  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ])('ends the process with 130 at the second (%s, then %s)', (first, second) => {
    const signals = new EventEmitter();
    const exits: number[] = [];
    interruptionSignal(signals, (exitCode) => exits.push(exitCode));
    signals.emit(first);
    signals.emit(second);
    expect(exits).toEqual([130]);
  });
});
