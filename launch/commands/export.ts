import { encodeNpy } from '../../policy/bundle/npy.js';
import type { LoadedBundle } from '../../policy/bundle/rule-bundle.js';
import { synapseCount } from '../../policy/network-buffers.js';
import type { OnnxArithmetic } from '../../policy/onnx/arithmetic.js';
import { exportOnnx } from '../../policy/onnx/plastic-step-graph.js';
import { columnCount } from '../../policy/plasticity-rule.js';
import { writeFileAtomically } from '../../sim/atomic-file.js';
import { readBundle } from '../bundle-file.js';
import { defineCommand } from '../command.js';
import { choiceOption, textOption } from '../options.js';

/** What a bundle can be written as: the bytes of the file, and a line that says what is in it. */
interface ExportFormat {
  encode(bundle: LoadedBundle): { readonly bytes: Uint8Array; readonly contents: string };
}

const FORMATS = {
  npy: { encode: npyOf },
  onnx: { encode: (bundle) => onnxOf(bundle, 'exact') },
  'onnx-fast': { encode: (bundle) => onnxOf(bundle, 'fast') },
} as const satisfies Record<string, ExportFormat>;

type FormatName = keyof typeof FORMATS;

export default defineCommand({
  name: 'export',
  describe: 'Write a rule bundle in the format of another program',
  examples: [
    [
      'hebbridge export rules/ant.safetensors --format npy --out coefficients.npy',
      "coefficients for NumPy, in the layout of the paper's code",
    ],
    [
      'hebbridge export rules/ant.safetensors --format onnx --out ant.onnx',
      'one graph of a whole control step: observation and weights in, action and new weights out',
    ],
  ],
  positionals: { rules: textOption({ describe: 'Rule bundle (.safetensors)', required: true }) },
  options: {
    format: choiceOption({
      describe: 'Format; onnx gives the very actions of the kernel, onnx-fast uses MatMul and Tanh',
      choices: Object.keys(FORMATS) as FormatName[],
      required: true,
    }),
    out: textOption({ describe: 'File to write', required: true }),
  },

  run({ rules, format, out }) {
    const { bytes, contents } = FORMATS[format].encode(readBundle(rules));
    writeFileAtomically(out, bytes);
    return Promise.resolve({
      json: { bundle: rules, format, out, bytes: bytes.length, contents },
      text: `${out}: ${contents}, ${bytes.length} bytes`,
    });
  },
});

/** Coefficients [synapses, columns], or a static network's weights [synapses]; pre-major, layer by layer. */
function npyOf({ network, coefficients, initialWeights }: LoadedBundle): ReturnType<ExportFormat['encode']> {
  const synapses = synapseCount(network.layerSizes);
  if (network.rule === 'static') {
    const bytes = encodeNpy({ shape: [synapses], data: initialWeights! });
    return { bytes, contents: `weights of a static network, float32 (${synapses},)` };
  }
  const shape = [synapses, columnCount(network.rule)];
  const bytes = encodeNpy({ shape, data: coefficients! });
  return { bytes, contents: `coefficients of rule ${network.rule}, float32 (${shape.join(', ')})` };
}

/** One control step as a graph for inference engines; inputs and outputs are told at {@link exportOnnx}. */
function onnxOf(bundle: LoadedBundle, arithmetic: OnnxArithmetic): ReturnType<ExportFormat['encode']> {
  const { network, coefficients, initialWeights, contract, provenance, tensorsSha256 } = bundle;
  const bytes = exportOnnx(network, coefficients, {
    contract,
    arithmetic,
    ...(initialWeights && { carriedWeights: initialWeights }),
    metadata: { provenance: JSON.stringify(provenance), tensors_sha256: tensorsSha256 },
  });
  const step = network.rule === 'static' ? 'a static step' : `a plastic step of rule ${network.rule}`;
  return { bytes, contents: `ONNX graph of ${step}, ${network.layerSizes.join('-')}` };
}
