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

/** Fields that may have several values; `target` and `value` are fields of one of the perturbations. */
const LISTS = ['bundle', 'morphology', 'freeze_step', 'target', 'value'] as const;
type ListField = (typeof LISTS)[number];

/** A value of a field, and what stands for it in texts. */
interface Choice {
  readonly name: string;
  /** Null: none, as if the field were not there. */
  readonly value: string | number | null;
}
type Choices = Partial<Record<ListField, Choice>>;

/** So many lists could unroll to more conditions than a machine can hold. */
const MOST_CONDITIONS = 2000;

/**
 * The conditions of a scenario one by one: fields with several values unrolled (the last one fastest), what stands for
 * their values put in for `{bundle}`, `{morphology}`, `{freeze_step}`, `{target}` and `{value}` in texts, times in
 * seconds, ids of perturbations given. What is wrong with that is added to `problems`.
 *
 * @param controlPeriod s
 */
export function expandConditions(
  scenario: Scenario,
  controlPeriod: number,
  problems: ScenarioProblem[],
): readonly ExpandedCondition[] {
  let total = 0;
  const expanded = scenario.conditions.flatMap((condition, origin) => {
    const refuse = (problem: string, field?: string): [] => {
      problems.push({ path: ['conditions', origin, ...(field === undefined ? [] : [field])], problem });
      return [];
    };
    const twice = (['target', 'value'] as const).find((field) => listsOf(condition, field).length > 1);
    if (twice) return refuse(`several of them have several ${twice}s; one may`, 'perturbations');
    const choices = choicesOf(condition);
    const unknown = unknownField(condition, choices);
    if (unknown !== undefined) {
      const given = [...choices.keys()].map((name) => `{${name}}`);
      return refuse(`${unknown} stands for nothing; this condition has ${given.join(', ')}`);
    }
    const count = [...choices.values()].reduce((product, { length }) => product * length, 1);
    if (total + count > MOST_CONDITIONS) {
      const before = total === 0 ? '' : `, beside ${total} before it`;
      return refuse(`it is ${count} conditions${before}; a scenario has at most ${MOST_CONDITIONS} of them`);
    }
    total += count;
    return unroll(choices).map((values) => oneCondition(condition, values, origin, controlPeriod));
  });
  tellSharedNames(expanded, scenario, problems);
  return expanded;
}

/** Names tell conditions apart. */
function tellSharedNames(
  expanded: readonly ExpandedCondition[],
  scenario: Scenario,
  problems: ScenarioProblem[],
): void {
  const origins = new Map<string, number>();
  for (const { name, origin } of expanded) {
    const first = origins.get(name);
    if (first === undefined) {
      origins.set(name, origin);
      continue;
    }
    const lists = [...choicesOf(scenario.conditions[origin]!)].filter(([, { length }]) => length > 1);
    problems.push({
      path: ['conditions', origin, 'name'],
      problem:
        first === origin
          ? `'${name}' is the name of several conditions; put ${lists.map(([field]) => `{${field}}`).join(' and ')} into it`
          : `'${name}' is the name of another condition; give each its own`,
    });
  }
}

/** What is in braces in a text of the condition, and no field of it. */
function unknownField(
  { name, group, row, column }: ScenarioCondition,
  choices: ReadonlyMap<string, unknown>,
): string | undefined {
  return [name, group, row, column]
    .flatMap((text) => [...(text ?? '').matchAll(/\{([^{}]*)\}/g)])
    .find(([, field]) => !choices.has(field!))?.[0];
}

/** The values of each field that has any, in the order of {@link LISTS}. */
function choicesOf(condition: ScenarioCondition): ReadonlyMap<ListField, readonly Choice[]> {
  const found = new Map<ListField, readonly Choice[]>();
  for (const field of LISTS) {
    const value =
      field === 'target' || field === 'value'
        ? condition.perturbations[holderOf(condition, field)]?.[field]
        : condition[field];
    if (value === undefined) continue;
    found.set(field, namedValues(value));
  }
  return found;
}

function namedValues(
  value: Choice['value'] | readonly Choice['value'][] | Readonly<Record<string, Choice['value']>>,
): readonly Choice[] {
  if (typeof value !== 'object' || value === null) return [{ name: String(value), value }];
  return Object.entries(value).map(([key, one]) => ({
    name: Array.isArray(value) ? String(one) : key,
    value: one,
  }));
}

/** The perturbation whose field `{target}` or `{value}` is: the one with several, or the only one; -1: none is meant. */
function holderOf(condition: ScenarioCondition, field: 'target' | 'value'): number {
  const [list] = listsOf(condition, field);
  if (list !== undefined) return list;
  const having = condition.perturbations.flatMap((entry, index) =>
    entry[field] === undefined ? [] : [index],
  );
  return having.length === 1 ? having[0]! : -1;
}

/** The perturbations that have several values of a field. */
function listsOf({ perturbations }: ScenarioCondition, field: 'target' | 'value'): number[] {
  return perturbations.flatMap((entry, index) => (typeof entry[field] === 'object' ? [index] : []));
}

function unroll(choices: ReadonlyMap<ListField, readonly Choice[]>): Choices[] {
  return [...choices].reduce<Choices[]>(
    (rows, [field, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [field]: value }))),
    [{}],
  );
}

function oneCondition(
  condition: ScenarioCondition,
  values: Choices,
  origin: number,
  controlPeriod: number,
): ExpandedCondition {
  const fill = (text: string): string =>
    text.replace(/\{([^{}]*)\}/g, (_, field: ListField) => values[field]!.name);
  const { name, group, row, column, freeze_step, perturbations, ...rest } = condition;
  const [target, value] = [holderOf(condition, 'target'), holderOf(condition, 'value')];
  return {
    ...rest,
    ...(group === undefined ? {} : { group: fill(group) }),
    ...(row === undefined ? {} : { row: fill(row) }),
    ...(column === undefined ? {} : { column: fill(column) }),
    name: fill(name),
    bundle: values.bundle!.value as string,
    morphology: values.morphology!.value as string,
    ...(freeze_step === undefined ? {} : { freeze_step: values.freeze_step!.value as number }),
    perturbations: perturbations.map((entry, index) => {
      const chosen = {
        ...entry,
        ...(index === target && { target: values.target!.value ?? undefined }),
        ...(index === value && { value: values.value!.value }),
      };
      // Whoever is not the holder has one value, or none.
      return inSeconds(chosen as OneEntry, index, controlPeriod);
    }),
    origin,
  };
}

/** Of the values of a perturbation, one each. */
type OneEntry = Omit<TimelineEntry, 'target' | 'value'> & Pick<PerturbationInput, 'target' | 'value'>;

/**
 * Control step k stands at (k + 1/2) control periods (the controller's steps come half a period after the robot's), so
 * that k periods are half a period before it: no rounding can move what begins there to another step.
 */
function inSeconds(
  { at_step, for_steps, ...entry }: OneEntry,
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
