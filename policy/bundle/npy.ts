import { HebbridgeError } from '../errors.js';

/** An array as NumPy's .npy files hold it, row by row (C order). */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MAGIC = '\x93NUMPY';
/** The data begin at a multiple of this. */
const ALIGNMENT = 64;

/**
 * The array of a .npy file, format version 1 or 2 (NumPy's `numpy.lib.format`): little-endian float32, or float64
 * that is rounded to it, in C order. `source` (a path) is for messages. Throws ERR_NPY for everything else, and for
 * numbers that are not finite (in float32).
 */
export function decodeNpy(bytes: Uint8Array, source: string): NpyArray {
  const fail = (what: string): never => {
    throw new HebbridgeError('ERR_NPY', `${source}: ${what}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (latin1(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    fail('no .npy file: it does not begin with \\x93NUMPY');
  const major = bytes[6];
  const headerStart = major === 1 ? 10 : 12;
  if (bytes.length < headerStart) fail(`the file ends after ${bytes.length} bytes, in its header`);
  if (major !== 1 && major !== 2) fail(`.npy format version ${major}; 1 and 2 can be read`);
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = headerStart + headerLength;
  if (start > bytes.length) {
    fail(`the header should end at byte ${start}, but the file ends at ${bytes.length}: it is truncated`);
  }
  const header = parseHeader(latin1(bytes.subarray(headerStart, start)));
  if (header === undefined) {
    return fail("the header is not {'descr': ..., 'fortran_order': ..., 'shape': (...)}");
  }
  const { descr, fortranOrder, shape } = header;
  if (descr !== '<f4' && descr !== '<f8') {
    fail(`dtype '${descr}'; '<f4' and '<f8' can be read: save array.astype('<f4')`);
  }
  if (fortranOrder) fail('the array is in Fortran order: save numpy.ascontiguousarray(array)');
  const width = descr === '<f4' ? 4 : 8;
  const needed = shape.reduce((product, size) => product * size, width);
  if (bytes.length - start !== needed) {
    const what = `shape (${shape.join(', ')}) of '${descr}' needs ${needed} bytes of data`;
    fail(`${what}, but the file holds ${bytes.length - start}`);
  }
  const data = new Float32Array(needed / width);
  for (let k = 0; k < data.length; k++) {
    const value = width === 4 ? view.getFloat32(start + k * 4, true) : view.getFloat64(start + k * 8, true);
    data[k] = value;
    if (!Number.isFinite(data[k])) fail(`element ${k} is ${value}; every number should be finite in float32`);
  }
  return { shape, data };
}

/** The bytes of a .npy file, version 1, '<f4', C order: as `numpy.save` writes it. */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.length * 4);
  const view = new DataView(bytes.buffer);
  const text = `${MAGIC}\x01\x00\x00\x00${header.padEnd(start - 11)}\n`;
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  view.setUint16(8, start - 10, true);
  for (let k = 0; k < data.length; k++) view.setFloat32(start + k * 4, data[k]!, true);
  return bytes;
}

interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** The Python dictionary that a header is: three keys in any order; undefined if it is anything else. */
function parseHeader(text: string): NpyHeader | undefined {
  const body = /^\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return undefined;
  const item =
    /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False)|\(([\d,\s]*)\))\s*(,\s*|$)/y;
  const found = new Map<string, RegExpExecArray>();
  while (item.lastIndex < body.length) {
    const match = item.exec(body);
    if (match === null || found.has(match[2]!)) return undefined;
    found.set(match[2]!, match);
  }
  const descr = found.get('descr')?.[4];
  const order = found.get('fortran_order')?.[5];
  const sizes = found.get('shape')?.[6];
  if (descr === undefined || order === undefined || sizes === undefined) return undefined;
  const shape = sizes.trim() === '' ? [] : sizes.replace(/,\s*$/, '').split(',');
  if (!shape.every((size) => /^\s*\d{1,15}\s*$/.test(size))) return undefined;
  return { descr, fortranOrder: order === 'True', shape: shape.map(Number) };
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
