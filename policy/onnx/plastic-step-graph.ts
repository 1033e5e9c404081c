import { HebbridgeError } from '../errors.js';
import type { NetworkDescription } from '../hebbian-network.js';
import { synapseCount } from '../network-buffers.js';
import { columnCount, columnsOf } from '../plasticity-rule.js';
import type { RobotContract } from '../robot-contract.js';
import type { WeightBounding } from '../weight-bounding.js';
import { product, sumOfRows, tanh, type OnnxArithmetic } from './arithmetic.js';
import { Graph } from './graph.js';
import { encodeOnnxModel } from './onnx-model.js';

/** What goes into an exported graph beside the network and its coefficients. */
export interface OnnxExportOptions {
  /** The robot that the rule was evolved for: goes into the metadata. */
  readonly contract: RobotContract;
  /** [synapses] pre-major: for `initialWeights: carried`, and needed by rule `static`. */
  readonly carriedWeights?: Float32Array;
  /** Default `exact`. */
  readonly arithmetic?: OnnxArithmetic;
  /** Further metadata, such as where the rule came from. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** ReduceMax and ReduceL2 take their axes as attributes up to this operator set; engines of 2022 and later run it. */
const OPSET = 17;

/**
 * One ONNX graph of a whole control step, for `hebbridge export RULES --format onnx`.
 *
 * | input            | shape         | output             | shape         |
 * |------------------|---------------|--------------------|---------------|
 * | `observation`    | [1, first]    | `action`           | [1, last]     |
 * | `weights_<k>`    | [pre, post]   | `new_weights_<k>`  | [pre, post]   |
 * | `last_action`    | [1, last]     | `new_last_action`  | [1, last]     |
 *
 * All float32. Whoever runs it feeds each `new_...` back at the next step; `last_action`, there only with
 * `actionSmoothing`, is 0 when a life begins. Carried
 * initial weights can be fetched as `initial_weights_<k>`; other initial distributions are named in the
 * metadata. With rule `static` the carried weights are constants, and `observation` and `action` are all.
 * Metadata (JSON where not plain text): rule, layer_sizes, bounding, initial_weights, activation,
 * joint_names, control_period (s), contract.
 *
 * @param coefficients [synapses, columns of the rule], as for `HebbianNetwork.setCoefficients`; not read if static
 * @throws HebbridgeError ERR_SETTING if the number of coefficients or carried weights is not the network's
 */
export function exportOnnx(
  description: NetworkDescription,
  coefficients: Float32Array | undefined,
  options: OnnxExportOptions,
): Uint8Array {
  const { layerSizes, rule, bounding, initialWeights, actionSmoothing = 0 } = description;
  const { contract, carriedWeights, arithmetic = 'exact' } = options;
  const isStatic = rule === 'static';
  const carries = isStatic || initialWeights.kind === 'carried';
  const synapses = synapseCount(layerSizes);
  if (!isStatic) expectLength('coefficients', coefficients, synapses * columnCount(rule));
  if (carries) expectLength('carried weights', carriedWeights, synapses);

  const graph = new Graph();
  let x = graph.input('observation', [1, layerSizes[0]!]);
  graph.output('action', [1, layerSizes.at(-1)!]);
  const lastLayer = layerSizes.length - 2;
  const outputName = actionSmoothing === 0 ? 'action' : 'activation';
  let firstSynapse = 0;
  for (let l = 0; l <= lastLayer; l++) {
    const shape = [layerSizes[l]!, layerSizes[l + 1]!] as const;
    const length = shape[0] * shape[1];
    const initial = carries ? carriedWeights!.subarray(firstSynapse, firstSynapse + length) : undefined;
    const name = `weights_${l}`;
    const weights = isStatic ? graph.constant(name, shape, initial!) : graph.input(name, shape);
    const sum = product(graph, arithmetic, x, weights, shape[0]);
    const y = tanh(graph, arithmetic, sum, l === lastLayer ? outputName : `activation_${l}`);
    if (!isStatic) {
      const terms = effectiveCoefficients(rule, coefficients!, firstSynapse, length);
      const updated = graph.node('Add', [weights, change(graph, l, shape, terms, x, y)]);
      const bounded = bound(graph, bounding, updated, y, arithmetic === 'exact' ? shape[0] : undefined);
      graph.output(graph.node('Identity', [bounded], { name: `new_${name}` }), shape);
      if (initial) {
        const start = graph.constant(`carried_${name}`, shape, initial);
        graph.output(graph.node('Identity', [start], { name: `initial_${name}` }), shape);
      }
    }
    x = y;
    firstSynapse += length;
  }
  if (actionSmoothing > 0) smooth(graph, x, layerSizes.at(-1)!, actionSmoothing);

  return encodeOnnxModel({
    graphName: isStatic ? 'control_step' : 'plastic_control_step',
    opset: OPSET,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: graph.nodes,
    initializers: graph.initializers,
    metadata: {
      rule,
      layer_sizes: JSON.stringify(layerSizes),
      bounding: JSON.stringify(bounding),
      initial_weights: JSON.stringify(initialWeights),
      activation: 'tanh',
      action_smoothing: String(actionSmoothing),
      joint_names: JSON.stringify(contract.joints.map((joint) => joint.name)),
      control_period: String(contract.controlPeriod),
      contract: JSON.stringify(contract),
      ...options.metadata,
    },
  });
}

function expectLength(what: string, values: Float32Array | undefined, length: number): void {
  if (values?.length === length) return;
  throw new HebbridgeError(
    'ERR_SETTING',
    `ONNX export: ${values?.length ?? 'no'} ${what}, but the network needs ${length}`,
  );
}

/** The action as `HebbianNetwork` averages it, from the output neurons' activations `y`. */
function smooth(graph: Graph, y: string, actions: number, actionSmoothing: number): void {
  const last = graph.input('last_action', [1, actions]);
  const way = graph.node('Mul', [graph.scalar(1 - actionSmoothing), graph.node('Sub', [y, last])]);
  const action = graph.node('Add', [last, way], { name: 'action' });
  graph.output(graph.node('Identity', [action], { name: 'new_last_action' }), [1, actions]);
}

/** The terms of the update of one layer, each [pre * post] with eta multiplied in; those that the rule lacks are absent. */
interface Terms {
  readonly A: Float32Array;
  readonly B: Float32Array | undefined;
  readonly C: Float32Array | undefined;
  readonly D: Float32Array | undefined;
}

function effectiveCoefficients(
  rule: Exclude<NetworkDescription['rule'], 'static'>,
  coefficients: Float32Array,
  firstSynapse: number,
  length: number,
): Terms {
  const columns = columnCount(rule);
  const { A, B, C, eta, D_in, D_out } = columnsOf(rule);
  const at = (k: number, column: number): number =>
    column < 0 ? 0 : coefficients[(firstSynapse + k) * columns + column]!;
  const rate = (k: number): number => (eta < 0 ? 1 : at(k, eta));
  const term = (value: (k: number) => number): Float32Array =>
    Float32Array.from({ length }, (_, k) => value(k));
  return {
    A: term((k) => rate(k) * at(k, A)),
    B: B < 0 ? undefined : term((k) => rate(k) * at(k, B)),
    C: C < 0 ? undefined : term((k) => rate(k) * at(k, C)),
    D: D_in < 0 && D_out < 0 ? undefined : term((k) => rate(k) * at(k, D_in) + at(k, D_out)),
  };
}

/** dw = y (A x + C) + (B x + D), in the kernel's order of operations. */
function change(
  graph: Graph,
  layer: number,
  shape: readonly [number, number],
  { A, B, C, D }: Terms,
  x: string,
  y: string,
): string {
  const term = (name: string, values: Float32Array): string =>
    graph.constant(`${name}_${layer}`, shape, values);
  const column = graph.node('Transpose', [x], { attributes: { perm: [1, 0] } });
  let first = graph.node('Mul', [term('A', A), column]);
  if (C) first = graph.node('Add', [first, term('C', C)]);
  first = graph.node('Mul', [y, first]);
  let second = B && graph.node('Mul', [term('B', B), column]);
  if (D) second = second ? graph.node('Add', [second, term('D', D)]) : term('D', D);
  return second ? graph.node('Add', [first, second]) : first;
}

/**
 * The bound of policy/weight-bounding.ts on weights that the update has changed; `exactRows`: their number of rows
 * where sums over them have to be exact.
 */
function bound(
  graph: Graph,
  bounding: WeightBounding,
  weights: string,
  y: string,
  exactRows: number | undefined,
): string {
  const scalar = (value: number): string => graph.scalar(value);
  switch (bounding.kind) {
    case 'none':
      return weights;
    case 'decay':
      return graph.node('Mul', [scalar(1 - Math.fround(bounding.rate)), weights]);
    case 'oja': {
      const leak = graph.node('Mul', [scalar(bounding.rate), graph.node('Mul', [y, y])]);
      return graph.node('Mul', [graph.node('Sub', [scalar(1), leak]), weights]);
    }
    case 'largest': {
      const largest = graph.node('ReduceMax', [graph.node('Abs', [weights])], {
        attributes: { axes: [0, 1], keepdims: 1 },
      });
      // A layer of zeros stays as it is.
      const factor = graph.node('Where', [
        graph.node('Greater', [largest, scalar(0)]),
        graph.node('Div', [scalar(bounding.gain), largest]),
        scalar(1),
      ]);
      return graph.node('Mul', [weights, factor]);
    }
    case 'norm': {
      const norm =
        exactRows === undefined
          ? graph.node('ReduceL2', [weights], { attributes: { axes: [0], keepdims: 1 } })
          : graph.node('Sqrt', [sumOfRows(graph, graph.node('Mul', [weights, weights]), exactRows)]);
      const limit = scalar(bounding.limit);
      return graph.node('Mul', [weights, graph.node('Div', [limit, graph.node('Max', [norm, limit])])]);
    }
  }
}
