import type { PerturbationInput } from '../../policy/perturbation/index.js';
import type { Condition } from './result.js';
import type { Scenario, ScenarioCondition, TimelineEntry } from './scenario.js';

/** Something that is wrong with a scenario, and what would be right. */
export interface ScenarioProblem {
  /** Where, as in `['conditions', 2, 'name']`. */
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** A condition before its perturbations were checked, and which one of the scenario's it is of. */
export interface ExpandedCondition extends Omit<Condition, 'perturbations'> {
  readonly perturbations: readonly PerturbationInput[];
  readonly origin: number;
}

/** Fields that may have several values. */
const LISTS = ['bundle', 'morphology', 'freeze_step'] as const;
type Values = Partial<Record<(typeof LISTS)[number], string | number>>;

/**
 * The conditions of a scenario one by one: fields with several values unrolled (the last one fastest), their values put
 * in for `{bundle}`, `{morphology}` and `{freeze_step}` in texts, times in seconds, ids of perturbations given. What is
 * wrong with that is added to `problems`.
 *
 * @param controlPeriod s
 */
export function expandConditions(
  scenario: Scenario,
  controlPeriod: number,
  problems: ScenarioProblem[],
): readonly ExpandedCondition[] {
  const expanded = scenario.conditions.flatMap((condition, origin) => {
    const unknown = [condition.name, condition.group, condition.row, condition.column]
      .flatMap((text) => [...(text ?? '').matchAll(/\{([^{}]*)\}/g)])
      .find(([, name]) => condition[name as keyof Values] === undefined || !LISTS.includes(name as never));
    if (unknown) {
      const given = LISTS.filter((name) => condition[name] !== undefined).map((name) => `{${name}}`);
      problems.push({
        path: ['conditions', origin],
        problem: `${unknown[0]} stands for nothing; this condition has ${given.join(', ')}`,
      });
      return [];
    }
    return unroll(condition).map((values) => oneCondition(condition, values, origin, controlPeriod));
  });
  for (const [index, { name, origin }] of expanded.entries()) {
    const first = expanded.findIndex((other) => other.name === name);
    if (first === index) continue;
    const lists = LISTS.filter((field) => Array.isArray(scenario.conditions[origin]![field]));
    const same = expanded[first]!.origin === origin;
    problems.push({
      path: ['conditions', origin, 'name'],
      problem: same
        ? `'${name}' is the name of several conditions; put ${lists.map((field) => `{${field}}`).join(' and ')} into it`
        : `'${name}' is the name of another condition; give each its own`,
    });
  }
  return expanded;
}

function unroll(condition: ScenarioCondition): Values[] {
  return LISTS.reduce<Values[]>(
    (rows, field) => {
      const value = condition[field];
      if (value === undefined) return rows;
      return rows.flatMap((row) => [value].flat().map((one) => ({ ...row, [field]: one })));
    },
    [{}],
  );
}

function oneCondition(
  condition: ScenarioCondition,
  values: Values,
  origin: number,
  controlPeriod: number,
): ExpandedCondition {
  const fill = (text: string): string =>
    text.replace(/\{([^{}]*)\}/g, (_, name: keyof Values) => String(values[name]));
  const { name, group, row, column, freeze_step, perturbations, ...rest } = condition;
  return {
    ...rest,
    ...(group === undefined ? {} : { group: fill(group) }),
    ...(row === undefined ? {} : { row: fill(row) }),
    ...(column === undefined ? {} : { column: fill(column) }),
    name: fill(name),
    bundle: values.bundle as string,
    morphology: values.morphology as string,
    ...(freeze_step === undefined ? {} : { freeze_step: values.freeze_step as number }),
    perturbations: perturbations.map((entry, index) => inSeconds(entry, index, controlPeriod)),
    origin,
  };
}

/**
 * Control step k stands at (k + 1/2) control periods (the controller's steps come half a period after the robot's), so
 * that k periods are half a period before it: no rounding can move what begins there to another step.
 */
function inSeconds(
  { at_step, for_steps, ...entry }: TimelineEntry,
  index: number,
  controlPeriod: number,
): PerturbationInput {
  const { id = `perturbation-${index + 1}`, component, type, target, value } = entry;
  const start = at_step === undefined ? entry.start : at_step * controlPeriod;
  const duration = for_steps === undefined ? entry.duration : for_steps * controlPeriod;
  return {
    id,
    component,
    type,
    ...(target === undefined ? {} : { target }),
    ...(value === undefined ? {} : { value }),
    ...(start === undefined ? {} : { start }),
    ...(duration === undefined ? {} : { duration }),
  };
}
