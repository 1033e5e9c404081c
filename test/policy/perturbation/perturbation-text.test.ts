import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPerturbation, parsePerturbation } from '../../../policy/perturbation/index.js';
import { acceptable, ANT } from './examples.js';

function parsed(text: string) {
  const verdict = parsePerturbation(text, 'a', ANT);
  if (!verdict.accepted) throw new Error(verdict.reason);
  return verdict.perturbation;
}

describe('the text form of a perturbation', () => {
  it('comes back from being written and read, whatever the perturbation', () => {
    fc.assert(
      fc.property(acceptable, (perturbation) => {
        const text = formatPerturbation(perturbation);
        expect(parsePerturbation(text, perturbation.id, ANT)).toEqual({ accepted: true, perturbation });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [
      'leg:left_front:shorten=0.1@10',
      { component: 'leg', target: 'left_front', type: 'shorten', value: 0.1, start: 10 },
    ],
    [
      'joint:left_front_hip:weak=0.5@3+2',
      { component: 'joint', target: 'left_front_hip', type: 'weak', value: 0.5, start: 3, duration: 2 },
    ],
    ['weights:zero=0.33', { component: 'weights', type: 'zero', value: 0.33, start: 0 }],
    [
      'weights:layer_2:zero=.5',
      { component: 'weights', target: 'layer_2', type: 'zero', value: 0.5, start: 0 },
    ],
    ['outputs:saturated', { component: 'outputs', type: 'saturated', value: 1, start: 0 }],
    ['sensor:roll:noise=0.1', { component: 'sensor', target: 'roll', type: 'noise', value: 0.1, start: 0 }],
    ['sensor:stuck=-1e-1+1e+2', { component: 'sensor', type: 'stuck', value: -0.1, start: 0, duration: 100 }],
    ['plasticity:freeze@5', { component: 'plasticity', type: 'freeze', start: 5 }],
  ])('reads %s', (text, fields) => {
    expect(parsed(text)).toEqual({ id: 'a', ...fields });
  });

  it.each([
    '',
    'plasticity',
    ':freeze',
    'plasticity:',
    'plasticity:freeze@',
    'plasticity:freeze+5@3',
    'plasticity:freeze@3+',
    'plasticity :freeze',
    'joint:left_front_hip:weak=half',
    'joint:left_front_hip:weak=0x1',
    'joint:left_front_hip:weak=Infinity',
    'joint:left_front_hip:weak=',
    'a:b:c:d',
    'x'.repeat(1000),
  ])('refuses %j with the form that is right', (text) => {
    const verdict = parsePerturbation(text, 'a', ANT);
    expect(verdict).toMatchObject({ accepted: false, code: 'ERR_PERTURBATION_SYNTAX' });
    if (!verdict.accepted) {
      expect(verdict.reason).toContain(
        'is not of the form component[:target]:type[=value][@start][+duration]',
      );
    }
  });

  it('refuses what is of the form and does not exist', () => {
    const verdict = parsePerturbation('leg:left_frnt:shorten=0.1', 'a', ANT);
    expect(verdict).toMatchObject({ accepted: false, code: 'ERR_PERTURBATION_TARGET' });
    expect(parsePerturbation('legs:left_front:off', 'a', ANT)).toMatchObject({
      accepted: false,
      code: 'ERR_PERTURBATION_SYNTAX',
    });
  });

  it('is checked without a robot but for the names of what it has', () => {
    expect(parsePerturbation('leg:sixth:weak=0.5', 'a').accepted).toBe(true);
    expect(parsePerturbation('leg:sixth:shorten', 'a').accepted).toBe(true);
    for (const [text, code, reason] of [
      ['leg:off', 'ERR_PERTURBATION_TARGET', 'leg:off needs a target: the name of a leg'],
      ['outputs:all:off', 'ERR_PERTURBATION_TARGET', "outputs:off takes no target; got 'all'"],
      ['leg:sixth:zero', 'ERR_PERTURBATION_KIND', 'leg takes off, weak, locked, shorten'],
      ['leg:sixth:weak=2', 'ERR_PERTURBATION_VALUE', 'leg:weak takes a number from 0 to 1'],
    ] as const) {
      const verdict = parsePerturbation(text, 'a');
      expect(verdict, text).toMatchObject({ accepted: false, code });
      if (!verdict.accepted) expect(verdict.reason).toContain(reason);
    }
  });

  it('answers any text at all', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof parsePerturbation(text, 'a', ANT).accepted).toBe('boolean');
      }),
    );
  });
});
