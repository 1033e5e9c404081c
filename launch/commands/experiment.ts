import { availableParallelism } from 'node:os';
import path from 'node:path';
import { HebbridgeError } from '../../policy/errors.js';
import { writeFileAtomically } from '../../sim/atomic-file.js';
import type { ExperimentResult } from '../../sim/experiment/result.js';
import { summariseCondition } from '../../sim/experiment/result-files.js';
import { defineCommand } from '../command.js';
import { runHeadless } from '../experiment/headless-run.js';
import { indexPage } from '../experiment/index-page.js';
import { shellLine } from '../experiment/shell-line.js';
import { writeResults } from '../experiment/write-results.js';
import { integerOption, repeatedOption, textOption } from '../options.js';
import { ProgressBar } from '../progress-bar.js';
import { readScenarioFile, type ScenarioFile } from '../scenario-file.js';
import { textTable } from '../text-table.js';

export default defineCommand({
  name: 'experiment',
  describe: 'Run scenarios and report what came of them: does it walk, adapt, how fast, how sure',
  examples: [
    ['hebbridge experiment launch/scenarios/table-1.yaml --out runs/table-1', 'Table 1 of the paper'],
    [
      'hebbridge experiment launch/scenarios/*.yaml --out runs/paper --rollouts 10',
      'a quick look at all of them; without --rollouts it goes on to the whole',
    ],
  ],
  positionals: {
    scenario: repeatedOption({ describe: 'Scenario files (YAML)' }, (file) => file),
  },
  options: {
    out: textOption({
      describe: 'Folder of the results; what was begun there is gone on with',
      required: true,
    }),
    rollouts: integerOption({
      describe: "Lives of each condition, in place of the scenario's",
      minimum: 1,
      maximum: 100_000,
    }),
    workers: integerOption({
      describe: 'Worker threads; the result does not depend on them',
      minimum: 1,
      maximum: 256,
      default: availableParallelism(),
    }),
  },

  async run(values, context) {
    const { out, rollouts, workers } = values;
    const files = readAll(values.scenario);
    const several = files.length > 1;
    const signal = context.interruption();
    const now = (): number => performance.now() / 1000;
    const results: { name: string; out: string; result: ExperimentResult }[] = [];
    for (const file of files) {
      const folder = several ? path.join(out, file.name) : out;
      const command = shellLine('hebbridge', 'experiment', file.file, '--out', folder, {
        '--rollouts': rollouts,
        '--workers': workers,
      });
      if (several) context.progress(`${file.name}: ${file.scenario.title}`);
      const bar = new ProgressBar(context.stderr, 'lives', now);
      const options = {
        ...(rollouts !== undefined && { rollouts }),
        workers,
        out: folder,
        command,
        now,
        onResume: (lives: number) => context.progress(`${folder}: ${lives} lives are there already`),
      };
      const result = await runHeadless(file, options, {
        signal,
        onLife: (done, lives) => bar.show(done, lives),
      })
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
          throw new HebbridgeError(
            'ERR_INTERRUPTED',
            `stopped; the same command goes on with the lives that ${folder} holds`,
          );
        })
        .finally(() => bar.end());
      writeResults(result, folder);
      results.push({ name: file.name, out: folder, result });
    }
    if (several) writeFileAtomically(path.join(out, 'index.html'), indexPage(results));
    return {
      json: { scenarios: results.map((one) => jsonOf(one)) },
      text: results.map((one) => textOf(one, several)).join('\n\n'),
    };
  },
});

/** All of them, before anything is run. */
function readAll(names: readonly string[]): readonly ScenarioFile[] {
  if (names.length === 0) {
    throw new HebbridgeError('ERR_USAGE', 'no scenario given; give one like launch/scenarios/table-1.yaml');
  }
  const files: ScenarioFile[] = [];
  const problems: string[] = [];
  for (const name of names) {
    try {
      files.push(readScenarioFile(name));
    } catch (error) {
      if (!(error instanceof HebbridgeError) || error.code !== 'ERR_SCENARIO') throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new HebbridgeError('ERR_SCENARIO', problems.join('\n'));
  for (const [index, { name, file }] of files.entries()) {
    const other = files.findIndex((one) => one.name === name);
    if (other === index) continue;
    throw new HebbridgeError(
      'ERR_USAGE',
      `${file}: its results would lie where those of ${files[other]!.file} do; run them into folders of their own`,
    );
  }
  return files;
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
        ...summariseCondition(one, scenario.report),
      };
    }),
  };
}

function textOf({ name, out, result }: Done, several: boolean): string {
  const { scenario, conditions } = result;
  const rows = conditions.map((one) => {
    const { distance, solved, recovery } = summariseCondition(one, scenario.report);
    const { expected } = one.condition;
    const { mean, sd, interval } = distance;
    return [
      one.condition.name,
      `${mean.toFixed(0)} +- ${sd.toFixed(0)}`,
      interval ? `[${interval.map((bound) => bound.toFixed(0)).join(', ')}]` : '',
      `${solved.count}/${solved.of}`,
      recovery ? `${recovery.recovered.count}/${recovery.recovered.of}, ${recovery.median ?? 'never'}` : '',
      expected ? `${expected.mean}${expected.sd === undefined ? '' : ` +- ${expected.sd}`}` : '',
    ];
  });
  const headings = ['condition', 'units', '95 %', 'solved', 'recovered, steps', 'expected'];
  const kept = headings.map((_, k) => k === 0 || rows.some((row) => row[k] !== ''));
  const table = [headings, ...rows].map((row) => row.filter((_, k) => kept[k]));
  const title = several ? `${name}: ${scenario.title}\n` : '';
  return `${title}${rows.length === 0 ? '' : `${textTable(table)}\n`}${path.join(out, 'results.json')}`;
}
