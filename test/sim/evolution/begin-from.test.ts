import { describe, expect, it } from 'vitest';
import { unknownProvenance } from '../../../policy/bundle/bundle-metadata.js';
import { decodeBundle, encodeBundle, type LoadedBundle } from '../../../policy/bundle/rule-bundle.js';
import { RULE_NAMES } from '../../../policy/plasticity-rule.js';
import { Random } from '../../../policy/random.js';
import { beginFrom } from '../../../sim/evolution/begin-from.js';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../../sim/evolution/checkpoint.js';
import { networkDescription, parseEvolutionSettings } from '../../../sim/evolution/evolution-settings.js';
import { evolvedBundle } from '../../../sim/evolution/evolved-bundle.js';
import { Genome } from '../../../sim/evolution/genome.js';
import { loadRapier } from '../../../sim/rapier.js';

await loadRapier();

const settingsOf = (given: object) => parseEvolutionSettings({ layerSizes: [28, 6, 8], ...given }, 'a test');

/** A bundle of these settings with a random center. */
function evolved(
  given: object,
  run: Partial<Checkpoint> = { stepsTotal: 8000 },
): { center: Float32Array; bundle: LoadedBundle } {
  const settings = settingsOf(given);
  const center = new Float32Array(new Genome(networkDescription(settings), settings.mirror).length);
  new Random(3).fillNormal(center);
  const means = settings.morphologies.map(() => 1);
  const best = { generation: 7, steps: 5000, score: 1, means, center };
  return { center, bundle: decodeBundle(encodeBundle(evolvedBundle(settings, best, '0.0.0', run)), 'rules') };
}

const from = (bundle: LoadedBundle) => ({ bundle: 'rules', tensorsSha256: bundle.tensorsSha256 });

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

  it('counts the control steps of the whole run behind the rules, not those to its best center', () => {
    const { bundle } = evolved({});
    expect(bundle.provenance.evaluation).toMatchObject({ controlSteps: 5000, controlStepsTotal: 8000 });
    expect(beginFrom(settingsOf({}), bundle, 'rules').stepsTotal).toBe(8000);
  });

  it('counts those to the best center where that is all that the rules tell', () => {
    const { bundle } = evolved({}, {});
    expect(beginFrom(settingsOf({}), bundle, 'rules').stepsTotal).toBe(5000);
  });

  it('does not take rules that tell nothing for such as cost nothing', () => {
    const { bundle } = evolved({});
    const imported = { ...bundle, provenance: unknownProvenance('0.0.0') };
    const { stepsTotal, ancestry } = beginFrom(settingsOf({}), imported, 'rules');
    expect(stepsTotal).toBe(0);
    expect(ancestry?.controlSteps).toBeNull();
  });

  it('is refused where the rules have spent its budget', () => {
    const { bundle } = evolved({});
    expect(() => beginFrom(settingsOf({ stepBudget: 8000 }), bundle, 'rules')).toThrow(
      expect.objectContaining({
        code: 'ERR_SETTING',
        message: expect.stringMatching(/stepBudget: 8000 .* rules has taken 8000/) as string,
      }),
    );
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

describe('rules that evolved in stages', () => {
  const ROBOTS = {
    first: [{ name: 'intact', rollouts: 1, weakLegs: ['left_back'] }],
    second: [
      { name: 'right_front', rollouts: 1 },
      { name: 'intact', rollouts: 1 },
    ],
    third: [{ name: 'left_front:0.2', rollouts: 1 }],
  };

  /** Three stages, each from the rules of the one before. */
  function stages(): { bundle: LoadedBundle; first: LoadedBundle; second: LoadedBundle } {
    const first = evolved({ seed: 11, morphologies: ROBOTS.first }).bundle;
    const second = { seed: 12, morphologies: ROBOTS.second, from: from(first) };
    const middle = evolved(second, { ...beginFrom(settingsOf(second), first, 'rules'), stepsTotal: 20_000 });
    const third = { seed: 13, morphologies: ROBOTS.third, from: from(middle.bundle) };
    const { bundle } = evolved(third, beginFrom(settingsOf(third), middle.bundle, 'rules'));
    return { bundle, first, second: middle.bundle };
  }

  it('tell all that any stage was evolved on, the first stages first and nothing twice', () => {
    expect(stages().bundle.provenance.morphologies).toEqual([
      'intact, weak left_back',
      'right_front',
      'intact',
      'left_front:0.2',
    ]);
  });

  it('tell settings, seed, generations and control steps of every stage', () => {
    const { bundle, first, second } = stages();
    expect(bundle.provenance.evolution).toMatchObject({
      seed: 13,
      from: {
        tensorsSha256: second.tensorsSha256,
        seed: 12,
        generations: 7,
        controlSteps: 20_000,
        evolution: {
          morphologies: ROBOTS.second,
          from: { tensorsSha256: first.tensorsSha256, seed: 11, controlSteps: 8000, evolution: { seed: 11 } },
        },
      },
    });
  });

  it('tell what bundles told that named the rules before them and no more, where those are still there', () => {
    const { first, second } = stages();
    const { morphologies, evolution } = second.provenance;
    const old: LoadedBundle = {
      ...second,
      provenance: {
        ...second.provenance,
        morphologies: morphologies.slice(1),
        evolution: { ...evolution, from: from(first) },
      },
    };
    const settings = settingsOf({ morphologies: ROBOTS.third, from: from(old) });
    const found = beginFrom(settings, old, 'rules', ({ tensorsSha256 }) =>
      tensorsSha256 === first.tensorsSha256 ? first : undefined,
    );
    expect(found.ancestry).toEqual(beginFrom(settings, second, 'rules').ancestry);
    const lost = beginFrom(settings, old, 'rules').ancestry;
    expect(lost?.morphologies).toEqual(['right_front', 'intact']);
    expect(lost?.evolution?.['from']).toEqual(from(first));
  });

  it('still tell it after their run was stopped and resumed', () => {
    const { second } = stages();
    const settings = settingsOf({ morphologies: ROBOTS.third, from: from(second) });
    const begun = beginFrom(settings, second, 'rules');
    expect(decodeCheckpoint(encodeCheckpoint(begun), 'memory').ancestry).toEqual(begun.ancestry);
  });
});
