import type { OnnxNode, OnnxTensor, OnnxValue } from './onnx-model.js';

/** Collects a graph's parts; values that nobody reads by name get one. */
export class Graph {
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];

  input(name: string, shape: readonly number[]): string {
    this.inputs.push({ name, shape });
    return name;
  }

  output(name: string, shape: readonly number[]): void {
    this.outputs.push({ name, shape });
  }

  constant(
    name = `constant_${this.initializers.length}`,
    shape: readonly number[],
    values: Float32Array,
  ): string {
    this.initializers.push({ name, shape, values });
    return name;
  }

  node(
    operator: string,
    inputs: readonly string[],
    options: { readonly name?: string; readonly attributes?: NonNullable<OnnxNode['attributes']> } = {},
  ): string {
    const name = options.name ?? `value_${this.nodes.length}`;
    this.nodes.push({ operator, inputs, outputs: [name], attributes: options.attributes ?? {} });
    return name;
  }

  scalar(value: number): string {
    return this.constant(undefined, [], Float32Array.of(value));
  }

  /** The `count` rows of a matrix, [1, columns] each. */
  rows(matrix: string, count: number): string[] {
    if (count === 1) return [matrix];
    const outputs = Array.from({ length: count }, (_, row) => `${matrix}_row_${row}`);
    this.nodes.push({ operator: 'Split', inputs: [matrix], outputs, attributes: { axis: 0 } });
    return outputs;
  }
}
