import { describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../../../policy/bundle/bundle-metadata.js';
import type { Block, TableBlock } from '../../../../sim/experiment/report/document.js';
import { provenance } from '../../../../sim/experiment/report/provenance.js';
import { conditionOf, lives, resultOf } from './a-result.js';

/** What the report says of a bundle with this provenance, by its titles. */
function told(from: JsonRecord): Record<string, string | undefined> {
  const bundles = { rules: { file: 'rules.safetensors', tensorsSha256: 'e8fd', provenance: from } };
  const result = resultOf([conditionOf('one', lives(1, 2))], [{ show: 'distances' }], { bundles });
  const isTable = (block: Block): block is TableBlock => block.kind === 'table';
  const table = provenance(result).filter(isTable).at(-1)!;
  return Object.fromEntries(table.rows.map(([title, value]) => [title, value])) as Record<string, string>;
}

const FIRST = {
  bundle: 'first.safetensors',
  tensorsSha256: 'aa11',
  morphologies: ['intact', 'intact, weak left_back'],
  evolution: { population: 32 },
  seed: 5,
  generations: 210,
  controlSteps: 2_000_000,
};

const IN_STAGES = {
  morphologies: ['intact', 'intact, weak left_back', 'right_front'],
  generations: 40,
  seed: 6,
  evolution: { population: 96, from: FIRST },
  evaluation: { controlSteps: 5_000_000, controlStepsTotal: 7_500_000 },
};

describe('what a report tells of rules that evolved in stages', () => {
  it('is all that they met, and generations and seed of every stage', () => {
    expect(told(IN_STAGES)).toMatchObject({
      'Evolved on (what was seen)': 'intact; intact, weak left_back; right_front',
      'Stage 1 of 2': '210 generations, seed 5; its rules: first.safetensors, SHA-256 aa11',
      'Stage 2 of 2': '40 generations, seed 6',
      'Settings of its last stage': 'population 96',
    });
  });

  it('is what all stages cost, and how much of it led to these rules', () => {
    expect(told(IN_STAGES)['Budget']).toBe(
      '7.5 million control steps, 5.0 million of them to these rules; lives of validation are not counted',
    );
  });

  it('is that an earlier stage met and cost more where that is not known', () => {
    const { bundle, tensorsSha256 } = FIRST;
    const old = { ...IN_STAGES, evolution: { from: { bundle, tensorsSha256 } } };
    expect(told(old)).toMatchObject({
      'Evolved on (what was seen)':
        'intact; intact, weak left_back; right_front; and what an earlier stage met, which is not known',
      'Stage 1 of 2': 'not known; its rules: first.safetensors, SHA-256 aa11',
    });
    expect(told(old)['Budget']).toMatch(/^at least 7\.5 million control steps/);
  });
});

describe('what a report tells of rules that evolved at once', () => {
  it('has generations, seed and settings, and the steps to the best where the total is not known', () => {
    const once = {
      generations: 3,
      seed: 2,
      evolution: { population: 8 },
      evaluation: { controlSteps: 9000 },
    };
    expect(told(once)).toMatchObject({
      Generations: '3',
      'Seed of the evolution': '2',
      Budget: '9,000 control steps; lives of validation are not counted',
      'Settings of the evolution': 'population 8',
    });
  });
});
