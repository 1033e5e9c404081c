import { PbfReader, PbfWriter } from 'pbf';

/**
 * The part of the ONNX format that hebbridge writes: float32 tensors, operators with integer attributes,
 * string metadata. Field numbers are those of onnx.proto (https://github.com/onnx/onnx, IR version 8).
 */
export interface OnnxModel {
  readonly graphName: string;
  readonly opset: number;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** In an order in which every node comes after those that it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxTensor extends OnnxValue {
  readonly values: Float32Array;
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

const IR_VERSION = 8;
const FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const METADATA_PROPS = 14;

/** The bytes of an `.onnx` file. */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, IR_VERSION);
  writer.writeStringField(2, 'hebbridge');
  writer.writeMessage(7, writeGraph, model);
  writer.writeMessage(8, writeOperatorSet, model.opset);
  for (const entry of Object.entries(model.metadata)) writer.writeMessage(METADATA_PROPS, writeEntry, entry);
  return writer.finish();
}

/** The metadata of an `.onnx` file: inference engines do not hand it out. Throws if the bytes are no protobuf. */
export function readOnnxMetadata(model: Uint8Array): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  new PbfReader(model).readFields((field, _, reader) => {
    if (field !== METADATA_PROPS) return;
    const entry = reader.readMessage(
      (part, pair: { key: string; value: string }, inner) => {
        if (part === 1) pair.key = inner.readString();
        else if (part === 2) pair.value = inner.readString();
      },
      { key: '', value: '' },
    );
    metadata.set(entry.key, entry.value);
  }, undefined);
  return metadata;
}

function writeGraph(model: OnnxModel, writer: PbfWriter): void {
  for (const node of model.nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, model.graphName);
  for (const tensor of model.initializers) writer.writeMessage(5, writeTensor, tensor);
  for (const input of model.inputs) writer.writeMessage(11, writeValue, input);
  for (const output of model.outputs) writer.writeMessage(12, writeValue, output);
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  for (const output of node.outputs) writer.writeStringField(2, output);
  writer.writeStringField(3, `${node.operator}:${node.outputs.join()}`);
  writer.writeStringField(4, node.operator);
  for (const attribute of Object.entries(node.attributes ?? {})) {
    writer.writeMessage(5, writeAttribute, attribute);
  }
}

function writeAttribute(
  [name, value]: readonly [string, number | readonly number[]],
  writer: PbfWriter,
): void {
  writer.writeStringField(1, name);
  if (typeof value === 'number') {
    writer.writeVarintField(3, value);
    writer.writeVarintField(20, ATTRIBUTE_INT);
  } else {
    for (const item of value) writer.writeVarintField(8, item);
    writer.writeVarintField(20, ATTRIBUTE_INTS);
  }
}

function writeTensor({ name, shape, values }: OnnxTensor, writer: PbfWriter): void {
  for (const size of shape) writer.writeVarintField(1, size);
  writer.writeVarintField(2, FLOAT);
  writer.writeStringField(8, name);
  // The format's raw data is little-endian on every machine.
  const raw = new DataView(new ArrayBuffer(4 * values.length));
  for (let k = 0; k < values.length; k++) raw.setFloat32(4 * k, values[k]!, true);
  writer.writeBytesField(9, new Uint8Array(raw.buffer));
}

function writeValue({ name, shape }: OnnxValue, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, writeType, shape);
}

function writeType(shape: readonly number[], writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, shape);
}

function writeTensorType(shape: readonly number[], writer: PbfWriter): void {
  writer.writeVarintField(1, FLOAT);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly number[], writer: PbfWriter): void {
  for (const size of shape) writer.writeMessage(1, writeDimension, size);
}

function writeDimension(size: number, writer: PbfWriter): void {
  writer.writeVarintField(1, size);
}

function writeOperatorSet(version: number, writer: PbfWriter): void {
  // The default domain is the empty string, which is left out.
  writer.writeVarintField(2, version);
}

function writeEntry([key, value]: readonly [string, string], writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeStringField(2, value);
}
