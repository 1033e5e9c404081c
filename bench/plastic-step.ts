import { DEFAULT_LAYER_SIZES, HebbianNetwork, type NetworkDescription } from '../policy/hebbian-network.js';
import { OnnxPolicy } from '../policy/model/onnx-policy.js';
import { synapseIndex, weightIndex } from '../policy/network-buffers.js';
import { exportOnnx } from '../policy/onnx/plastic-step-graph.js';
import { columnCount } from '../policy/plasticity-rule.js';
import { Random } from '../policy/random.js';
import { ANT_CONTRACT } from '../policy/robot-contract.js';
import { PlainNetwork } from './plain-network.js';
import { digits, TIMING_HEADING, timingCells, type BenchmarkReport } from './report.js';
import { timeInterleaved, type Clocks, type Contender } from './timing.js';

const DECAY = 0.02;
const NETWORK: NetworkDescription = {
  layerSizes: DEFAULT_LAYER_SIZES,
  rule: 'ABCD_lr',
  bounding: { kind: 'decay', rate: DECAY },
  initialWeights: { kind: 'uniform', bound: 0.1 },
};
/** How much faster than everything else the kernel is meant to be. */
const AIM = 12;

export interface PlasticStepSettings {
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Steps of the kernel in a round; of the others, a tenth. */
  readonly steps: number;
  readonly clocks: Clocks;
}

/** A whole control step of the default network, forward pass and update, by everything that can do it. */
export async function benchPlasticStep(settings: PlasticStepSettings): Promise<BenchmarkReport> {
  const coefficients = drawCoefficients();
  const observations = drawObservations();
  const kernel = begin(new HebbianNetwork(NETWORK, 'kernel'), coefficients);
  const reference = begin(new HebbianNetwork(NETWORK, 'reference'), coefficients);
  const plain = new PlainNetwork(NETWORK.layerSizes, coefficients, weightsOf(kernel), DECAY);
  const onnx = await OnnxPolicy.load(
    exportOnnx(NETWORK, coefficients, { contract: ANT_CONTRACT, arithmetic: 'fast' }),
    {
      source: 'the exported graph',
      observationSize: kernel.observationSize,
      actionSize: kernel.actionSize,
    },
  );
  onnx.reset(1);

  const action = new Float32Array(kernel.actionSize);
  const few = Math.ceil(settings.steps / 10);
  const contender = (name: string, steps: number, step: (observation: Float32Array) => void): Contender => ({
    name,
    run: () => {
      for (let k = 0; k < steps; k++) step(observations[k % observations.length]!);
      return steps;
    },
  });
  const contenders: Contender[] = [
    contender('SIMD kernel', settings.steps, (observation) => kernel.act(observation, action)),
    contender('plain TypeScript, reference', few, (observation) => reference.act(observation, action)),
    contender('plain TypeScript, Float32Array loops', few, (observation) => plain.step(observation)),
    {
      name: 'onnxruntime-node, 1 thread',
      run: async () => {
        for (let k = 0; k < few; k++) await onnx.act(observations[k % observations.length]!, action);
        return few;
      },
    },
  ];
  try {
    const timings = await timeInterleaved(contenders, settings);
    const least = Math.min(...timings.slice(1).map(({ ratio }) => ratio));
    return {
      name: 'plastic-step',
      title: `Plastic step: forward pass and update, ${NETWORK.layerSizes.join('-')}, ${kernel.synapses} synapses`,
      figures: { network: NETWORK, timings, kernelTimesFaster: least, aim: AIM },
      table: [
        ['', ...TIMING_HEADING, 'x kernel'],
        ...timings.map((timing) => [timing.name, ...timingCells(timing), digits(timing.ratio)]),
      ],
      remarks: [
        `the kernel is at least ${digits(least)} x faster than the others (aim: ${AIM} x${least < AIM ? ', missed' : ''})`,
      ],
    };
  } finally {
    await onnx.dispose();
  }
}

function drawCoefficients(): Float32Array {
  const random = new Random(1);
  const length = new HebbianNetwork(NETWORK).synapses * columnCount('ABCD_lr');
  return Float32Array.from({ length }, () => 0.1 * random.normal());
}

/** Some observations in turn, so that nothing can be computed once. */
function drawObservations(): readonly Float32Array[] {
  const random = new Random(2);
  return Array.from({ length: 64 }, () =>
    Float32Array.from({ length: NETWORK.layerSizes[0]! }, () => random.uniform(-1, 1)),
  );
}

function begin(network: HebbianNetwork, coefficients: Float32Array): HebbianNetwork {
  network.setCoefficients(coefficients);
  network.reset(1);
  return network;
}

/** [synapses], pre-major. */
function weightsOf(network: HebbianNetwork): Float32Array {
  const weights = new Float32Array(network.synapses);
  for (const layer of network.layers) {
    for (let i = 0; i < layer.pre; i++) {
      for (let j = 0; j < layer.post; j++) {
        weights[synapseIndex(layer, i, j)] = layer.weights[weightIndex(layer, i, j)]!;
      }
    }
  }
  return weights;
}
