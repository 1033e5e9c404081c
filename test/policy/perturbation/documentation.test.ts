import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  parsePerturbation,
  PERTURBATION_FORM,
  PERTURBATION_KINDS,
  sensorNames,
} from '../../../policy/perturbation/index.js';
import { ANT } from './examples.js';

const page = readFileSync(new URL('../../../docs/perturbations.md', import.meta.url), 'utf8');

describe('docs/perturbations.md', () => {
  it('has a row for every kind, with what the code says of it', () => {
    const targets = { required: 'yes', optional: 'may', none: 'no' };
    const rows = [...page.matchAll(/^\| `(\S+)` +\| (.+) \|$/gm)].map(([, kind, cells]) =>
      [kind, ...cells!.split('|')].map((cell) => cell!.trim()),
    );
    expect(rows).toEqual(
      PERTURBATION_KINDS.map(({ component, type, meaning, target, value, actsOn }) => [
        `${component}:${type}`,
        meaning,
        targets[target],
        value
          ? `${value.meaning}, ${value.minimum} to ${value.maximum}${value.integer ? ', whole' : ''}`
          : 'none',
        value ? String(value.default ?? 'must be given') : '',
        actsOn,
      ]),
    );
  });

  it('shows the text form, with examples that are understood', () => {
    expect(page).toContain(PERTURBATION_FORM);
    const examples = [...page.matchAll(/^ {4}(\w+:\S+) {2,}\S/gm)].map(([, text]) => text!);
    expect(examples.length).toBeGreaterThan(5);
    for (const text of examples)
      expect(parsePerturbation(text, 'a', ANT), text).toMatchObject({ accepted: true });
  });

  it('names the sensors', () => {
    for (const name of sensorNames(ANT.contract).filter((sensor) => !/_(ankle|back|hip|foot)/.test(sensor))) {
      expect(page).toContain(`\`${name}\``);
    }
  });
});
