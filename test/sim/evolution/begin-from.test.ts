import { describe, expect, it } from 'vitest';
import { decodeBundle, encodeBundle, type LoadedBundle } from '../../../policy/bundle/rule-bundle.js';
import { RULE_NAMES } from '../../../policy/plasticity-rule.js';
import { Random } from '../../../policy/random.js';
import { beginFrom } from '../../../sim/evolution/begin-from.js';
import { networkDescription, parseEvolutionSettings } from '../../../sim/evolution/evolution-settings.js';
import { evolvedBundle } from '../../../sim/evolution/evolved-bundle.js';
import { Genome } from '../../../sim/evolution/genome.js';
import { loadRapier } from '../../../sim/rapier.js';

await loadRapier();

const settingsOf = (given: object) => parseEvolutionSettings({ layerSizes: [28, 6, 8], ...given }, 'a test');

/** A bundle of these settings with a random center. */
function evolved(given: object): { center: Float32Array; bundle: LoadedBundle } {
  const settings = settingsOf(given);
  const center = new Float32Array(new Genome(networkDescription(settings), settings.mirror).length);
  new Random(3).fillNormal(center);
  const best = { generation: 7, steps: 5000, score: 1, means: [1, 1], center };
  return { center, bundle: decodeBundle(encodeBundle(evolvedBundle(settings, best, '0.0.0')), 'rules') };
}

describe('a run that begins from rules', () => {
  it.each(
    [...RULE_NAMES, 'static' as const].flatMap((rule) =>
      [true, false].map((mirror) => [rule, mirror ? 'tied' : 'not tied', mirror] as const),
    ),
  )('has them as its first center, bit for bit: %s, %s', (rule, _, mirror) => {
    const initialWeights = { kind: 'carried' };
    const { bundle } = evolved({ rule, mirror, initialWeights });
    const settings = settingsOf({ rule, mirror, initialWeights });
    const { state } = beginFrom(settings, bundle, 'rules');
    const again = evolvedBundle(settings, { generation: 0, score: 0, means: [], center: state.center }, '');
    expect(again.coefficients).toEqual(bundle.coefficients);
    expect(again.initialWeights).toEqual(bundle.initialWeights);
    expect(state.generation).toBe(0);
  });

  it('counts the control steps that the rules took to evolve', () => {
    const { bundle } = evolved({});
    expect(beginFrom(settingsOf({}), bundle, 'rules').stepsTotal).toBe(5000);
  });

  it('may take rules that are tied where it ties nothing, and finds the values that are free no more', () => {
    const { bundle } = evolved({});
    const { state } = beginFrom(settingsOf({ mirror: false }), bundle, 'rules');
    expect(state.center).toEqual(bundle.coefficients);
  });

  it.each([
    ['that are not tied where it ties them', { mirror: false }, {}, /not tied under the mirror/],
    ['of another family', { rule: 'ABC' }, {}, /rule "ABC", the settings "ABCD_lr"/],
    ['of another network', { layerSizes: [28, 8, 8] }, {}, /layers \[28,8,8\]/],
    ['whose first weights evolved', { initialWeights: { kind: 'carried' } }, {}, /"evolved".*"drawn"/],
  ])('refuses rules %s', (_, own, wanted, message) => {
    const { bundle } = evolved(own);
    expect(() => beginFrom(settingsOf(wanted), bundle, 'rules')).toThrow(message);
  });
});
