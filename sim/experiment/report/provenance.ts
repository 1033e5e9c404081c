import type { JsonRecord, JsonValue } from '../../../policy/bundle/bundle-metadata.js';
import type { ExperimentResult } from '../result.js';
import { text, type Block, type TableBlock } from './document.js';
import { duration, fixed, millions, plural } from './numbers.js';

/** Everything that it takes to run it again, and where the rules come from. */
export function provenance(result: ExperimentResult): Block[] {
  const { scenario, bundles, live } = result;
  const about: [string, string][] = [
    ['Scenario (SHA-256)', result.scenarioSha256],
    ['Seed, lives a condition, control steps', `${scenario.seed}, ${scenario.rollouts}, ${scenario.steps}`],
    ...(live === undefined ? [] : [['Ran against', live] as [string, string]]),
    ['Took', `${duration(result.duration)} on ${plural(result.workers, 'worker')}`],
    ...Object.entries(result.versions).map(([name, version]): [string, string] => [name, plain(version)]),
  ];
  return [
    { kind: 'code', text: result.command },
    { kind: 'table', caption: 'What ran', columns: [{ title: 'What' }, { title: 'Value' }], rows: about },
    ...Object.entries(bundles).map(([name, bundle]) => bundleTable(name, bundle)),
    ...(Object.keys(bundles).length === 0 ? [text('No rule bundle took part.')] : []),
  ];
}

function bundleTable(
  name: string,
  { file, tensorsSha256, provenance: from }: ExperimentResult['bundles'][string],
): TableBlock {
  const stages = stagesOf(from);
  const rows: [string, JsonValue | undefined][] = [
    ['File', file],
    ['SHA-256 of its tensors', tensorsSha256],
    ['Evolved on (what was seen)', seenText(from, stages)],
    ...(stages.length === 1
      ? ([
          ['Generations', from['generations']],
          ['Seed of the evolution', from['seed']],
        ] as const)
      : stages.map((stage, k) => [`Stage ${k + 1} of ${stages.length}`, stageText(stage)] as const)
    ).map(([title, value]): [string, JsonValue | undefined] => [title, value]),
    ['Budget', budgetText(from, stages)],
    ['Fitness', from['fitness']],
    ['Tied under the left-right mirror', from['mirrorTied']],
    ['Simulator', from['simulator']],
    ['Written by hebbridge', from['hebbridge']],
    [stages.length === 1 ? 'Settings of the evolution' : 'Settings of its last stage', ownSettings(from)],
  ];
  return {
    kind: 'table',
    caption: `Rule bundle ${name}`,
    columns: [{ title: 'Bundle' }, { title: name }],
    rows: rows.flatMap(([title, value]) => (value === undefined ? [] : [[title, plain(value)]])),
  };
}

/** What each evolution tells, first to last: each went on from the rules of the one before. */
function stagesOf(from: JsonRecord): JsonRecord[] {
  const { evolution } = from;
  const before = isRecord(evolution) ? evolution['from'] : undefined;
  return [...(isRecord(before) ? stagesOf(before) : []), from];
}

/** Bundles of before stages were told of name the rules that they came from, and no more. */
function isTold({ morphologies }: JsonRecord): boolean {
  return Array.isArray(morphologies) && morphologies.length > 0;
}

function seenText({ morphologies }: JsonRecord, stages: readonly JsonRecord[]): JsonValue | undefined {
  if (!Array.isArray(morphologies) || stages.length === 1) return morphologies;
  const seen = morphologies.map((name) => plain(name as JsonValue)).join('; ');
  return stages.every(isTold) ? seen : `${seen}; and what an earlier stage met, which is not known`;
}

function stageText({ generations, seed, bundle, tensorsSha256 }: JsonRecord): string {
  const ran =
    generations === undefined
      ? 'not known'
      : `${typeof generations === 'number' ? plural(generations, 'generation') : 'generations not known'}, ` +
        `seed ${plain(seed ?? null)}`;
  if (bundle === undefined) return ran;
  return `${ran}; its rules: ${plain(bundle)}, SHA-256 ${plain(tensorsSha256 ?? null)}`;
}

function ownSettings({ evolution }: JsonRecord): JsonValue | undefined {
  if (!isRecord(evolution)) return evolution;
  return Object.fromEntries(Object.entries(evolution).filter(([name]) => name !== 'from'));
}

function budgetText(from: JsonRecord, stages: readonly JsonRecord[]): string | undefined {
  const { evaluation } = from;
  const counted = isRecord(evaluation) ? evaluation : {};
  const { controlSteps: toBest, controlStepsTotal: total = toBest } = counted;
  if (typeof total === 'number') {
    // What a stage does not tell was not counted.
    const least = stages.slice(0, -1).every(({ controlSteps }) => typeof controlSteps === 'number')
      ? ''
      : 'at least ';
    const best =
      typeof toBest === 'number' && toBest !== total ? `, ${millions(toBest)} of them to these rules` : '';
    return `${least}${millions(total)} control steps${best}; lives of validation are not counted`;
  }
  const most = mostSteps(from);
  return most === undefined
    ? undefined
    : `at most ${millions(most)} control steps${stages.length === 1 ? '' : ' in its last stage'}; lives that end early cost less`;
}

/** Control steps of the generations, had every life lasted to the horizon. */
function mostSteps({ generations, evolution }: JsonRecord): number | undefined {
  if (!isRecord(evolution)) return undefined;
  const { population, horizon, morphologies } = evolution;
  if (typeof generations !== 'number' || typeof population !== 'number' || typeof horizon !== 'number')
    return undefined;
  if (!Array.isArray(morphologies)) return undefined;
  let rollouts = 0;
  for (const morphology of morphologies as readonly JsonValue[]) {
    const own = isRecord(morphology) ? morphology['rollouts'] : undefined;
    rollouts += typeof own === 'number' ? own : 1;
  }
  return generations * population * rollouts * horizon;
}

/** A value as people read it. */
function plain(value: JsonValue): string {
  if (value === null) return 'not known';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : fixed(value, 4).replace(/\.?0+$/, '');
  if (isRecord(value))
    return Object.entries(value)
      .map(([key, inner]) => `${key} ${nested(inner)}`)
      .join(', ');
  return value.map(nested).join(', ');
}

function nested(value: JsonValue): string {
  return typeof value === 'object' && value !== null ? `(${plain(value)})` : plain(value);
}

function isRecord(value: JsonValue | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
