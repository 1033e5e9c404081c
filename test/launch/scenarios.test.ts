import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenarioFile } from '../../launch/scenario-file.js';
import { packageFolder } from '../../launch/shipped-rules.js';
import { HebbridgeError } from '../../policy/errors.js';

const folder = path.join(packageFolder(), 'launch', 'scenarios');
const names = readdirSync(folder).sort();

/** What scenarios name and is still to be evolved, relative to the package. */
const TO_COME = [
  'rules/static.safetensors',
  ...['A', 'ABC', 'ABCD', 'ABCD_lr', 'static', 'carried'].flatMap((rule) => [
    `rules/ablation/${rule}.safetensors`,
    `rules/ablation/${rule}.log.jsonl`,
  ]),
];

/** What is wrong with a scenario, but for files that are still to come. */
function problemsOf(name: string): string[] {
  try {
    readScenarioFile(path.join(folder, name));
    return [];
  } catch (error) {
    if (!(error instanceof HebbridgeError)) throw error;
    return error.message
      .split('\n')
      .filter(
        (line) => !(line.includes('cannot be read: ENOENT') && TO_COME.some((file) => line.includes(file))),
      );
  }
}

describe('the scenarios that ship', () => {
  it.each(names)('%s can be run', (name) => {
    expect(problemsOf(name)).toEqual([]);
  });

  it('wait for nothing that is there already', () => {
    expect(TO_COME.filter((file) => existsSync(path.join(packageFolder(), file)))).toEqual([]);
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

  it('suite of damages has every leg, joint and kind of fault', () => {
    const text = readFileSync(path.join(folder, 'damage-suite.yaml'), 'utf8');
    expect(text.match(/morphology: (left|right)_(front|back):/g)).toHaveLength(4 * 4);
    expect(text.match(/component: joint/g)).toHaveLength(8 * 4);
    expect(text.match(/component: sensor/g)).toHaveLength(6 * 4);
  });
});
