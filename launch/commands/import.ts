import { decodeNpy } from '../../policy/bundle/npy.js';
import { unknownProvenance } from '../../policy/bundle/bundle-metadata.js';
import type { RuleBundle } from '../../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../../policy/errors.js';
import type { InitialWeights } from '../../policy/initial-weights.js';
import { synapseCount } from '../../policy/network-buffers.js';
import { columnCount, PLASTICITY_RULES, RULE_NAMES, type RuleName } from '../../policy/plasticity-rule.js';
import { ANT_CONTRACT, observationSize } from '../../policy/robot-contract.js';
import type { WeightBounding } from '../../policy/weight-bounding.js';
import { readBytes } from '../../sim/files.js';
import { writeBundle } from '../bundle-file.js';
import { defineCommand } from '../command.js';
import { parseBounding, parseInitialWeights, parseLayerSizes } from '../network-options.js';
import { choiceOption, parsedOption, textOption } from '../options.js';
import { packageVersion } from '../package-version.js';

const IMPORTABLE: readonly (RuleName | 'static')[] = [...RULE_NAMES, 'static'];

export default defineCommand({
  name: 'import',
  describe: "Make a rule bundle for the Ant of a NumPy array in the layout of the paper's code",
  examples: [
    [
      'hebbridge import coefficients.npy --out rules.safetensors',
      'rules ABCD_lr: 12,288 rows of A, B, C, eta, D',
    ],
    [
      'hebbridge import weights.npy --rule static --out static.safetensors',
      'a static network: 12,288 weights',
    ],
  ],
  positionals: {
    file: textOption({
      describe: 'float32 or float64 array [synapses, columns] or flat, pre-major (.npy)',
      required: true,
    }),
  },
  options: {
    out: textOption({ describe: 'Rule bundle to write', required: true }),
    rule: choiceOption({
      describe: 'What the array holds',
      choices: IMPORTABLE,
      default: 'ABCD_lr',
    }),
    layerSizes: parsedOption({ describe: 'Neurons of each layer', default: '28-128-64-8' }, parseLayerSizes),
    bounding: parsedOption(
      { describe: 'What bounds the weights, like decay:0.02; none if not given' },
      parseBounding,
    ),
    initialWeights: parsedOption(
      { describe: 'First weights of a life, like normal:0.1; uniform:0.1 if not given' },
      parseInitialWeights,
    ),
    carriedWeights: textOption({
      describe: 'Array [synapses] of first weights (.npy) instead of random ones',
    }),
  },

  run(values) {
    const { file, out, rule, layerSizes } = values;
    requireAnt(layerSizes);
    const synapses = synapseCount(layerSizes);
    const { bounding, initialWeights } = rule === 'static' ? staticSettings(values) : plasticSettings(values);
    const weightsFile = rule === 'static' ? file : values.carriedWeights;
    const bundle: RuleBundle = {
      network: { layerSizes, rule, bounding, initialWeights },
      ...(rule !== 'static' && { coefficients: readCoefficients(file, rule, synapses) }),
      ...(weightsFile !== undefined && { initialWeights: readWeights(weightsFile, synapses) }),
      contract: ANT_CONTRACT,
      provenance: unknownProvenance(packageVersion()),
    };
    const { tensorsSha256 } = writeBundle(out, bundle);
    return Promise.resolve({
      json: { file, out, rule, layerSizes, synapses, bounding, initialWeights, tensorsSha256 },
      text: `${out}: rule ${rule}, layers ${layerSizes.join('-')}, ${synapses} synapses, SHA-256 ${tensorsSha256}`,
    });
  },
});

interface NetworkValues {
  readonly bounding: WeightBounding | undefined;
  readonly initialWeights: InitialWeights | undefined;
  readonly carriedWeights: string | undefined;
}

interface NetworkSettings {
  readonly bounding: WeightBounding;
  readonly initialWeights: InitialWeights;
}

function requireAnt(layerSizes: readonly number[]): void {
  const observations = observationSize(ANT_CONTRACT);
  const actions = ANT_CONTRACT.joints.length;
  if (layerSizes[0] === observations && layerSizes.at(-1) === actions) return;
  throw new HebbridgeError(
    'ERR_SETTING',
    `--layer-sizes: the Ant has ${observations} observations and ${actions} actions; given ${layerSizes.join('-')}`,
  );
}

function staticSettings({ bounding, initialWeights, carriedWeights }: NetworkValues): NetworkSettings {
  if (
    carriedWeights !== undefined ||
    (bounding ?? { kind: 'none' }).kind !== 'none' ||
    (initialWeights ?? { kind: 'carried' }).kind !== 'carried'
  ) {
    throw new HebbridgeError(
      'ERR_SETTING',
      '--rule static: the array is the weights, and they stay; leave out --bounding, --initial-weights and --carried-weights',
    );
  }
  return { bounding: { kind: 'none' }, initialWeights: { kind: 'carried' } };
}

function plasticSettings({ bounding, initialWeights, carriedWeights }: NetworkValues): NetworkSettings {
  const carried = carriedWeights !== undefined;
  const initial = initialWeights ?? (carried ? { kind: 'carried' } : { kind: 'uniform', bound: 0.1 });
  if (carried !== (initial.kind === 'carried')) {
    throw new HebbridgeError(
      'ERR_SETTING',
      `--initial-weights ${initial.kind}: carried weights come from --carried-weights FILE; give both or neither`,
    );
  }
  return { bounding: bounding ?? { kind: 'none' }, initialWeights: initial };
}

function readCoefficients(file: string, rule: RuleName, synapses: number): Float32Array {
  const { shape, data } = decodeNpy(readBytes(file), file);
  const columns = columnCount(rule);
  if (shape.join() === [synapses, columns].join() || shape.join() === String(synapses * columns)) return data;
  const others = RULE_NAMES.filter((name) => data.length === synapses * columnCount(name));
  throw new HebbridgeError(
    'ERR_NPY',
    `${file}: the array has shape (${shape.join(', ')}); rule ${rule} needs (${synapses}, ${columns}): ` +
      `a row for each synapse, with ${PLASTICITY_RULES[rule].join(', ')}` +
      (others.length === 0 ? '' : ` (it would fit --rule ${others.join(' or ')})`),
  );
}

function readWeights(file: string, synapses: number): Float32Array {
  const { shape, data } = decodeNpy(readBytes(file), file);
  if (shape.join() === String(synapses)) return data;
  throw new HebbridgeError(
    'ERR_NPY',
    `${file}: the array has shape (${shape.join(', ')}); the weights need (${synapses},), a number for each synapse`,
  );
}
