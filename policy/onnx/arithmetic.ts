import type { Graph } from './graph.js';

/**
 * How a graph computes what engines compute each in their own way.
 *
 * - `exact`: sums are chains of additions in the kernel's order, tanh is its rational function. Only additions,
 *   multiplications and divisions are left, which IEEE 754 rounds alike everywhere: an engine that does not fuse
 *   them gives the kernel's actions, even of rules that amplify every rounding.
 * - `fast`: MatMul and Tanh, as the engine does them. For static networks and rules that are not chaotic, and for
 *   speed.
 */
export type OnnxArithmetic = 'exact' | 'fast';

/** Sum over the `count` rows of `matrix`, [1, columns]. */
export function sumOfRows(graph: Graph, matrix: string, count: number): string {
  return graph.rows(matrix, count).reduce((sum, row) => graph.node('Add', [sum, row]));
}

/** `x` [1, pre] times `weights` [pre, post]. */
export function product(
  graph: Graph,
  arithmetic: OnnxArithmetic,
  x: string,
  weights: string,
  pre: number,
): string {
  if (arithmetic === 'fast') return graph.node('MatMul', [x, weights]);
  const column = graph.node('Transpose', [x], { attributes: { perm: [1, 0] } });
  return sumOfRows(graph, graph.node('Mul', [column, weights]), pre);
}

const LIMIT = 7.90531110763549805;
/** Of x^13 ... x^1 over x^6 ... x^0: the coefficients of `tanhF32` in policy/math.ts. */
const NUMERATOR = [
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
  1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
];
const DENOMINATOR = [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3];

/** Hyperbolic tangent; the result is called `name`. */
export function tanh(graph: Graph, arithmetic: OnnxArithmetic, value: string, name: string): string {
  if (arithmetic === 'fast') return graph.node('Tanh', [value], { name });
  const x = graph.node('Clip', [value, graph.scalar(-LIMIT), graph.scalar(LIMIT)]);
  const x2 = graph.node('Mul', [x, x]);
  const polynomial = (coefficients: readonly number[]): string =>
    coefficients
      .map((coefficient) => graph.scalar(coefficient))
      .reduce((sum, next) => graph.node('Add', [graph.node('Mul', [sum, x2]), next]));
  const ratio = graph.node('Div', [graph.node('Mul', [polynomial(NUMERATOR), x]), polynomial(DENOMINATOR)]);
  return graph.node('Clip', [ratio, graph.scalar(-1), graph.scalar(1)], { name });
}
