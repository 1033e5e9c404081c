import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { LoadedBundle } from '../../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../../policy/errors.js';
import { RULE_NAMES, type RuleName } from '../../policy/plasticity-rule.js';
import { writeFileAtomically } from '../../sim/atomic-file.js';
import { ancestryOf, type FindBundle } from '../../sim/evolution/ancestry.js';
import { beginFrom } from '../../sim/evolution/begin-from.js';
import type { Checkpoint } from '../../sim/evolution/checkpoint.js';
import { createThreadEvaluator } from '../../sim/evolution/evaluator.js';
import { evolutionProgram } from '../../sim/evolution/evolution-program.js';
import { evolve } from '../../sim/evolution/evolution-run.js';
import {
  networkDescription,
  parseEvolutionSettings,
  trainingLabel,
  type EvolutionSettings,
} from '../../sim/evolution/evolution-settings.js';
import { evolvedBundle } from '../../sim/evolution/evolved-bundle.js';
import { Genome } from '../../sim/evolution/genome.js';
import { learningCurves } from '../../sim/evolution/learning-curve.js';
import { RunDirectory } from '../../sim/evolution/run-directory.js';
import { loadRapier } from '../../sim/rapier.js';
import { readBytes } from '../../sim/files.js';
import { claimFolder } from '../../sim/folder-claim.js';
import { readBundle, writeBundle } from '../bundle-file.js';
import { defineCommand, type CommandContext } from '../command.js';
import { EvolutionProgress } from '../evolution-progress.js';
import { parseBounding, parseInitialWeights, parseLayerSizes } from '../network-options.js';
import {
  choiceOption,
  flag,
  integerOption,
  listOption,
  numberOption,
  parsedOption,
  textOption,
} from '../options.js';
import { packageVersion } from '../package-version.js';

type Given = Record<string, unknown>;

const EVOLVABLE: readonly (RuleName | 'static')[] = [...RULE_NAMES, 'static'];

export default defineCommand({
  name: 'evolve',
  describe: 'Evolve plasticity rules (or static weights) in the simulator',
  examples: [
    ['hebbridge evolve --out runs/first', 'the default: mirror-tied ABCD_lr rules, intact and right front'],
    ['hebbridge evolve --out runs/first --resume', 'go on where a run was stopped or killed'],
    [
      'hebbridge evolve --out runs/second --from runs/first/rules.safetensors --morphology intact,random',
      'go on from rules, on other robots',
    ],
    ['hebbridge evolve --out runs/static --rule static', 'static weights, through the same door'],
  ],
  positionals: {},
  options: {
    out: textOption({ describe: 'Folder of the run: rules, log, checkpoint', required: true }),
    resume: flag({ describe: 'Go on from the checkpoint in --out' }),
    settings: textOption({ describe: 'JSON file with settings; the options here override it' }),
    from: textOption({ describe: 'Rule bundle to go on from, with other settings, in a run of its own' }),
    environment: choiceOption({ describe: 'World to learn in', choices: ['ant', 'pursuit'] }),
    rule: choiceOption({ describe: 'What evolves', choices: EVOLVABLE }),
    layerSizes: parsedOption({ describe: 'Neurons of each layer, like 28-128-64-8' }, parseLayerSizes),
    bounding: parsedOption(
      { describe: 'What bounds the weights: none, decay:0.02, oja:0.02, largest:1, norm:2' },
      parseBounding,
    ),
    initialWeights: parsedOption(
      { describe: 'First weights of a life: uniform:0.1, normal:0.1, zeros, carried (co-evolved), ...' },
      parseInitialWeights,
    ),
    actionSmoothing: numberOption({
      describe: 'Share of the last action that stays in the next; 0: none',
      minimum: 0,
      maximum: 0.999,
    }),
    actionSmoothingGrowth: integerOption({
      describe: 'Generations over which that share grows from 0',
      minimum: 0,
    }),
    noMirror: flag({ describe: 'Do not tie the rules under the left-right mirror' }),
    morphology: listOption({ describe: 'Morphologies to train on, like intact,right_front' }),
    rollouts: integerOption({
      describe: 'Lives of a candidate with each morphology',
      minimum: 1,
      maximum: 1000,
    }),
    population: integerOption({ describe: 'Candidates a generation, even', minimum: 2, maximum: 100_000 }),
    seedGroups: integerOption({ describe: 'Groups of candidates with seeds of their own', minimum: 1 }),
    stepBudget: integerOption({
      describe: 'Control steps after which no other generation begins; none by default',
      minimum: 1,
    }),
    generations: integerOption({ describe: 'Generations in all', minimum: 1, maximum: 1_000_000 }),
    horizon: integerOption({ describe: 'Control steps of a life', minimum: 1, maximum: 1_000_000 }),
    sigma: numberOption({ describe: 'Size of the noise at the start', minimum: 1e-9 }),
    learningRate: numberOption({ describe: 'Learning rate at the start', minimum: 1e-9 }),
    optimizer: choiceOption({ describe: 'How the center moves', choices: ['adam', 'sgd'] }),
    seed: integerOption({ describe: 'Seed of everything random in the run', minimum: 0 }),
    workers: integerOption({
      describe: 'Worker threads; the result does not depend on them',
      minimum: 1,
      maximum: 256,
      default: availableParallelism(),
    }),
  },

  async run(values, context) {
    const given = givenSettings(values);
    // Before anything is read there: another one may just be writing it.
    const release = claimFolder(values.out);
    try {
      return await evolveIn(new RunDirectory(values.out), given, values, context);
    } finally {
      release();
    }
  },
});

interface Values {
  readonly resume: boolean;
  readonly settings: string | undefined;
  readonly workers: number;
}

async function evolveIn(directory: RunDirectory, given: Given, values: Values, context: CommandContext) {
  const { path } = directory;
  const checkpoint = directory.readCheckpoint();
  if (checkpoint && !values.resume) {
    throw new HebbridgeError(
      'ERR_SETTING',
      `--out: ${path} holds a run of ${checkpoint.state.generation} generations; give --resume to go on with it, or another folder`,
    );
  }
  const begun = values.resume ? (checkpoint?.settings ?? settingsOfBegunRun(directory)) : undefined;
  const settings = begun
    ? resumedSettings(begun, given)
    : parseEvolutionSettings(given, values.settings ?? 'settings');
  await loadRapier();
  const tell = (line: string): void => context.progress(line);
  const beginning = checkpoint ? withAncestry(checkpoint, tell) : beginningOf(settings, tell);
  const programs = programsOf(checkpoint, tell);
  directory.rewindLog(checkpoint?.state.generation ?? 0);
  writeFileAtomically(directory.settingsPath, `${JSON.stringify(settings, null, 2)}\n`);

  const signal = context.interruption();
  const progress = new EvolutionProgress(
    context.stderr,
    settings,
    checkpoint,
    () => performance.now() / 1000,
  );
  const evaluator = createThreadEvaluator(settings, values.workers, (reason) =>
    context.progress(`a worker died (${reason}); its candidates are evaluated again`),
  );
  signal.addEventListener('abort', () => void evaluator.close());
  try {
    const end = await evolve(
      settings,
      new Genome(networkDescription(settings), settings.mirror).length,
      evaluator,
      {
        signal,
        onPair: (done, pairs) => progress.pair(done, pairs),
        onGeneration: async (report, state) => {
          const seconds = progress.generation(report);
          const run = { ...state, programs };
          // Not for a new best alone: the bundle tells what the run has lived by now.
          if (settings.environment === 'ant' && report.validation && state.best) {
            writeBundle(directory.rulesPath, evolvedBundle(settings, state.best, packageVersion(), run));
          }
          directory.record({ ...report, seconds }, run);
          if (report.validation) await drawCurve(directory, `${settings.rule}, seed ${settings.seed}`);
        },
      },
      beginning,
    );
    const { best } = end;
    return {
      json: {
        out: path,
        generations: end.state.generation,
        steps: end.stepsTotal,
        best: best && {
          generation: best.generation,
          score: best.score,
          means: namedMeans(settings, best.means),
        },
        rules: settings.environment === 'ant' ? directory.rulesPath : null,
      },
      text: best
        ? `best: generation ${best.generation}, ${meansText(settings, best.means)}; ${settings.environment === 'ant' ? directory.rulesPath : directory.checkpointPath}`
        : '',
    };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new HebbridgeError(
      'ERR_INTERRUPTED',
      `stopped; hebbridge evolve --out ${path} --resume goes on from the last whole generation`,
    );
  } finally {
    progress.end();
    await evaluator.close();
  }
}

/** Draw the learning curve anew. */
async function drawCurve(directory: RunDirectory, title: string): Promise<void> {
  // Loaded when it is needed: plotting takes longer to load than all the rest.
  const { drawLearningCurves } = await import('../../sim/experiment/report/parts/learning-curves.js');
  writeFileAtomically(directory.curvePath, drawLearningCurves(title, learningCurves(directory.readLog())));
}

/** Where a run begins that begins with rules; their bits are those that it was begun with, however often. */
function beginningOf(settings: EvolutionSettings, tell: (line: string) => void): Checkpoint | undefined {
  if (!settings.from) return undefined;
  const beginning = beginFrom(settings, readAncestor(settings.from), settings.from.bundle, findAncestor);
  if (beginning.ancestry?.controlSteps === null) {
    tell(
      `${settings.from.bundle} does not say how many control steps it took to evolve: this run counts its own alone`,
    );
  }
  return beginning;
}

/** A checkpoint of before the ancestry was kept there, with that of the rules that it began with. */
function withAncestry(checkpoint: Checkpoint, tell: (line: string) => void): Checkpoint {
  const { from } = checkpoint.settings;
  if (!from || checkpoint.ancestry) return checkpoint;
  try {
    return { ...checkpoint, ancestry: ancestryOf(readAncestor(from), findAncestor) };
  } catch (error) {
    if (!(error instanceof HebbridgeError)) throw error;
    tell(`what the rules that this run began with were evolved on stays unknown: ${error.message}`);
    return checkpoint;
  }
}

/** Rules that rules began with are where they were, or stay unknown. */
const findAncestor: FindBundle = (from) => {
  try {
    return readAncestor(from);
  } catch (error) {
    if (error instanceof HebbridgeError) return undefined;
    throw error;
  }
};

function readAncestor({ bundle: file, tensorsSha256 }: NonNullable<EvolutionSettings['from']>): LoadedBundle {
  const bundle = readBundle(file);
  if (bundle.tensorsSha256 === tensorsSha256) return bundle;
  throw new HebbridgeError(
    'ERR_SETTING',
    `from: the rules in ${file} are ${bundle.tensorsSha256}, the run is to begin with ${tensorsSha256}`,
  );
}

/** The programs that a run was lived by, this one last; another one than before may come to other bits. */
function programsOf(checkpoint: Checkpoint | undefined, tell: (line: string) => void): readonly string[] {
  const own = evolutionProgram(packageVersion());
  if (!checkpoint) return [own];
  const { programs = ['a hebbridge that did not say which'] } = checkpoint;
  if (programs.at(-1) === own) return programs;
  tell(
    `this run was lived by ${programs.at(-1)!}, this is ${own}: it goes on, but perhaps not to the same bits as if it ` +
      'had never stopped; its rules will say so',
  );
  return [...programs, own];
}

/** Settings as they were given: those of the file, overridden by the options. */
function givenSettings(values: Given & { settings: string | undefined; noMirror: boolean }): Given {
  const given: Given = values.settings === undefined ? {} : readSettings(values.settings);
  const names = [
    'environment',
    'rule',
    'layerSizes',
    'bounding',
    'initialWeights',
    'actionSmoothing',
    'actionSmoothingGrowth',
    'population',
    'seedGroups',
    'generations',
    'stepBudget',
    'horizon',
    'sigma',
    'learningRate',
    'optimizer',
    'seed',
  ];
  for (const name of names) if (values[name] !== undefined) given[name] = values[name];
  if (given['rule'] === 'static')
    Object.assign(given, { initialWeights: { kind: 'carried' }, bounding: { kind: 'none' } });
  if (typeof values['from'] === 'string') {
    const bundle = values['from'];
    given['from'] = { bundle, tensorsSha256: readBundle(bundle).tensorsSha256 };
  }
  if (values.noMirror) given['mirror'] = false;
  if (given['environment'] === 'pursuit') {
    given['mirror'] ??= false;
    given['layerSizes'] ??= [4, 8, 2];
    given['morphologies'] ??= [{ name: 'intact', rollouts: 1 }];
    given['horizon'] ??= 20;
    given['countFrom'] ??= 0;
  }
  const morphology = values['morphology'] as readonly string[] | undefined;
  const rollouts = values['rollouts'] as number | undefined;
  if (morphology)
    given['morphologies'] = morphology.map((name) => ({
      name,
      rollouts: rollouts ?? (name === 'intact' ? 1 : 2),
    }));
  else if (rollouts !== undefined)
    given['morphologies'] = ['intact', 'right_front'].map((name) => ({ name, rollouts }));
  return given;
}

function readSettings(path: string): Given {
  const text = new TextDecoder().decode(readBytes(path));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Given;
  } catch (error) {
    throw new HebbridgeError('ERR_SETTING', `--settings: ${path} is not JSON: ${(error as Error).message}`);
  }
  throw new HebbridgeError(
    'ERR_SETTING',
    `--settings: ${path} holds ${text.slice(0, 40)}; give an object of settings`,
  );
}

/** Settings of a run that was killed before its first checkpoint. */
function settingsOfBegunRun(directory: RunDirectory): EvolutionSettings {
  if (!existsSync(directory.settingsPath)) {
    throw new HebbridgeError(
      'ERR_CHECKPOINT',
      `--resume: ${directory.path} holds no run to go on with; leave --resume out to begin one there`,
    );
  }
  return parseEvolutionSettings(readSettings(directory.settingsPath), directory.settingsPath);
}

/** A resumed run keeps its settings; only its end may move. */
function resumedSettings(kept: EvolutionSettings, given: Given): EvolutionSettings {
  const wanted = parseEvolutionSettings({ ...kept, ...given }, 'settings');
  for (const name of Object.keys(given) as (keyof EvolutionSettings)[]) {
    const [old, value] = [JSON.stringify(kept[name]), JSON.stringify(wanted[name])];
    if (name !== 'generations' && name !== 'stepBudget' && old !== value) {
      throw new HebbridgeError(
        'ERR_SETTING',
        `${name}: the run to resume has ${old}, not ${value}; leave it out, or begin another run`,
      );
    }
  }
  return wanted;
}

function namedMeans(settings: EvolutionSettings, means: readonly number[]): Record<string, number> {
  return Object.fromEntries(settings.morphologies.map((trained, m) => [trainingLabel(trained), means[m]!]));
}

function meansText(settings: EvolutionSettings, means: readonly number[]): string {
  return settings.morphologies
    .map((trained, m) => `${trainingLabel(trained)} ${means[m]!.toFixed(0)}`)
    .join(', ');
}
