import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPerturbation,
  PERTURBATION_COMPONENTS,
  PERTURBATION_KINDS,
  PERTURBATION_TYPES,
  perturbationKind,
  sensorNames,
} from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT, observationSize } from '../../../policy/robot-contract.js';
import { acceptable, ANT } from './examples.js';

const hip = { id: 'a', component: 'joint', type: 'weak', target: 'left_front_hip', value: 0.5 };

/** Code and reason of the refusal. */
function refusal(input: unknown, subject = ANT) {
  const verdict = checkPerturbation(input, subject);
  if (verdict.accepted) throw new Error(`accepted: ${JSON.stringify(verdict.perturbation)}`);
  return verdict;
}

describe('the check of a perturbation', () => {
  it('accepts whatever the table of kinds allows, and changes nothing about it', () => {
    fc.assert(
      fc.property(acceptable, (perturbation) => {
        expect(checkPerturbation(perturbation, ANT)).toEqual({ accepted: true, perturbation });
      }),
      { numRuns: 1000 },
    );
  });

  it('fills in the start and the value that a kind has by default', () => {
    const shorten = { id: 'a', component: 'leg', type: 'shorten', target: 'left_back' };
    expect(checkPerturbation(shorten, ANT)).toEqual({
      accepted: true,
      perturbation: { ...shorten, value: 0.1, start: 0 },
    });
  });

  it('refuses every pair of component and type that is not in the table, naming those that are', () => {
    for (const component of PERTURBATION_COMPONENTS) {
      for (const type of PERTURBATION_TYPES) {
        if (perturbationKind(component, type)) continue;
        const { code, reason } = refusal({ id: 'a', component, type });
        expect(code).toBe('ERR_PERTURBATION_KIND');
        expect(reason).toContain(`not '${type}'`);
      }
    }
    expect(refusal({ ...hip, type: 'noise' }).reason).toBe(
      "joint takes off, weak, saturated, locked; not 'noise'",
    );
  });

  it('refuses names that do not exist, with those that do', () => {
    const { code, reason } = refusal({ ...hip, target: 'left_frnt_hip' });
    expect(code).toBe('ERR_PERTURBATION_TARGET');
    expect(reason).toMatch(/^no joint 'left_frnt_hip'; there are left_front_hip, left_front_ankle, /);
    const leg = { id: 'a', component: 'leg', type: 'off', target: 'front' };
    expect(refusal(leg).reason).toBe(
      "no leg 'front'; there are left_front, right_front, left_back, right_back",
    );
    const layer = { id: 'a', component: 'weights', type: 'zero', target: 'layer_4', value: 0.5 };
    expect(refusal(layer).reason).toBe("no weights 'layer_4'; there are layer_1, layer_2, layer_3");
  });

  it('refuses a missing target where one is needed, and one where none is taken', () => {
    expect(refusal({ ...hip, target: undefined }).reason).toMatch(
      /^joint:weak needs a target: one of left_front_hip, /,
    );
    expect(refusal({ id: 'a', component: 'plasticity', type: 'freeze', target: 'layer_1' }).reason).toBe(
      "plasticity:freeze takes no target; got 'layer_1'",
    );
  });

  it('refuses every value out of the range of its kind', () => {
    const valued = PERTURBATION_KINDS.filter(({ value }) => value);
    const target = { joint: 'left_front_hip', leg: 'left_front' } as const;
    for (const { component, type, value } of valued) {
      const named = component === 'joint' || component === 'leg' ? { target: target[component] } : {};
      for (const wrong of [value!.minimum - 0.01, value!.maximum + 0.01, ...(value!.integer ? [1.5] : [])]) {
        const { code, reason } = refusal({ id: 'a', component, type, value: wrong, ...named });
        expect(code).toBe('ERR_PERTURBATION_VALUE');
        expect(reason).toContain(`from ${value!.minimum} to ${value!.maximum}`);
        expect(reason).toContain(`got ${wrong}`);
      }
    }
  });

  it('refuses a missing value, and one where none is taken', () => {
    expect(refusal({ ...hip, value: undefined }).reason).toBe(
      'joint:weak takes a number from 0 to 1: fraction of the effort that is left; got none',
    );
    expect(refusal({ ...hip, type: 'off' }).reason).toBe('joint:off takes no value; got 0.5');
  });

  it('refuses a duration of what is done at once', () => {
    const zero = { id: 'a', component: 'weights', type: 'zero', value: 0.33, duration: 2 };
    expect(refusal(zero)).toMatchObject({
      code: 'ERR_PERTURBATION_VALUE',
      reason: 'weights:zero is done at once and takes no duration; got 2 s',
    });
  });

  it.each([
    ['value', NaN],
    ['value', Infinity],
    ['value', '0.5'],
    ['start', -1],
    ['start', Infinity],
    ['duration', 0],
    ['duration', -2],
    ['duration', NaN],
  ])('refuses %s %s', (field, value) => {
    const { code, reason } = refusal({ ...hip, [field]: value });
    expect(code).toBe('ERR_PERTURBATION_VALUE');
    expect(reason).toMatch(new RegExp(`^${field}: .*; got `));
  });

  it('refuses fields that it does not know, naming those that it does', () => {
    expect(refusal({ ...hip, until: 3 })).toMatchObject({
      code: 'ERR_PERTURBATION_SYNTAX',
      reason: 'unknown field until; the fields are id, component, type, target, value, start, duration',
    });
  });

  it('refuses anything that is no perturbation at all, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSymbol: false } as never), (input) => {
        const verdict = checkPerturbation(input, ANT);
        expect(verdict.accepted).toBe(false);
        if (!verdict.accepted) expect(verdict.reason).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses damage to the body of a robot that is not simulated, and to weights that a policy has not', () => {
    const hardware = { ...ANT, simulated: false };
    expect(refusal({ ...hip, type: 'locked', value: undefined }, hardware)).toMatchObject({
      code: 'ERR_PERTURBATION_UNSUPPORTED',
      reason: 'joint:locked needs a simulated robot; this one is not',
    });
    expect(checkPerturbation(hip, hardware).accepted).toBe(true);
    const withoutWeights = { ...ANT, layers: 0 };
    expect(refusal({ id: 'a', component: 'plasticity', type: 'freeze' }, withoutWeights).code).toBe(
      'ERR_PERTURBATION_UNSUPPORTED',
    );
  });

  it('has a name for every place of the observation', () => {
    const names = sensorNames(ANT_CONTRACT);
    expect(names).toHaveLength(observationSize(ANT_CONTRACT));
    expect(new Set(names).size).toBe(names.length);
    expect(names[6]).toBe('roll');
    expect(names[8]).toBe('left_front_hip_position');
    expect(names[27]).toBe('right_back_foot_contact');
  });
});
