import { isDeepStrictEqual } from 'node:util';
import type { RuleBundle } from '../../policy/bundle/rule-bundle.js';
import {
  checkPerturbation,
  PerturbationSchedule,
  type Perturbation,
} from '../../policy/perturbation/index.js';
import { nearestWord } from '../../policy/nearest-word.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { expandConditions, type ExpandedCondition, type ScenarioProblem } from './expand-scenario.js';
import { disturbanceOf, stepAt } from './recovery.js';
import type { Condition } from './result.js';
import type { ReportPart, Scenario } from './scenario.js';

/** A scenario that can be run. */
export interface CheckedScenario {
  /** Every part names its conditions, by the names of those below. */
  readonly scenario: Scenario;
  readonly conditions: readonly Condition[];
}

type PartWithConditions = Extract<ReportPart, { conditions?: string[] | undefined }>;
type Path = readonly (string | number)[];

/**
 * Unroll a scenario's conditions and ask of each whether robot and rules can do it, and of each part of the report
 * whether it has what it is about. What cannot be is added to `problems`; the answer is of use where there are none.
 *
 * @param bundles by the scenario's names, as far as they could be read
 */
export function checkScenario(
  scenario: Scenario,
  bundles: ReadonlyMap<string, RuleBundle>,
  problems: ScenarioProblem[],
): CheckedScenario {
  const expanded = expandConditions(scenario, ANT_CONTRACT.controlPeriod, problems);
  const told = new Set<string>();
  const conditions = expanded.map((condition) => {
    const found: ScenarioProblem[] = [];
    const checked = checkCondition(condition, scenario, bundles, found);
    // What is wrong with several values of a list is said once.
    for (const problem of found) {
      const key = JSON.stringify(problem);
      if (!told.has(key)) problems.push(problem);
      told.add(key);
    }
    return checked;
  });
  const report = scenario.report.map((part, index) => {
    const path = ['report', index];
    if (part.show === 'coefficients') checkCoefficients(part.bundles, scenario, bundles, path, problems);
    if (!('conditions' in part || needsConditions(part))) return part;
    const checked = checkPart(part as PartWithConditions, scenario, expanded, bundles, path, problems);
    const names = new Set(checked.conditions);
    const about = conditions.filter(({ name }) => names.has(name));
    if (checked.show === 'recovery')
      tellUnmeasurable(checked, about, conditions, scenario.steps, path, problems);
    if (checked.show === 'matrix') tellSharedCells(about, path, problems);
    if (checked.show === 'evolutions') tellUnlike(about, path, problems);
    return checked;
  });
  tellSharedWays(report, problems);
  return { scenario: { ...scenario, report }, conditions };
}

/** The weights of a life have one way: components are shared within a part, and a condition is in one of them. */
function tellSharedWays(report: readonly ReportPart[], problems: ScenarioProblem[]): void {
  const taken = new Set<string>();
  for (const [index, part] of report.entries()) {
    if (part.show !== 'components') continue;
    const twice = part.conditions?.find((name) => taken.has(name));
    if (twice !== undefined) {
      problems.push({
        path: ['report', index],
        problem: `'${twice}' is in an earlier part of components; name the conditions of each, or make them one part`,
      });
    }
    for (const name of part.conditions ?? []) taken.add(name);
  }
}

/** Recovery takes a walk before the perturbation to get back to, and time after it; to compare, lives without any. */
function tellUnmeasurable(
  { window, undisturbed }: Extract<ReportPart, { show: 'recovery' }>,
  about: readonly Condition[],
  conditions: readonly Condition[],
  steps: number,
  path: Path,
  problems: ScenarioProblem[],
): void {
  const tell = (problem: string, field?: string): void =>
    void problems.push({ path: field === undefined ? path : [...path, field], problem });
  for (const { name, perturbations } of about) {
    const disturbance = disturbanceOf(perturbations, ANT_CONTRACT.controlPeriod);
    if (!disturbance) continue;
    const { begin, end } = disturbance;
    if (begin < window) {
      tell(
        `'${name}' is perturbed from control step ${begin} on, before which its speed over ${window} (window) cannot be ` +
          'measured; perturb it later, or leave it out of conditions',
      );
    }
    if (steps - end < window) {
      tell(
        `'${name}' is perturbed up to control step ${end} of ${steps}, which leaves fewer than ${window} (window) to ` +
          'recover in; perturb it earlier, or give more steps',
      );
    }
  }
  const compared = conditions.find(({ name }) => name === undisturbed);
  if (compared && compared.perturbations.length > 0) {
    tell(`'${compared.name}' is perturbed; name a condition that nothing happens to`, 'undisturbed');
  }
}

/** A cell of a matrix has one number. */
function tellSharedCells(about: readonly Condition[], path: Path, problems: ScenarioProblem[]): void {
  const taken = new Map<string, string>();
  for (const { name, row, column } of about) {
    const cell = JSON.stringify([row, column]);
    const first = taken.get(cell);
    if (first !== undefined) {
      problems.push({
        path,
        problem: `'${first}' and '${name}' are both in row '${row}', column '${column}'; name conditions that are apart`,
      });
      return;
    }
    taken.set(cell, name);
  }
}

/** What is averaged over evolutions differs in its bundle, and in nothing else. */
function tellUnlike(about: readonly Condition[], path: Path, problems: ScenarioProblem[]): void {
  const alike = new Map<string, Condition[]>();
  for (const condition of about) {
    const key = JSON.stringify([condition.group, condition.row]);
    const others = alike.get(key) ?? [];
    alike.set(key, [...others, condition]);
    const twin = others.find(({ bundle }) => bundle === condition.bundle);
    const unlike = others.find((other) => !isDeepStrictEqual(livedIn(other), livedIn(condition)));
    const told = twin
      ? `are of one evolution, '${condition.bundle}'`
      : unlike && 'differ in more than their bundle';
    if (told === undefined) continue;
    const other = (twin ?? unlike)!.name;
    problems.push({
      path,
      problem: `'${other}' and '${condition.name}', both of group '${condition.group}' and row '${condition.row}', ${told}; give them rows of their own`,
    });
    return;
  }
}

/** All that the lives of a condition depend on but their rules, and whether evolution met it. */
function livedIn(condition: Condition): object {
  const { morphology, freeze_step, initial_weights, random_coefficients, perturbations, seen } = condition;
  return { morphology, freeze_step, initial_weights, random_coefficients, perturbations, seen };
}

function needsConditions({ show }: ReportPart): boolean {
  return show !== 'learning-curves' && show !== 'coefficients';
}

function checkCondition(
  { origin, perturbations: asked, ...condition }: ExpandedCondition,
  scenario: Scenario,
  bundles: ReadonlyMap<string, RuleBundle>,
  problems: ScenarioProblem[],
): Condition {
  const { steps } = scenario;
  const path = ['conditions', origin];
  const tell = (at: Path, problem: string): void => void problems.push({ path: [...path, ...at], problem });
  if (!Object.hasOwn(scenario.bundles, condition.bundle)) {
    tell(['bundle'], unknownName('bundle', condition.bundle, Object.keys(scenario.bundles)));
  }
  if (condition.freeze_step !== undefined && condition.freeze_step > steps) {
    tell(['freeze_step'], `${condition.freeze_step} is after the end of a life of ${steps} steps`);
  }
  const bundle = bundles.get(condition.bundle);
  if (bundle) {
    if (condition.initial_weights?.kind === 'carried' && !bundle.initialWeights) {
      tell(['initial_weights'], `the bundle '${condition.bundle}' carries no weights; give another kind`);
    }
    if (condition.random_coefficients && bundle.network.rule === 'static') {
      tell(['random_coefficients'], `the bundle '${condition.bundle}' is static: it has no coefficients`);
    }
  }
  const { controlPeriod } = ANT_CONTRACT;
  const layers = bundle ? bundle.network.layerSizes.length - 1 : 15;
  const schedule = new PerturbationSchedule(ANT_CONTRACT);
  const perturbations: Perturbation[] = [];
  for (const [index, perturbation] of asked.entries()) {
    const at = ['perturbations', index];
    const verdict = checkPerturbation(perturbation, { contract: ANT_CONTRACT, layers, simulated: true });
    if (!verdict.accepted) {
      tell(at, verdict.reason);
      continue;
    }
    if (stepAt(verdict.perturbation.start, controlPeriod) >= steps) {
      const end = (steps * controlPeriod).toFixed(2);
      tell(at, `begins when the life is over: it has ${steps} steps, ${end} s`);
    }
    const refusal = schedule.add(verdict.perturbation, 0);
    if (refusal) tell(at, refusal.reason);
    perturbations.push(verdict.perturbation);
  }
  return { ...condition, perturbations };
}

function checkPart(
  part: PartWithConditions,
  scenario: Scenario,
  expanded: readonly ExpandedCondition[],
  bundles: ReadonlyMap<string, RuleBundle>,
  path: Path,
  problems: ScenarioProblem[],
): PartWithConditions {
  const tell = (at: Path, problem: string): void => void problems.push({ path: [...path, ...at], problem });
  const templates = scenario.conditions.map(({ name }) => name);
  const names = expanded.map(({ name }) => name);
  const [has, needed] = requirement(part);
  const chosen = part.conditions?.flatMap((wanted, index) => {
    const found = expanded.filter(
      ({ name, group, origin }) => name === wanted || group === wanted || templates[origin] === wanted,
    );
    const lacks = found.find((condition) => !has(condition));
    if (found.length === 0) tell(['conditions', index], unknownName('condition', wanted, names));
    else if (lacks) tell(['conditions', index], `'${lacks.name}' has no ${needed}, which ${part.show} needs`);
    return found;
  });
  const about = chosen ?? expanded.filter(has);
  if (part.conditions?.length === 0 || (!chosen && about.length === 0)) {
    tell(
      [],
      `${part.show} needs ${needed === '' ? 'conditions' : `conditions with ${needed}`}; there are none`,
    );
  }
  if (part.show === 'matrix' && part.relative_to !== undefined && !names.includes(part.relative_to)) {
    tell(['relative_to'], unknownName('condition', part.relative_to, names));
  }
  if (part.show === 'recovery' && part.undisturbed !== undefined && !names.includes(part.undisturbed)) {
    tell(['undisturbed'], unknownName('condition', part.undisturbed, names));
  }
  if (part.show === 'weights') {
    for (const [index, step] of part.steps.entries()) {
      if (step > scenario.steps)
        tell(['steps', index], `${step} is after the last of ${scenario.steps} steps`);
    }
  }
  if (part.show === 'components') {
    const sizes = about.flatMap(({ bundle }) => bundles.get(bundle)?.network.layerSizes.join('-') ?? []);
    const other = sizes.find((size) => size !== sizes[0]);
    if (other !== undefined) {
      tell([], `components are shared by networks of one size; these are ${sizes[0]!} and ${other}`);
    }
  }
  return { ...part, conditions: [...new Set(about.map(({ name }) => name))] };
}

/** What a condition must have for a part, and its name. */
function requirement({ show }: PartWithConditions): [(condition: ExpandedCondition) => boolean, string] {
  switch (show) {
    case 'distance-by-freeze-step':
      return [({ freeze_step }) => freeze_step !== undefined, 'freeze_step'];
    case 'recovery':
      return [({ perturbations }) => perturbations.length > 0, 'perturbations'];
    case 'evolutions':
      return [({ group, row }) => group !== undefined && row !== undefined, 'group and row'];
    case 'matrix':
      return [({ row, column }) => row !== undefined && column !== undefined, 'row and column'];
    default:
      return [() => true, ''];
  }
}

function checkCoefficients(
  names: readonly string[],
  scenario: Scenario,
  bundles: ReadonlyMap<string, RuleBundle>,
  path: Path,
  problems: ScenarioProblem[],
): void {
  for (const [index, name] of names.entries()) {
    const at = [...path, 'bundles', index];
    if (!Object.hasOwn(scenario.bundles, name)) {
      problems.push({ path: at, problem: unknownName('bundle', name, Object.keys(scenario.bundles)) });
    } else if (bundles.get(name)?.network.rule === 'static') {
      problems.push({ path: at, problem: `the bundle '${name}' is static: it has no coefficients` });
    }
  }
}

function unknownName(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known);
  const guess = nearest === undefined ? '' : ` (did you mean '${nearest}'?)`;
  const shown = known.slice(0, 12).map((other) => `'${other}'`);
  if (known.length > shown.length) shown.push(`${known.length - shown.length} more`);
  return `there is no ${what} '${name}'${guess}; there ${known.length === 0 ? 'is none' : `are ${shown.join(', ')}`}`;
}
