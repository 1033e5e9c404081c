import type { z } from 'zod';
import { initialWeightsSchema } from '../policy/bundle/bundle-metadata.js';
import { nearestWord } from '../policy/nearest-word.js';
import type { ScenarioProblem } from '../sim/experiment/expand-scenario.js';
import {
  conditionSchema,
  partSchema,
  scenarioSchema,
  timelineEntrySchema,
} from '../sim/experiment/scenario.js';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** What zod says of a scenario, as people read it: what is wrong, with the value, and what would be right. */
export function scenarioIssues(issues: readonly Issue[], scenario: unknown): readonly ScenarioProblem[] {
  return issues.flatMap((issue) => problemsOf(issue, [], scenario));
}

function problemsOf(issue: Issue, prefix: Path, scenario: unknown): ScenarioProblem[] {
  const path = [...prefix, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const value = valueAt(scenario, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], problem: unknownField(key, path, value) }));
    case 'invalid_union': {
      const branch = branchOf(issue.errors);
      if (branch) return branch.flatMap((inner) => problemsOf(inner, path, scenario));
      // No alternative has this word where they differ; zod lists those that there are.
      const words = 'options' in issue ? (issue.options ?? []).map(String) : [];
      return [{ path, problem: `is ${show(value)}; give one of ${words.join(', ')}${guess(value, words)}` }];
    }
    case 'invalid_type':
      if (value === undefined) return [{ path, problem: `is missing; give ${article(issue.expected)}` }];
      return [{ path, problem: `is ${show(value)}; give ${article(issue.expected)}` }];
    case 'invalid_value': {
      const words = issue.values.map(String);
      return [{ path, problem: `is ${show(value)}; give one of ${words.join(', ')}${guess(value, words)}` }];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, problem: `is ${show(value)}; ${bound(issue)}` }];
    default:
      return [
        {
          path,
          problem: issue.code === 'custom' ? issue.message : `${issue.message} (it is ${show(value)})`,
        },
      ];
  }
}

/** The alternative that was meant: the one that objects to a part of the value, and not to all of it. */
function branchOf(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inner = branches.find((issues) =>
    issues.some(({ path, code }) => path.length > 0 || code !== 'invalid_type'),
  );
  return inner ?? branches[0];
}

function unknownField(key: string, path: Path, value: unknown): string {
  const known = fieldsAt(path, value);
  const nearest = nearestWord(key, known);
  const meant = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  const fields = known.length === 0 ? '' : `; the fields are ${known.join(', ')}`;
  return `no such field${meant}${fields}`;
}

/** The fields that belong there, as far as they are known without what stands there being right. */
function fieldsAt(path: Path, value: unknown): readonly string[] {
  const place = path.filter((key) => typeof key === 'string').join(' ');
  switch (`${place} ${path.length}`.trim()) {
    case '0':
      return Object.keys(scenarioSchema.shape);
    case 'conditions 2':
      return Object.keys(conditionSchema.shape);
    case 'conditions perturbations 4':
      return Object.keys(timelineEntrySchema.shape);
    case 'conditions initial_weights 3':
      return fieldsOfKind(initialWeightsSchema.options, 'kind', value);
    case 'report 2':
      return fieldsOfKind(partSchema.options, 'show', value);
    default:
      return [];
  }
}

/** Of the alternative that the word in `field` is of. */
function fieldsOfKind(
  alternatives: readonly z.ZodObject[],
  field: string,
  value: unknown,
): readonly string[] {
  const word = (value as Record<string, unknown> | undefined)?.[field];
  const meant = alternatives.find(({ shape }) => (shape[field] as z.ZodType).safeParse(word).success);
  return meant ? Object.keys(meant.shape) : [];
}

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const least = issue.code === 'too_small';
  const limit = String(least ? issue.minimum : issue.maximum);
  const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
  if (issue.inclusive === false) return `give ${least ? 'more' : 'less'} than ${limit}${unit}`;
  return `give at ${least ? 'least' : 'most'} ${limit}${unit}`;
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'record' || expected === 'object') return 'fields with values';
  if (expected === 'array') return 'a list';
  if (expected === 'string') return 'a text';
  return `a ${expected}`;
}

function guess(value: unknown, words: readonly string[]): string {
  const nearest = typeof value === 'string' ? nearestWord(value, words) : undefined;
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined | null)?.[key],
    value,
  );
}

/** Not longer than a line. */
function show(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
