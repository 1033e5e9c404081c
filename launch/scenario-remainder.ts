import type { ScenarioProblem } from '../sim/experiment/expand-scenario.js';
import { scenarioSchema, type Scenario } from '../sim/experiment/scenario.js';

type Path = ScenarioProblem['path'];
type Fields = Record<string, unknown>;

/** What is left of a scenario when what is malformed is left out, so that all the rest can be checked as well. */
export interface ScenarioRemainder {
  readonly scenario: Scenario;
  /** Whether a problem of the remainder is one of the scenario, too: not one of what stands in for a malformed part. */
  readonly concerns: (problem: ScenarioProblem) => boolean;
}

/** What may be anything without the rest being judged by it. */
const BY_ITSELF: readonly unknown[] = ['title', 'paper', 'about', 'seed', 'rollouts'];

/**
 * A scenario with something else in the places of `malformed`; undefined where too much of it is. Indices stay.
 *
 * @param value as it was read
 */
export function remainderOf(
  value: unknown,
  malformed: readonly ScenarioProblem[],
): ScenarioRemainder | undefined {
  const known = Object.keys(scenarioSchema.shape);
  const places = malformed
    .map(({ path }) => path)
    .filter(([field]) => field === undefined || known.includes(String(field)))
    .map((path) => path.slice(0, BY_ITSELF.includes(path[0]) ? 1 : 2));
  const replaceable = ([field, entry]: Path): boolean =>
    BY_ITSELF.includes(field) ||
    (entry !== undefined && (field === 'conditions' || field === 'report' || field === 'bundles'));
  if (!places.every(replaceable)) return undefined;
  const copy = Object.fromEntries(Object.entries(value as Fields).filter(([field]) => known.includes(field)));
  for (const place of places) replace(copy, place);
  const parsed = scenarioSchema.safeParse(copy);
  if (!parsed.success) return undefined;
  const incomplete = places.some(([field]) => field === 'conditions');
  return {
    scenario: parsed.data,
    // Parts may be about conditions that are not known for being malformed.
    concerns: ({ path }) =>
      !places.some((place) => place.every((key, depth) => path[depth] === key)) &&
      !(incomplete && path[0] === 'report'),
  };
}

function replace(scenario: Fields, [field, entry]: Path): void {
  const bundle = Object.keys(scenario['bundles'] ?? {})[0] ?? '';
  const entries = scenario[String(field)];
  switch (field) {
    case 'title':
      scenario['title'] = 'untitled';
      return;
    case 'conditions': {
      const list = (scenario['conditions'] = [...(entries as unknown[])]);
      list[entry as number] = { name: `condition ${String(entry)}`, bundle };
      return;
    }
    case 'report': {
      const list = (scenario['report'] = [...(entries as unknown[])]);
      list[entry as number] = { show: 'coefficients', bundles: [bundle] };
      return;
    }
    case 'bundles':
      scenario['bundles'] = { ...(entries as Fields), [String(entry)]: '' };
      return;
    default:
      Reflect.deleteProperty(scenario, String(field));
  }
}
