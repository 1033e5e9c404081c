import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTROLLER_STATES } from '../../bridge/message-map.js';
import { FINDING_REASONS, mayAct, nextState, type Finding } from '../../bridge/supervisor.js';

const findings = Object.keys(FINDING_REASONS) as (Finding | 'stop')[];
const bad = findings.filter((finding) => finding !== 'good' && finding !== 'stop');

describe('the supervisor', () => {
  it('waits until something good is found, and waits through anything bad', () => {
    for (const finding of bad) expect(nextState('waiting', finding)).toBe('waiting');
    expect(nextState('waiting', 'good')).toBe('running');
  });

  it('holds at anything bad and goes on once it is good again', () => {
    for (const finding of bad) {
      expect(nextState('running', finding)).toBe('holding');
      expect(nextState('holding', finding)).toBe('holding');
    }
    expect(nextState('holding', 'good')).toBe('running');
  });

  it('never leaves stopped', () => {
    for (const state of CONTROLLER_STATES) expect(nextState(state, 'stop')).toBe('stopped');
    for (const finding of findings) expect(nextState('stopped', finding)).toBe('stopped');
  });

  it('lets the policy act only right after something good, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...findings), { minLength: 1, maxLength: 50 }), (sequence) => {
        const state = sequence.reduce<(typeof CONTROLLER_STATES)[number]>(nextState, 'waiting');
        expect(mayAct(state)).toBe(sequence.at(-1) === 'good' && !sequence.includes('stop'));
      }),
    );
  });
});
