import { coefficientStatistics, type ColumnStatistics } from '../../policy/bundle/coefficient-statistics.js';
import { GOLDEN_TOLERANCE } from '../../policy/bundle/golden-vector.js';
import type { JsonValue, LoadedBundle } from '../../policy/bundle/rule-bundle.js';
import { synapseCount } from '../../policy/network-buffers.js';
import { readBundle } from '../bundle-file.js';
import { defineCommand } from '../command.js';
import { textOption } from '../options.js';
import { textTable } from '../text-table.js';

export default defineCommand({
  name: 'inspect',
  describe: 'Check a rule bundle and say what is in it',
  examples: [
    ['hebbridge inspect rules/ant.safetensors', 'network, robot, where the rules come from, statistics'],
    ['hebbridge inspect rules/ant.safetensors --json', 'the same for machines'],
  ],
  positionals: { rules: textOption({ describe: 'Rule bundle (.safetensors)', required: true }) },
  options: {},

  run({ rules }) {
    const bundle = readBundle(rules);
    const { network, contract, provenance, tensorsSha256, metadataSha256, golden } = bundle;
    const statistics = coefficientStatistics(bundle);
    return Promise.resolve({
      json: {
        bundle: rules,
        tensorsSha256,
        metadataSha256,
        network: { ...network, synapses: synapseCount(network.layerSizes) },
        contract,
        provenance,
        golden: {
          seed: golden.seed,
          steps: stepsOf(bundle),
          largestDifference: golden.largestDifference,
          tolerance: GOLDEN_TOLERANCE,
        },
        coefficients: statistics,
      },
      text: [
        rules,
        textTable(networkRows(bundle), 2),
        textTable(jointRows(bundle)),
        textTable(provenanceRows(bundle), 2),
        textTable(statisticsRows(statistics), 2),
      ].join('\n\n'),
    });
  },
});

function stepsOf({ golden, network }: LoadedBundle): number {
  return golden.actions.length / network.layerSizes.at(-1)!;
}

function networkRows(bundle: LoadedBundle): string[][] {
  const { network, golden, contract } = bundle;
  const difference = golden.largestDifference;
  return [
    ['rule', network.rule],
    [
      'layers',
      `${network.layerSizes.join('-')}, ${synapseCount(network.layerSizes)} synapses, tanh, no bias`,
    ],
    ['weights bounded by', kindText(network.bounding)],
    ['first weights', kindText(network.initialWeights)],
    ['actions smoothed', network.actionSmoothing ? `${network.actionSmoothing} of the last stays` : 'no'],
    ['control period', `${contract.controlPeriod} s`],
    ['feet observed', contract.feet.join(', ') || 'none'],
    [
      'golden vector',
      `good: ${stepsOf(bundle)} steps from seed ${golden.seed}, largest difference ${difference} ` +
        `(at most ${GOLDEN_TOLERANCE})`,
    ],
    ['SHA-256 of tensors', `${bundle.tensorsSha256} (checked)`],
    ['SHA-256 of metadata', `${bundle.metadataSha256} (checked)`],
  ];
}

function jointRows({ contract }: LoadedBundle): string[][] {
  return [
    ['joint', 'lower rad', 'upper rad', 'effort N m'],
    ...contract.joints.map(({ name, lower, upper, effortLimit }) => [
      name,
      lower.toFixed(4),
      upper.toFixed(4),
      String(effortLimit),
    ]),
  ];
}

function provenanceRows({ provenance }: LoadedBundle): string[][] {
  const { simulator, evolution, evaluation } = provenance;
  const known = (value: string | number | null): string => String(value ?? 'not known');
  return [
    ['written by', `hebbridge ${provenance.hebbridge}`],
    ['simulator', simulator === null ? 'not known' : `${simulator.name} ${simulator.version}`],
    ...Object.entries(simulator?.solver ?? {}).map(([key, value]) => [`  ${key}`, JSON.stringify(value)]),
    ['evolved on', provenance.morphologies.join('; ') || 'not known'],
    ['seed', known(provenance.seed)],
    ['generations', known(provenance.generations)],
    ['fitness', known(provenance.fitness)],
    ['mirror-tied', provenance.mirrorTied ? 'yes' : 'no'],
    ['evolution', evolution === null ? 'not known' : ''],
    ...Object.entries(evolution ?? {}).flatMap(([key, value]) =>
      key === 'from' ? stageRows(value) : [[`  ${key}`, JSON.stringify(value)]],
    ),
    ['evaluation', evaluation === null ? 'none' : ''],
    ...Object.entries(evaluation ?? {}).map(([key, value]) => [`  ${key}`, JSON.stringify(value)]),
  ];
}

/** The rules that an evolution began with, and those before them, the last first. */
function stageRows(from: JsonValue): string[][] {
  if (typeof from !== 'object' || from === null || !('bundle' in from)) return [];
  const { bundle, generations, seed, evolution } = from;
  const before =
    typeof evolution === 'object' && evolution !== null && 'from' in evolution ? evolution.from : null;
  const plain = (value: JsonValue | undefined): string =>
    typeof value === 'string' ? value : JSON.stringify(value);
  const how = generations === undefined ? '' : `: generation ${plain(generations)} of seed ${plain(seed)}`;
  return [['  from', `${plain(bundle)}${how}`], ...stageRows(before)];
}

function statisticsRows(statistics: readonly ColumnStatistics[]): string[][] {
  return [
    ['layer', 'column', 'mean', 'sd', 'min', 'max'],
    ...statistics.map(({ pre, post, column, mean, sd, min, max }) => [
      `${pre}-${post}`,
      column,
      ...[mean, sd, min, max].map((value) => value.toPrecision(4)),
    ]),
  ];
}

/** `decay, rate 0.02` */
function kindText(value: { readonly kind: string }): string {
  const { kind, ...parameters } = value;
  return [kind, ...Object.entries(parameters).map(([name, number]) => `${name} ${String(number)}`)].join(
    ', ',
  );
}
