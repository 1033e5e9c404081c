import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEAD, scenarioFolder } from './scenario-folder.js';

const { problems } = scenarioFolder();

describe('a scenario that is wrong is refused, every problem with its line:', () => {
  it('text that is not YAML', () => {
    const said = problems('title: [\nreport: }');
    expect(said.length).toBeGreaterThan(0);
    expect(problems('')).toEqual(['1: is null; give fields with values']);
  });

  it('what is missing, unknown, of the wrong type or out of range', () => {
    expect(
      problems(`titel: Try
bundles: { ant: ant.safetensors }
rollouts: 0
steps: many
report:
  - { show: distances, condition: [a] }
  - { show: recovery, share: 2 }
  - { show: distance }
conditions:
  - name: a
    bundel: ant
    morphology: [intact, left_frnt]
    perturbations:
      - { component: legs, type: off }
      - { component: leg, type: off, target: left_front, at_step: 3, start: 1 }
`),
    ).toEqual([
      '1: title: is missing; give a text',
      '1: titel: no such field (did you mean title?); the fields are title, paper, about, seed, rollouts, steps, simulator, bundles, conditions, report',
      '3: rollouts: is 0; give at least 1',
      '4: steps: is "many"; give a number',
      '6: report[0].condition: no such field (did you mean conditions?); the fields are show, conditions',
      '7: report[1].share: is 2; give at most 1',
      '8: report[2].show: is "distance"; give one of distances, evolutions, distance-by-freeze-step, speed, recovery, weights, components, matrix, learning-curves, coefficients (did you mean distances?)',
      '10: conditions[0].bundle: is missing; give a text',
      expect.stringMatching(/^11: conditions\[0\]\.bundel: no such field \(did you mean bundle\?\)/),
      "12: conditions[0].morphology[1]: 'left_frnt' is no morphology; give one of intact, left_front, right_front, left_back, right_back, random, or a leg and its foot's length as in left_back:0.25",
      '14: conditions[0].perturbations[0].component: is "legs"; give one of joint, leg, sensor, weights, plasticity, outputs (did you mean leg?)',
      '15: conditions[0].perturbations[1]: start (s) and at_step both say when it begins; give one of them',
    ]);
  });

  it('words that are none of a union, with those that there are', () => {
    expect(
      problems(`${HEAD}
  - { name: a, bundle: ant, initial_weights: { kind: norml, sd: 0.1 } }
  - { name: b, bundle: ant, initial_weights: { kind: normal, sd: 0.1, width: 1 } }
`),
    ).toEqual([
      '6: conditions[0].initial_weights.kind: is "norml"; give one of uniform, normal, zeros, ones, xavier-uniform, kaiming-uniform, sparse, carried (did you mean normal?)',
      '7: conditions[1].initial_weights.width: no such field; the fields are kind, sd',
    ]);
  });

  it('lists that cannot be told apart, are empty, or unroll to too much', () => {
    const hundred = JSON.stringify(Array.from({ length: 100 }, (_, k) => k));
    expect(
      problems(`${HEAD}
  - name: '{target}'
    bundle: ant
    perturbations:
      - { component: joint, type: 'off', target: [left_front_hip, left_front_ankle] }
      - { component: sensor, type: stuck, target: [roll] }
  - { name: '{value}', bundle: ant, morphology: {} }
  - { name: '{morphology} {freeze_step}', bundle: ant, morphology: [${Array.from({ length: 21 }, (_, k) => `left_front:0.${11 + k}`).join()}], freeze_step: ${hundred} }
  - { name: b, bundle: ant }
`),
    ).toEqual([
      '8: conditions[0].perturbations: several of them have several targets; one may',
      '11: conditions[1].morphology: give 1 to 200 values, each by its name',
      '12: conditions[2]: it is 2100 conditions, beside 1 before it; a scenario has at most 2000 of them',
    ]);
  });

  it('bundles that are unknown, missing, broken or of another robot', () => {
    expect(
      problems(`title: Try
bundles:
  ant: ant.safetensors
  gone: gone.safetensors
  strange: strange.safetensors
  log: log.jsonl
conditions:
  - { name: a, bundle: [ant, aunt] }
  - { name: '{bundle}', bundle: [ant] }
report:
  - { show: coefficients, bundles: [ants] }
`),
    ).toEqual([
      expect.stringMatching(/^4: bundles\.gone: gone\.safetensors: cannot be read: ENOENT/),
      expect.stringMatching(/^5: bundles\.strange: the rules are for a robot with other joints/),
      expect.stringMatching(/^6: bundles\.log: log\.jsonl: .*header/),
      "8: conditions[0].name: 'a' is the name of several conditions; put {bundle} into it",
      "8: conditions[0].bundle: there is no bundle 'aunt' (did you mean 'ant'?); there are 'ant', 'gone', 'strange', 'log'",
      "11: report[0].bundles[0]: there is no bundle 'ants' (did you mean 'ant'?); there are 'ant', 'gone', 'strange', 'log'",
    ]);
  });

  it('what is malformed, and what is wrong with all the rest', () => {
    expect(
      problems(`titel: Try
bundles: { ant: ant.safetensors, gone: gone.safetensors, odd: 7 }
rollouts: 0
conditions:
  - { name: a, bundle: odd, morphologie: intact }
  - { name: b, bundle: aunt }
  - { name: c, bundle: ant, perturbations: [{ component: leg, type: off, target: tail }] }
report:
  - { show: distances, conditions: [a, b] }
  - { show: nothing }
`).map((line) => line.split(';')[0]),
    ).toEqual([
      '1: title: is missing',
      '1: titel: no such field (did you mean title?)',
      '2: bundles.odd: is 7',
      expect.stringMatching(/^2: bundles\.gone: gone\.safetensors: cannot be read/),
      '3: rollouts: is 0',
      '5: conditions[0].morphologie: no such field (did you mean morphology?)',
      "6: conditions[1].bundle: there is no bundle 'aunt' (did you mean 'ant'?)",
      "7: conditions[2].perturbations[0]: no leg 'tail'",
      '10: report[1].show: is "nothing"',
    ]);
  });

  it('perturbations that robot or rules cannot take, overlap, or come when life is over', () => {
    expect(
      problems(`title: Try
bundles: { ant: ant.safetensors }
steps: 100
report: [{ show: distances }]
conditions:
  - name: a
    bundle: ant
    freeze_step: 101
    initial_weights: { kind: carried }
    perturbations:
      - { component: leg, type: locked, target: tail }
      - { component: weights, type: zero, value: 0.3, target: layer_3 }
      - { component: outputs, type: off, at_step: 100 }
      - { component: plasticity, type: freeze, start: 0.5 }
      - { component: plasticity, type: freeze, start: 1 }
`),
    ).toEqual([
      '8: conditions[0].freeze_step: 101 is after the end of a life of 100 steps',
      "9: conditions[0].initial_weights: the bundle 'ant' carries no weights; give another kind",
      "11: conditions[0].perturbations[0]: no leg 'tail'; there are left_front, right_front, left_back, right_back",
      "12: conditions[0].perturbations[1]: no weights 'layer_3'; there are layer_1, layer_2",
      '13: conditions[0].perturbations[2]: begins when the life is over: it has 100 steps, 1.65 s',
      "15: conditions[0].perturbations[4]: plasticity is held by 'perturbation-4' at that time; end 'perturbation-4' first",
    ]);
  });

  it('parts of the report about what is not there', () => {
    expect(
      problems(`title: Try
bundles: { ant: ant.safetensors }
steps: 100
conditions:
  - { name: '{morphology}', bundle: ant, morphology: [intact, left_back] }
  - { name: '{what}', bundle: ant }
  - { name: intact, bundle: ant }
report:
  - { show: distances, conditions: [intct] }
  - { show: recovery }
  - { show: matrix, conditions: [left_back], relative_to: nothing }
  - { show: weights, steps: [0, 200] }
  - { show: components, conditions: [left_back] }
  - { show: components }
  - { show: learning-curves, runs: [{ name: a, log: gone.jsonl }, { name: b, log: log.jsonl }] }
  - { show: evolutions, conditions: [left_back] }
`),
    ).toEqual([
      '6: conditions[1]: {what} stands for nothing; this condition has {bundle}, {morphology}',
      "7: conditions[2].name: 'intact' is the name of another condition; give each its own",
      "9: report[0].conditions[0]: there is no condition 'intct' (did you mean 'intact'?); there are 'intact', 'left_back', 'intact'",
      '10: report[1]: recovery needs conditions with perturbations; there are none',
      "11: report[2].conditions[0]: 'left_back' has no row and column, which matrix needs",
      "11: report[2].relative_to: there is no condition 'nothing'; there are 'intact', 'left_back', 'intact'",
      '12: report[3].steps[1]: 200 is after the last of 100 steps',
      "14: report[5]: 'left_back' is in an earlier part of components; name the conditions of each, or make them one part",
      expect.stringMatching(/^15: report\[6\]\.runs\[0\]\.log: gone\.jsonl: cannot be read/),
      expect.stringMatching(
        /^15: report\[6\]\.runs\[1\]\.log: log\.jsonl:1: is no line of an evolution's log/,
      ),
      "16: report[7].conditions[0]: 'left_back' has no group and row, which evolutions needs",
    ]);
  });
});

describe('a part of the report that could only mislead is refused:', () => {
  it('recovery without a walk before or time after, or compared with what is perturbed itself', () => {
    const off = (at: string) => `[{ component: outputs, type: 'off', ${at} }]`;
    expect(
      problems(`title: Try
bundles: { ant: ant.safetensors }
steps: 100
conditions:
  - { name: from birth, bundle: ant, perturbations: ${off('at_step: 0')} }
  - { name: soon, bundle: ant, perturbations: ${off('at_step: 9')} }
  - { name: in time, bundle: ant, perturbations: ${off('at_step: 10, for_steps: 80')} }
  - { name: late, bundle: ant, perturbations: ${off('at_step: 50, for_steps: 41')} }
report:
  - { show: recovery, conditions: [from birth, in time], window: 10 }
  - { show: recovery, conditions: [soon], undisturbed: in time }
  - { show: recovery, conditions: [late] }
`),
    ).toEqual([
      "10: report[0]: 'from birth' is perturbed from control step 0 on, before which its speed over 10 (window) cannot be measured; perturb it later, or leave it out of conditions",
      "11: report[1]: 'soon' is perturbed from control step 9 on, before which its speed over 10 (window) cannot be measured; perturb it later, or leave it out of conditions",
      "11: report[1].undisturbed: 'in time' is perturbed; name a condition that nothing happens to",
      "12: report[2]: 'late' is perturbed up to control step 91 of 100, which leaves fewer than 10 (window) to recover in; perturb it earlier, or give more steps",
    ]);
  });

  it('a matrix with two conditions in one cell', () => {
    expect(
      problems(`title: Try
bundles: { ant: ant.safetensors }
conditions:
  - { name: '{morphology}, {freeze_step}', bundle: ant, morphology: [intact, right_front], freeze_step: [0, 5], row: '{morphology}', column: frozen }
report:
  - { show: matrix }
  - { show: matrix, conditions: ['intact, 0', 'right_front, 5'] }
`),
    ).toEqual([
      "6: report[0]: 'intact, 0' and 'intact, 5' are both in row 'intact', column 'frozen'; name conditions that are apart",
    ]);
  });

  it('a mean over evolutions that has one of them twice, or takes different robots together', () => {
    expect(
      problems(`title: Try
bundles: { ant: ant.safetensors, other: ant.safetensors }
conditions:
  - { name: '{bundle}, {morphology}', bundle: [ant, other], morphology: [intact, left_back], group: all, row: '{morphology}' }
  - { name: again, bundle: ant, group: all, row: intact }
  - { name: '{bundle} cut', bundle: [ant, other], morphology: right_front, group: all, row: cut, seen: true }
  - { name: '{bundle} frozen', bundle: [ant, other], freeze_step: 3, group: frozen, row: cut }
  - { name: last, bundle: other, group: frozen2, row: cut }
  - { name: lost, bundle: ant, morphology: left_back, group: frozen2, row: cut }
report:
  - { show: evolutions, conditions: ['{bundle}, {morphology}', '{bundle} frozen'] }
  - { show: evolutions }
  - { show: evolutions, conditions: [frozen2] }
`),
    ).toEqual([
      "12: report[1]: 'ant, intact' and 'again', both of group 'all' and row 'intact', are of one evolution, 'ant'; give them rows of their own",
      "13: report[2]: 'last' and 'lost', both of group 'frozen2' and row 'cut', differ in more than their bundle; give them rows of their own",
    ]);
  });

  it('curves of a log that holds nothing', () => {
    expect(
      problems(`title: Try
bundles: {}
report:
  - { show: learning-curves, runs: [{ name: a, log: empty.jsonl }] }
`),
    ).toEqual([
      '4: report[0].runs[0].log: empty.jsonl: is empty; give the log.jsonl of an evolution that has begun',
    ]);
  });
});

describe('whatever stands in a scenario', () => {
  const SOUND = {
    title: 'Try',
    steps: 100,
    bundles: { ant: 'ant.safetensors' },
    conditions: [
      { name: '{morphology}', bundle: 'ant', morphology: ['intact', 'left_back'] },
      {
        name: 'b',
        bundle: 'ant',
        perturbations: [{ component: 'outputs', type: 'off', at_step: 30, for_steps: 5 }],
      },
    ],
    report: [{ show: 'distances' }, { show: 'recovery', conditions: ['b'], undisturbed: 'intact' }],
  };

  /** `value` at a place in `tree` that `choices` lead to. */
  function put(tree: unknown, choices: readonly number[], value: unknown): unknown {
    const [choice, ...rest] = choices;
    if (choice === undefined || typeof tree !== 'object' || tree === null) return value;
    const keys = Object.keys(tree);
    const key = keys[choice % keys.length]!;
    const changed = put((tree as Record<string, unknown>)[key], rest, value);
    return Array.isArray(tree)
      ? tree.map((entry: unknown, index) => (String(index) === key ? changed : entry))
      : { ...tree, [key]: changed };
  }

  it('is taken, or refused with lines; nothing else happens', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('b', '{x}', 'intact', 'distances', -1, 1e9, [], {}),
    );
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { maxLength: 5 }), value, (choices, anything) => {
        problems(JSON.stringify(put(SOUND, choices, anything)));
      }),
      { numRuns: 300 },
    );
  });

  it('is taken when nothing is changed', () => {
    expect(problems(JSON.stringify(SOUND))).toEqual([]);
  });
});
