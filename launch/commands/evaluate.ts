import { availableParallelism } from 'node:os';
import { decodeBundle, requireSameContract } from '../../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../../policy/errors.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { MORPHOLOGY_NAMES, parseMorphologySource } from '../../sim/ant/morphology.js';
import {
  evaluateBundle,
  SOLVED_DISTANCE,
  type MorphologyResult,
} from '../../sim/evaluation/evaluate-bundle.js';
import { readBytes } from '../../sim/files.js';
import { defineCommand } from '../command.js';
import { flag, integerOption, parsedOption, textOption, usageError } from '../options.js';
import { ProgressBar } from '../progress-bar.js';
import { textTable } from '../text-table.js';

export default defineCommand({
  name: 'evaluate',
  describe: 'Measure a rule bundle over fresh lives in the simulator',
  examples: [
    ['hebbridge evaluate rules/ant.safetensors', 'intact and all four damaged legs, 100 lives each'],
    [
      'hebbridge evaluate rules/ant.safetensors --no-plasticity --rollouts 20',
      'what the random weights do alone',
    ],
  ],
  positionals: { rules: textOption({ describe: 'Rule bundle (.safetensors)', required: true }) },
  options: {
    morphology: parsedOption(
      {
        describe: 'Morphologies, like intact,right_front,left_back:0.25',
        default: MORPHOLOGY_NAMES.join(','),
      },
      parseMorphologies,
    ),
    rollouts: integerOption({
      describe: 'Lives with each morphology',
      minimum: 1,
      maximum: 1_000_000,
      default: 100,
    }),
    horizon: integerOption({
      describe: 'Control steps of a life',
      minimum: 1,
      maximum: 1_000_000,
      default: 1000,
    }),
    seed: integerOption({ describe: 'Seed of the lives', minimum: 0, default: 1000 }),
    workers: integerOption({
      describe: 'Worker threads; the result does not depend on them',
      minimum: 1,
      maximum: 256,
      default: availableParallelism(),
    }),
    noPlasticity: flag({ describe: 'Hold the weights from the first step on' }),
    freezeAt: integerOption({ describe: 'Hold the weights from this step on', minimum: 0 }),
  },

  async run(values, context) {
    if (values.noPlasticity && values.freezeAt !== undefined) {
      throw new HebbridgeError(
        'ERR_USAGE',
        '--no-plasticity and --freeze-at exclude each other; give one of them',
      );
    }
    const bytes = readBytes(values.rules);
    const bundle = decodeBundle(bytes, values.rules);
    requireSameContract(bundle, ANT_CONTRACT);
    const freezeAt = values.noPlasticity ? 0 : values.freezeAt;
    const bar = new ProgressBar(context.stderr, 'lives', () => performance.now() / 1000);
    const results = await evaluateBundle(
      bytes,
      {
        morphologies: values.morphology,
        rollouts: values.rollouts,
        seed: values.seed,
        horizon: values.horizon,
        ...(freezeAt !== undefined && { freezeAt }),
      },
      values.workers,
      { signal: context.interruption(), onLife: (done, lives) => bar.show(done, lives) },
    ).finally(() => bar.end());
    return {
      json: {
        bundle: values.rules,
        sha256: bundle.tensorsSha256,
        seed: values.seed,
        horizon: values.horizon,
        freezeAt: freezeAt ?? null,
        results,
      },
      text: table(results),
    };
  },
});

function parseMorphologies(text: string, name: string): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  for (const word of words) {
    if (parseMorphologySource(word) === undefined) {
      throw usageError(
        name,
        word,
        'a morphology',
        `some of ${MORPHOLOGY_NAMES.join(', ')}, random, or a leg and its foot's length like left_back:0.25`,
      );
    }
  }
  return words;
}

const HEADINGS = [
  'morphology',
  'mean',
  'sd',
  'min',
  'max',
  'solved',
  'm',
  'm/s',
  'weights 0/100/end',
  'saturated',
  'change',
];

function table(results: readonly MorphologyResult[]): string {
  const rows = results.map((result) => {
    const { step0, step100, end } = result.weightRms;
    return [
      result.morphology,
      result.mean.toFixed(0),
      result.sd.toFixed(0),
      result.min.toFixed(0),
      result.max.toFixed(0),
      `${result.solved} of ${result.rollouts}`,
      result.metres.toFixed(1),
      result.speed.toFixed(2),
      [step0, step100, end].map((rms) => rms.toPrecision(2)).join('/'),
      `${(100 * result.saturated).toFixed(0)} %`,
      result.actionChange.toFixed(2),
    ];
  });
  return [
    textTable([HEADINGS, ...rows]),
    '',
    `Distance in units (sum of m per control period; 1000 in 1000 steps = 1 m/s); solved: at least ${SOLVED_DISTANCE}.`,
  ].join('\n');
}
