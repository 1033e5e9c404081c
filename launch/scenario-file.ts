import { createHash } from 'node:crypto';
import path from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { decodeBundle, requireSameContract, type LoadedBundle } from '../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../policy/errors.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';
import { checkScenario, type CheckedScenario } from '../sim/experiment/check-scenario.js';
import type { ScenarioProblem } from '../sim/experiment/expand-scenario.js';
import { scenarioSchema, type Scenario } from '../sim/experiment/scenario.js';
import { stageOutOfOrder, stepsBehind, type TrainingLog } from '../sim/experiment/training-log.js';
import { readBytes } from '../sim/files.js';
import { scenarioIssues } from './scenario-issues.js';
import { remainderOf } from './scenario-remainder.js';

/** A bundle of a scenario. */
export interface ScenarioBundle {
  /** As the scenario has it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly bundle: LoadedBundle;
}

/** A scenario with all that it names, ready to be run. */
export interface ScenarioFile extends CheckedScenario {
  readonly file: string;
  /** Of the file, without folder and ending. */
  readonly name: string;
  /** SHA-256 of its text. */
  readonly sha256: string;
  readonly bundles: ReadonlyMap<string, ScenarioBundle>;
  /** By `log` of the parts that show them. */
  readonly logs: Readonly<Record<string, TrainingLog>>;
}

/** A line of the log of an evolution run, as far as a report needs it. */
const logLineSchema = z.object({
  generation: z.number(),
  horizon: z.number(),
  sigma: z.number(),
  mean: z.record(z.string(), z.number()),
  max: z.record(z.string(), z.number()),
  validation: z.record(z.string(), z.number()).optional(),
  steps: z.number(),
  stepsTotal: z.number(),
  seconds: z.number().nonnegative().optional(),
});

/**
 * Read a scenario and everything that it names, and check all of it before anything is run.
 *
 * @throws HebbridgeError ERR_SCENARIO, every problem on a line of its own as `file:line: path: problem`; ERR_FILE_READ
 */
export function readScenarioFile(file: string): ScenarioFile {
  const bytes = readBytes(file);
  const text = new TextDecoder().decode(bytes);
  const yaml = new ScenarioText(text, file);
  const parsed = scenarioSchema.safeParse(yaml.value);
  const malformed = parsed.success ? [] : scenarioIssues(parsed.error.issues, yaml.value);
  const remainder = parsed.success ? undefined : remainderOf(yaml.value, malformed);
  const scenario = parsed.data ?? remainder?.scenario;
  if (!scenario) throw yaml.error(malformed);
  const problems: ScenarioProblem[] = [];
  const folder = path.dirname(file);
  const bundles = readBundles(scenario, folder, problems);
  const logs = readLogs(scenario, folder, problems);
  const loaded = new Map([...bundles].map(([name, { bundle }]) => [name, bundle]));
  const checked = checkScenario(scenario, loaded, problems);
  const told = [...malformed, ...problems.filter((problem) => remainder?.concerns(problem) ?? true)];
  if (told.length > 0) throw yaml.error(told);
  const name = path.basename(file).replace(/\.ya?ml$/, '');
  return { ...checked, file, name, sha256: sha256Of(bytes), bundles, logs };
}

/** A scenario's text, its value, and where each part of it stands. */
class ScenarioText {
  readonly value: unknown;
  private readonly file: string;
  private readonly document: Document.Parsed;
  private readonly lines = new LineCounter();

  /** @throws HebbridgeError ERR_SCENARIO for what is not YAML */
  constructor(text: string, file: string) {
    this.file = file;
    const { lines: lineCounter } = this;
    this.document = parseDocument(text, { schema: 'core', lineCounter, prettyErrors: false });
    const { errors } = this.document;
    if (errors.length > 0) {
      const told = errors.map(({ pos, message }) => `${file}:${this.lineOf(pos[0])}: ${message}`);
      throw new HebbridgeError('ERR_SCENARIO', told.join('\n'));
    }
    try {
      this.value = this.document.toJS() as unknown;
    } catch (error) {
      throw new HebbridgeError('ERR_SCENARIO', `${file}:1: ${(error as Error).message}`);
    }
  }

  /** All problems, in the order of the file. */
  error(problems: readonly ScenarioProblem[]): HebbridgeError {
    const told = problems
      .map(({ path: at, problem }) => ({ line: this.lineAt(at), at: pathText(at), problem }))
      .sort((a, b) => a.line - b.line)
      .map(({ line, at, problem }) => `${this.file}:${line}: ${at === '' ? '' : `${at}: `}${problem}`);
    return new HebbridgeError('ERR_SCENARIO', [...new Set(told)].join('\n'));
  }

  /** Of the node at the path, or of the nearest one around it that is there. A field is where its name is. */
  private lineAt(at: readonly (string | number)[]): number {
    for (let length = at.length; length > 0; length--) {
      const around = this.document.getIn(at.slice(0, length - 1), true);
      const last = at[length - 1]!;
      const pair = isMap(around)
        ? around.items.find(({ key }) => isScalar(key) && key.value === last)
        : undefined;
      const node = pair ? pair.key : this.document.getIn(at.slice(0, length), true);
      if (isNode(node) && node.range) return this.lineOf(node.range[0]);
    }
    return this.lineOf(this.document.contents?.range[0] ?? 0);
  }

  private lineOf(offset: number): number {
    return Math.max(1, this.lines.linePos(offset).line);
  }
}

/** `conditions[2].name` */
function pathText(at: readonly (string | number)[]): string {
  return at.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function readBundles(
  scenario: Scenario,
  folder: string,
  problems: ScenarioProblem[],
): Map<string, ScenarioBundle> {
  const bundles = new Map<string, ScenarioBundle>();
  for (const [name, file] of Object.entries(scenario.bundles)) {
    attempt(['bundles', name], problems, () => {
      const source = placeOf(file, folder);
      const bytes = readBytes(source);
      const bundle = decodeBundle(bytes, source);
      requireSameContract(bundle, ANT_CONTRACT);
      bundles.set(name, { file, bytes, bundle });
    });
  }
  return bundles;
}

function readLogs(
  scenario: Scenario,
  folder: string,
  problems: ScenarioProblem[],
): Record<string, TrainingLog> {
  const logs: Record<string, TrainingLog> = {};
  for (const [index, part] of scenario.report.entries()) {
    if (part.show !== 'learning-curves') continue;
    for (const [run, { log }] of part.runs.entries()) {
      const at = ['report', index, 'runs', run, 'log'];
      const files = [log].flat();
      for (const [stage, file] of files.entries()) {
        attempt(Array.isArray(log) ? [...at, stage] : at, problems, () => {
          logs[file] ??= readLog(placeOf(file, folder));
        });
      }
      tellStages(files, logs, at, problems);
    }
  }
  return logs;
}

/** Stages whose order is not that of the evolution would be a curve that nobody saw. */
function tellStages(
  files: readonly string[],
  logs: Readonly<Record<string, TrainingLog>>,
  at: ScenarioProblem['path'],
  problems: ScenarioProblem[],
): void {
  const stages = files.flatMap((file) => logs[file] ?? []);
  const stage = stages.length === files.length ? stageOutOfOrder(stages) : undefined;
  if (stage === undefined) return;
  problems.push({
    path: [...at, stage],
    problem:
      `${files[stage]!} begins with ${stepsBehind(stages[stage]!)} control steps behind it, ${files[stage - 1]!} ends its ` +
      `first generation with ${stages[stage - 1]!.lines[0]!.stepsTotal}; give the stages of one run in their order`,
  });
}

/** Files are relative to the scenario that names them. */
function placeOf(file: string, folder: string): string {
  return path.isAbsolute(file) ? file : path.join(folder, file);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readLog(file: string): TrainingLog {
  const bytes = readBytes(file);
  const rows = new TextDecoder().decode(bytes).split('\n');
  if (rows.every((row) => row === '')) {
    throw new HebbridgeError(
      'ERR_SCENARIO',
      `${file}: is empty; give the log.jsonl of an evolution that has begun`,
    );
  }
  const lines = rows.flatMap((row, index) => {
    if (row === '') return [];
    try {
      const { validation, seconds, ...line } = logLineSchema.parse(JSON.parse(row));
      return [{ ...line, ...(validation && { validation }), ...(seconds !== undefined && { seconds }) }];
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error).replace(/\s+/g, ' ') : String(error);
      throw new HebbridgeError(
        'ERR_SCENARIO',
        `${file}:${index + 1}: is no line of an evolution's log.jsonl: ${why}`,
      );
    }
  });
  return { sha256: sha256Of(bytes), lines };
}

/** What cannot be read is a problem of the scenario that names it. */
function attempt(at: ScenarioProblem['path'], problems: ScenarioProblem[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof HebbridgeError)) throw error;
    problems.push({ path: at, problem: error.message });
  }
}
