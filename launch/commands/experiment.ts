import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { HebbridgeError } from '../../policy/errors.js';
import { nearestWord } from '../../policy/nearest-word.js';
import { writeFileAtomically } from '../../sim/atomic-file.js';
import { claimFolder } from '../../sim/folder-claim.js';
import type { RecoverySummary } from '../../sim/experiment/recovery.js';
import type { ExperimentResult } from '../../sim/experiment/result.js';
import { summariseCondition } from '../../sim/experiment/result-files.js';
import type { ExperimentHooks } from '../../sim/experiment/run-experiment.js';
import { defineCommand, type CommandContext } from '../command.js';
import { readToken, TOKEN_VARIABLE } from '../console-options.js';
import { runHeadless } from '../experiment/headless-run.js';
import { indexPage } from '../experiment/index-page.js';
import { runLive } from '../experiment/live-run.js';
import { shellLine } from '../experiment/shell-line.js';
import { writeResults } from '../experiment/write-results.js';
import { integerOption, repeatedOption, textOption } from '../options.js';
import { ProgressBar } from '../progress-bar.js';
import { readScenarioFile, type ScenarioFile } from '../scenario-file.js';
import { shippedScenarios } from '../shipped-scenarios.js';
import { textTable } from '../text-table.js';

export default defineCommand({
  name: 'experiment',
  describe: 'Run scenarios and report what came of them: does it walk, adapt, how fast, how sure',
  examples: [
    ['hebbridge experiment table-1 --out runs/table-1', 'Table 1 of the paper'],
    [
      'hebbridge experiment launch/scenarios/*.yaml --out runs/paper --rollouts 10',
      'a quick look at all of them; without --rollouts it goes on to the whole',
    ],
    [
      'hebbridge experiment fig-3-saturation --out runs/live --live ws://127.0.0.1:8765',
      'against a running `hebbridge demo`, in real time',
    ],
  ],
  positionals: {
    scenario: repeatedOption(
      { describe: `Scenario files (YAML), or names of scenarios that ship: ${shippedNames()}` },
      (name) => name,
    ),
  },
  options: {
    out: textOption({
      describe: 'Folder of the results; what was begun there is gone on with',
      required: true,
    }),
    rollouts: integerOption({
      describe: "Lives of each condition, in place of the scenario's; with --live 1 by default",
      minimum: 1,
      maximum: 100_000,
    }),
    workers: integerOption({
      describe: 'Worker threads; the result does not depend on them',
      minimum: 1,
      maximum: 256,
      default: availableParallelism(),
    }),
    live: textOption({
      describe: 'Address of a bridge with a simulated robot, like ws://127.0.0.1:8765: in real time, on that',
    }),
    tokenFile: textOption({ describe: `File with the token of operators there; or ${TOKEN_VARIABLE}` }),
  },

  async run(values, context) {
    const { out } = values;
    const files = readAll(values.scenario);
    const several = files.length > 1;
    const signal = context.interruption();
    const results: Done[] = [];
    for (const { typed, file } of files) {
      const folder = several ? path.join(out, file.name) : out;
      if (several) context.progress(`${file.name}: ${file.scenario.title}`);
      const bar = new ProgressBar(context.stderr, 'lives', now);
      let kept = false;
      const onLife = (done: number, lives: number): void => {
        kept = true;
        bar.show(done, lives);
      };
      const onwards = `the same command goes on with the lives that ${folder} holds`;
      const release = claimFolder(folder);
      try {
        const result = await runOne(typed, file, folder, values, context, { signal, onLife })
          .catch((error: unknown) => {
            if (signal.aborted) throw new HebbridgeError('ERR_INTERRUPTED', `stopped; ${onwards}`);
            if (kept) context.progress(`not done: ${onwards}`);
            throw error;
          })
          .finally(() => bar.end());
        await writeResults(result, folder);
        results.push({ name: file.name, out: folder, result });
      } finally {
        release();
      }
    }
    if (several) writeFileAtomically(path.join(out, 'index.html'), indexPage(results));
    return {
      json: { scenarios: results.map((one) => jsonOf(one)) },
      text: results.map((one) => textOf(one, several)).join('\n\n'),
    };
  },
});

function now(): number {
  return performance.now() / 1000;
}

interface Values {
  readonly rollouts: number | undefined;
  readonly workers: number;
  readonly live: string | undefined;
  readonly tokenFile: string | undefined;
}

function runOne(
  typed: string,
  file: ScenarioFile,
  out: string,
  { rollouts, workers, live, tokenFile }: Values,
  context: CommandContext,
  hooks: ExperimentHooks,
): Promise<ExperimentResult> {
  const onResume = (lives: number): void => context.progress(`${out}: ${lives} lives are there already`);
  const words = ['hebbridge', 'experiment', typed, '--out', out];
  if (live !== undefined) {
    const token = readToken(tokenFile) ?? context.environment[TOKEN_VARIABLE];
    const options = {
      url: live,
      ...(token !== undefined && { token }),
      rollouts: rollouts ?? 1,
      out,
      now,
      onResume,
      command: shellLine(...words, { '--rollouts': rollouts, '--live': live, '--token-file': tokenFile }),
      onProblem: (problem: string) => context.progress(problem),
    };
    return runLive(file, options, hooks);
  }
  const options = {
    ...(rollouts !== undefined && { rollouts }),
    workers,
    out,
    command: shellLine(...words, { '--rollouts': rollouts, '--workers': workers }),
    now,
    onResume,
  };
  return runHeadless(file, options, hooks);
}

interface Asked {
  /** File, or name of one that ships. */
  readonly typed: string;
  readonly file: ScenarioFile;
}

/** All of them, before anything is run. */
function readAll(names: readonly string[]): readonly Asked[] {
  if (names.length === 0) {
    throw new HebbridgeError(
      'ERR_USAGE',
      `no scenario given; give a file, or one of those that ship: ${shippedNames()}`,
    );
  }
  const files: Asked[] = [];
  const problems: string[] = [];
  for (const typed of names) {
    try {
      files.push({ typed, file: readScenarioFile(fileOf(typed)) });
    } catch (error) {
      if (!(error instanceof HebbridgeError) || error.code !== 'ERR_SCENARIO') throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new HebbridgeError('ERR_SCENARIO', problems.join('\n'));
  for (const [index, { typed, file }] of files.entries()) {
    const other = files.findIndex((one) => one.file.name === file.name);
    if (other === index) continue;
    throw new HebbridgeError(
      'ERR_USAGE',
      `${typed}: its results would lie where those of ${files[other]!.typed} do; run them into folders of their own`,
    );
  }
  return files;
}

/** A file that is there comes before a scenario that ships, whatever its name. */
function fileOf(typed: string): string {
  if (existsSync(typed) && !statSync(typed).isDirectory()) return typed;
  const shipped = shippedScenarios();
  const file = shipped.get(typed);
  if (file !== undefined) return file;
  const nearest = nearestWord(typed, [...shipped.keys()]);
  const guess = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  throw new HebbridgeError(
    'ERR_FILE_READ',
    `${typed}: there is no such file, and no scenario of that name${guess}; those that ship are ${shippedNames()}`,
  );
}

function shippedNames(): string {
  return [...shippedScenarios().keys()].join(', ');
}

interface Done {
  readonly name: string;
  readonly out: string;
  readonly result: ExperimentResult;
}

function jsonOf({ name, out, result }: Done): object {
  const { scenario, conditions, duration } = result;
  return {
    name,
    title: scenario.title,
    out,
    rollouts: scenario.rollouts,
    duration,
    conditions: conditions.map((one) => {
      const { condition } = one;
      const { expected, seen } = condition;
      return {
        name: condition.name,
        ...(seen !== undefined && { seen }),
        ...(expected && { expected }),
        ...summariseCondition(one, result),
      };
    }),
  };
}

function recoveryText(recovery: RecoverySummary | undefined): string {
  if (!recovery) return '';
  return `${recovery.recovered.count}/${recovery.recovered.of}, ${recovery.median ?? 'never'}`;
}

function textOf({ name, out, result }: Done, several: boolean): string {
  const { scenario, conditions } = result;
  const rows = conditions.map((one) => {
    const { distance, solved, recovery, undisturbed } = summariseCondition(one, result);
    const { expected } = one.condition;
    const { mean, sd, interval } = distance;
    return [
      one.condition.name,
      `${mean.toFixed(0)} +- ${sd.toFixed(0)}`,
      interval ? `[${interval.map((bound) => bound.toFixed(0)).join(', ')}]` : '',
      `${solved.count}/${solved.of}`,
      recoveryText(recovery),
      recoveryText(undisturbed),
      expected ? `${expected.mean}${expected.sd === undefined ? '' : ` +- ${expected.sd}`}` : '',
    ];
  });
  const headings = ['condition', 'units', '95 %', 'solved', 'recovered, steps', 'undisturbed', 'expected'];
  const kept = headings.map((_, k) => k === 0 || rows.some((row) => row[k] !== ''));
  const table = [headings, ...rows].map((row) => row.filter((_, k) => kept[k]));
  const title = several ? `${name}: ${scenario.title}\n` : '';
  return `${title}${rows.length === 0 ? '' : `${textTable(table)}\n`}${path.join(out, 'results.json')}`;
}
