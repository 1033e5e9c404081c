import { z } from 'zod';
import { HebbridgeError, type ErrorCode } from '../errors.js';
import { parseStrictJson } from './strict-json.js';

/**
 * The safetensors format (https://huggingface.co/docs/safetensors), read as strictly as its reference
 * implementation does: 8 bytes of header length (little endian), a JSON header padded with spaces to a multiple
 * of 8, then the tensors without gap or overlap. Bytes in, values out; nothing is allocated on a header's word.
 */
export type Tensor =
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'U32'; readonly shape: readonly number[]; readonly data: Uint32Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array };

export type Dtype = Tensor['dtype'];

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const ELEMENT_BYTES: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, I32: 4, U32: 4, U8: 1 };
const DTYPES = Object.keys(ELEMENT_BYTES) as Dtype[];
const METADATA_KEY = '__metadata__';
const LENGTH_BYTES = 8;
const HEADER_ALIGNMENT = 8;
/** The reference implementation's own limit. */
const LARGEST_HEADER = 100_000_000;
const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** `data` as a tensor of `shape`; a vector if no shape is given. */
export function float32Tensor(data: Float32Array, shape: readonly number[] = [data.length]): Tensor {
  return { dtype: 'F32', shape, data };
}

/**
 * The bytes of a safetensors file. The same tensors and metadata give the same bytes, whatever their order in
 * the maps: metadata sorted by key; tensors with wider elements first (so that each is aligned), then by name.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const header: [string, string][] = [];
  const pairs = [...metadata].sort(byKey);
  for (const pair of pairs) pair.forEach(requireText);
  if (pairs.length > 0) header.push([METADATA_KEY, jsonObject(pairs)]);

  const ordered = [...tensors].sort(
    ([a, { dtype: p }], [b, { dtype: q }]) => ELEMENT_BYTES[q] - ELEMENT_BYTES[p] || compare(a, b),
  );
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    requireText(name);
    if (name === METADATA_KEY || shape.reduce((product, size) => product * size, 1) !== data.length) {
      throw new HebbridgeError(
        'ERR_INTERNAL',
        `tensor ${JSON.stringify(name)} of shape [${shape.join(', ')}] cannot be written: ` +
          `it has ${data.length} elements, and ${METADATA_KEY} is no tensor's name`,
      );
    }
    const begin = end;
    end += data.byteLength;
    header.push([name, JSON.stringify({ dtype, shape, data_offsets: [begin, end] })]);
  }

  const text = new TextEncoder().encode(`{${header.map(([k, v]) => `${JSON.stringify(k)}:${v}`).join()}}`);
  const headerLength = Math.ceil(text.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end).fill(
    0x20,
    LENGTH_BYTES,
    LENGTH_BYTES + headerLength,
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const [, { dtype, data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    if (!HOST_IS_LITTLE_ENDIAN)
      reverseElements(bytes.subarray(at, at + data.byteLength), ELEMENT_BYTES[dtype]);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors and the metadata of a safetensors file, copied out of `bytes`; `source` (a path) is for messages.
 *
 * Throws ERR_SAFETENSORS_TRUNCATED where the header or a tensor reaches past the end of the file,
 * ERR_SAFETENSORS_HEADER where the header is not what the format says, ERR_SAFETENSORS_OFFSETS where tensors
 * overlap, leave a gap or disagree with their shapes.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  const fail = (code: ErrorCode, what: string, cause?: unknown): never => {
    throw new HebbridgeError(code, `${source}: ${what}`, { cause });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LENGTH_BYTES) {
    fail('ERR_SAFETENSORS_TRUNCATED', `${bytes.length} bytes are too few for a safetensors file`);
  }
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > LARGEST_HEADER) {
    fail(
      'ERR_SAFETENSORS_HEADER',
      `no safetensors file: its first 8 bytes would mean a header of ${headerLength} bytes`,
    );
  }
  if (headerLength > bytes.length - LENGTH_BYTES) {
    const left = bytes.length - LENGTH_BYTES;
    const what = `the header should be ${headerLength} bytes long, but only ${left} follow`;
    fail('ERR_SAFETENSORS_TRUNCATED', what);
  }
  // A plain Uint8Array: the slice of a Buffer, which is one too, would be a view and not a copy.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).subarray(
    LENGTH_BYTES + headerLength,
  );
  const { metadata, entries } = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength), fail);

  entries.sort(([, { data_offsets: p }], [, { data_offsets: q }]) => p[0] - q[0] || p[1] - q[1]);
  const tensors = new Map<string, Tensor>();
  let covered = 0;
  for (const [name, { dtype, shape, data_offsets }] of entries) {
    const [begin, end] = data_offsets;
    const where = `tensor ${JSON.stringify(name)} at data offsets [${begin}, ${end}]`;
    if (end > data.length) {
      const what = `${where} reaches past the ${data.length} bytes of data that the file holds`;
      fail('ERR_SAFETENSORS_TRUNCATED', `${what} (truncated, or the header is wrong)`);
    }
    if (begin !== covered) {
      const what = begin < covered ? 'overlaps the one before it' : 'leaves a gap before it';
      fail('ERR_SAFETENSORS_OFFSETS', `${where} ${what}, which ends at ${covered}`);
    }
    const needed = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype]);
    if (end - begin !== needed) {
      const what = `${where} spans ${end - begin} bytes, but its shape`;
      fail('ERR_SAFETENSORS_OFFSETS', `${what} [${shape.join(', ')}] of ${dtype} needs ${needed}`);
    }
    tensors.set(name, tensorOf(dtype, shape, data.slice(begin, end)));
    covered = end;
  }
  if (covered !== data.length) {
    const what = `${data.length - covered} bytes at data offset ${covered} belong to no tensor`;
    fail('ERR_SAFETENSORS_OFFSETS', `${what}; the last one should end with the file`);
  }
  return { tensors, metadata };
}

const size = z.int().nonnegative();
const TENSOR_ENTRY = z.strictObject({
  dtype: z.enum(DTYPES),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
type TensorEntry = z.infer<typeof TENSOR_ENTRY>;

function parseHeader(
  bytes: Uint8Array,
  fail: (code: ErrorCode, what: string, cause?: unknown) => never,
): { metadata: Map<string, string>; entries: [string, TensorEntry][] } {
  let header: unknown;
  try {
    header = parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    return fail('ERR_SAFETENSORS_HEADER', `the header is not JSON: ${(cause as Error).message}`, cause);
  }
  if (bytes[0] !== 0x7b) return fail('ERR_SAFETENSORS_HEADER', 'the header should begin with "{"');

  const metadata = new Map<string, string>();
  const entries: [string, TensorEntry][] = [];
  for (const [name, value] of Object.entries(header as object) as [string, unknown][]) {
    if (name === METADATA_KEY) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return fail('ERR_SAFETENSORS_HEADER', `${METADATA_KEY} should be an object of strings`);
      }
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') {
          const what = `${METADATA_KEY}.${key} is ${JSON.stringify(text)}`;
          return fail('ERR_SAFETENSORS_HEADER', `${what}; metadata should be strings only`);
        }
        metadata.set(key, text);
      }
      continue;
    }
    const entry = TENSOR_ENTRY.safeParse(value);
    if (!entry.success) {
      const issue = entry.error.issues[0]!;
      const where = ['tensor', JSON.stringify(name), ...issue.path].join(' ');
      return fail('ERR_SAFETENSORS_HEADER', `${where}: ${issue.message}`, entry.error);
    }
    entries.push([name, entry.data]);
  }
  return { metadata, entries };
}

/** The elements of `tensor` as a file holds them; on most machines a view, not a copy. */
export function littleEndianBytes({ dtype, data }: Tensor): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (HOST_IS_LITTLE_ENDIAN) return bytes;
  const swapped = bytes.slice();
  reverseElements(swapped, ELEMENT_BYTES[dtype]);
  return swapped;
}

/** `bytes` (its own buffer, little endian) as elements of `dtype`. */
function tensorOf(dtype: Dtype, shape: readonly number[], bytes: Uint8Array<ArrayBuffer>): Tensor {
  if (!HOST_IS_LITTLE_ENDIAN) reverseElements(bytes, ELEMENT_BYTES[dtype]);
  const { buffer } = bytes;
  switch (dtype) {
    case 'F64':
      return { dtype, shape, data: new Float64Array(buffer) };
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'U32':
      return { dtype, shape, data: new Uint32Array(buffer) };
    case 'U8':
      return { dtype, shape, data: bytes };
  }
}

function reverseElements(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

/** Half of a surrogate pair has no UTF-8: other readers would refuse the file. */
function requireText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new HebbridgeError('ERR_INTERNAL', `${JSON.stringify(text)} is not well-formed text`);
  }
}

/** JSON text of an object; unlike an object literal it may hold any key (`__proto__`). */
function jsonObject(pairs: readonly (readonly [string, string])[]): string {
  return `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return compare(a, b);
}

/** By code unit, the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
