import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { HEAD, scenarioFolder } from './scenario-folder.js';

const PERIOD = ANT_CONTRACT.controlPeriod;

const { write, read, problems } = scenarioFolder();

describe('a scenario', () => {
  it('is unrolled: a condition for each value of the lists, named by them', () => {
    const { conditions, scenario } = read(`${HEAD}
  - { name: '{morphology} after {freeze_step}', bundle: [ant], morphology: [intact, 'left_back:0.25'], freeze_step: [0, 50], row: '{morphology}' }
`);
    expect(conditions.map(({ name, row, freeze_step }) => [name, row, freeze_step])).toEqual([
      ['intact after 0', 'intact', 0],
      ['intact after 50', 'intact', 50],
      ['left_back:0.25 after 0', 'left_back:0.25', 0],
      ['left_back:0.25 after 50', 'left_back:0.25', 50],
    ]);
    expect(scenario.report).toEqual([{ show: 'distances', conditions: conditions.map(({ name }) => name) }]);
  });

  it('is unrolled over targets and values of a perturbation, told by their names where they have any', () => {
    const { conditions } = read(`${HEAD}
  - name: '{target} {value}'
    bundle: ant
    row: '{target}'
    perturbations:
      - { component: joint, type: weak, target: { hip: left_front_hip, ankle: left_front_ankle }, value: [0.5, 0] }
      - { component: outputs, type: 'off', at_step: 20 }
  - name: '{target} stuck'
    bundle: ant
    perturbations: [{ component: sensor, type: stuck, target: { every sensor: null, roll: roll } }]
`);
    const told = conditions.map(({ name, row, perturbations: [{ target, value } = {}] }) => [
      name,
      row,
      target,
      value,
    ]);
    expect(told).toEqual([
      ['hip 0.5', 'hip', 'left_front_hip', 0.5],
      ['hip 0', 'hip', 'left_front_hip', 0],
      ['ankle 0.5', 'ankle', 'left_front_ankle', 0.5],
      ['ankle 0', 'ankle', 'left_front_ankle', 0],
      ['every sensor stuck', undefined, undefined, undefined],
      ['roll stuck', undefined, 'roll', undefined],
    ]);
    expect(conditions[1]!.perturbations[1]).toMatchObject({ component: 'outputs', type: 'off' });
  });

  it('has its perturbations in seconds, half a control period before the step that they are for', () => {
    const { conditions } = read(`${HEAD}
  - name: it
    bundle: ant
    perturbations:
      - { component: outputs, type: saturated, at_step: 300, for_steps: 100 }
      - { id: mine, component: leg, type: shorten, target: left_front, start: 2.5 }
`);
    expect(conditions[0]!.perturbations).toEqual([
      {
        id: 'perturbation-1',
        component: 'outputs',
        type: 'saturated',
        value: 1,
        start: 300 * PERIOD,
        duration: 100 * PERIOD,
      },
      { id: 'mine', component: 'leg', type: 'shorten', target: 'left_front', value: 0.1, start: 2.5 },
    ]);
  });

  it('may name the conditions of a part as they are written, before they are unrolled', () => {
    const { scenario } = read(`title: Try
bundles: { ant: ant.safetensors }
conditions:
  - { name: 'all of {morphology}', bundle: ant, morphology: [intact, right_front] }
  - { name: other, bundle: ant }
report:
  - { show: distances, conditions: ['all of {morphology}'] }
`);
    expect(scenario.report[0]).toMatchObject({ conditions: ['all of intact', 'all of right_front'] });
  });

  it('has the logs that its curves are of, with their digests, and stages of a run in their order', () => {
    const line = (stepsTotal: number, seconds?: number) =>
      JSON.stringify({
        generation: 1,
        horizon: 1,
        sigma: 1,
        mean: {},
        max: {},
        steps: 5,
        stepsTotal,
        seconds,
      });
    write('one.jsonl', `${line(5, 2.5)}\n${line(10)}\n`);
    write('two.jsonl', `${line(15)}\n`);
    const stages = (...files: string[]) => `title: Try
bundles: {}
report:
  - { show: learning-curves, runs: [{ name: a, log: [${files.join()}] }] }
`;
    const { logs } = read(stages('one.jsonl', 'two.jsonl'));
    expect(Object.keys(logs)).toEqual(['one.jsonl', 'two.jsonl']);
    expect(logs['one.jsonl']!.lines.map(({ seconds }) => seconds)).toEqual([2.5, undefined]);
    expect(logs['two.jsonl']!.sha256).toBe(
      createHash('sha256')
        .update(`${line(15)}\n`)
        .digest('hex'),
    );
    expect(problems(stages('two.jsonl', 'one.jsonl'))).toEqual([
      '4: report[0].runs[0].log[1]: one.jsonl begins with 0 control steps behind it, two.jsonl ends its first generation with 15; give the stages of one run in their order',
    ]);
  });

  it('is YAML 1.2: no is a word', () => {
    expect(read(`${HEAD}  - { name: no, bundle: ant }\n`).conditions[0]!.name).toBe('no');
  });
});
