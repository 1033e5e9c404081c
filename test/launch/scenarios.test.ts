import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenarioFile } from '../../launch/scenario-file.js';
import { packageFolder } from '../../launch/shipped-rules.js';

const folder = path.join(packageFolder(), 'launch', 'scenarios');
const names = readdirSync(folder).sort();

describe('the scenarios that ship', () => {
  it.each(names)('%s can be run', (name) => {
    expect(() => readScenarioFile(path.join(folder, name))).not.toThrow();
  });

  it("repeat each of the paper's results on the quadruped", () => {
    const repeated = names.flatMap((name) => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      return /^paper: (.*)$/m.exec(text)?.[1] ?? [];
    });
    const results = ['Table 1', 'Fig. 1', 'Fig. 3, left', 'Fig. 3, right', 'Fig. 4', 'Fig. 5'];
    for (const result of [...results, 'Fig. 7', 'Fig. 8', 'Fig. 9', 'Fig. 10', 'Section 4.1']) {
      expect(repeated.some((text) => text.startsWith(result))).toBe(true);
    }
  });

  it('are told of in docs/experiments.md, whose example can be run as well', () => {
    const document = readFileSync(path.join(packageFolder(), 'docs', 'experiments.md'), 'utf8');
    for (const name of names) expect(document).toContain(`\`${name}\``);
    const [, example] = /```yaml\n([^]*?)```/.exec(document)!;
    const place = mkdtempSync(path.join(tmpdir(), 'hebbridge-document-'));
    try {
      const file = path.join(place, 'example.yaml');
      writeFileSync(file, example!.replace('../../rules', path.join(packageFolder(), 'rules')));
      expect(readScenarioFile(file).conditions.map(({ name }) => name)).toEqual([
        'intact',
        'left_back:0.25',
        'leg lost',
      ]);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it('suite of damages has every leg, joint and kind of fault, and tells which evolution met', () => {
    const { conditions } = readScenarioFile(path.join(folder, 'damage-suite.yaml'));
    expect(conditions.filter(({ seen }) => seen === undefined)).toEqual([]);
    const having = (group: string) => conditions.filter((condition) => condition.group === group);
    for (const bundle of ['Hebbian', 'static']) {
      const feet = having(`${bundle}, feet`);
      expect(new Set(feet.map(({ morphology }) => morphology)).size).toBe(4 * 4);
      for (const [group, targets] of [
        ['joints', 8],
        ['sensors', 6],
      ] as const) {
        const faults = having(`${bundle}, ${group}`);
        expect(faults.every(({ perturbations }) => perturbations.length === 1)).toBe(true);
        const kinds = faults.map(({ perturbations: [it] }) =>
          JSON.stringify([it!.target, it!.type, it!.value]),
        );
        expect(new Set(kinds).size).toBe(targets * 4);
        expect(new Set(faults.map(({ row, column }) => `${row!}, ${column!}`)).size).toBe(targets * 4);
      }
    }
  });
});
