import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HebbridgeError } from '../../../policy/errors.js';
import { decodeNpy, encodeNpy } from '../../../policy/bundle/npy.js';

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A .npy file put together by hand, from the description in `numpy.lib.format`. */
function fileOf(header: string, data: ArrayBufferView, version = 1): Uint8Array {
  const length = header.length;
  const lengthBytes = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, 0];
  return Uint8Array.of(
    ...latin1('\x93NUMPY'),
    version,
    0,
    ...lengthBytes,
    ...latin1(header),
    ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
}

function refusal(bytes: Uint8Array): string {
  try {
    decodeNpy(bytes, 'coefficients.npy');
  } catch (error) {
    if (!(error instanceof HebbridgeError)) throw error;
    expect(error.code).toBe('ERR_NPY');
    return error.message;
  }
  return 'read';
}

const six = Float32Array.of(1, 2, 3, 4, 5, -6.5);
const HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";

/** What `numpy.save` of NumPy 2.4 writes for numpy.array([[1, 2, 3], [4, 5, -6.5]], dtype='<f4'). */
const BY_NUMPY = Uint8Array.of(
  ...latin1(
    `\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }${' '.repeat(58)}\n`,
  ),
  ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40],
  ...[0, 0, 0x80, 0x40, 0, 0, 0xa0, 0x40, 0, 0, 0xd0, 0xc0],
);

describe('a .npy file', () => {
  it('is read and written as NumPy does', () => {
    expect(decodeNpy(BY_NUMPY, 'by numpy')).toEqual({ shape: [2, 3], data: six });
    expect(encodeNpy({ shape: [2, 3], data: six })).toEqual(BY_NUMPY);
  });

  it.each([
    ['version 1', fileOf(HEADER, six)],
    ['version 2', fileOf(HEADER, six, 2)],
    ['float64', fileOf(HEADER.replace('<f4', '<f8'), Float64Array.from(six))],
    ['another order of keys', fileOf(`{"shape":(3,2),"descr":"<f4","fortran_order":False}\n`, six)],
  ])('is read in %s', (_, bytes) => {
    expect(decodeNpy(bytes, 'coefficients.npy')).toEqual({ shape: [3, 2], data: six });
  });

  it.each([
    ['(6,)', [6]],
    ['(1, 6)', [1, 6]],
    ['(3, 1, 2)', [3, 1, 2]],
  ])('has the shape that the header says: %s', (text, shape) => {
    expect(decodeNpy(fileOf(HEADER.replace('(3, 2)', text), six), 'coefficients.npy').shape).toEqual(shape);
  });

  it('of one number has no dimension', () => {
    const bytes = fileOf(HEADER.replace('(3, 2)', '()'), Float32Array.of(7));
    expect(decodeNpy(bytes, 'coefficients.npy')).toEqual({ shape: [], data: Float32Array.of(7) });
  });

  it('comes back as it was written, and its data are aligned', () => {
    const numbers = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 40 });
    fc.assert(
      fc.property(numbers, fc.boolean(), (data, matrix) => {
        const shape = matrix ? [1, data.length] : [data.length];
        const bytes = encodeNpy({ shape, data });
        expect(decodeNpy(bytes, 'a file')).toEqual({ shape, data });
        expect((bytes.length - data.byteLength) % 64).toBe(0);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('a .npy file is refused', () => {
  it('wherever it is cut off', () => {
    for (let length = 0; length < BY_NUMPY.length; length++) {
      expect(refusal(BY_NUMPY.subarray(0, length))).toMatch(/^coefficients\.npy: /);
    }
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['is something else', latin1('PK\x03\x04 and so on'), /does not begin with \\x93NUMPY/],
    ['is of a later version', fileOf(HEADER, six, 3), /format version 3; 1 and 2 can be read/],
    ['is in Fortran order', fileOf(HEADER.replace('False', 'True'), six), /Fortran order.*ascontiguousarray/],
    ['holds big-endian numbers', fileOf(HEADER.replace('<', '>'), six), /dtype '>f4'.*astype/],
    ['holds integers', fileOf(HEADER.replace('f4', 'i4'), six), /dtype '<i4'/],
    ['holds objects', fileOf(HEADER.replace('<f4', '|O'), six), /dtype '\|O'/],
    [
      'holds more than its shape',
      fileOf(HEADER, new Float32Array(7)),
      /needs 24 bytes of data, but the file holds 28/,
    ],
    ['holds less', fileOf(HEADER, new Float32Array(5)), /but the file holds 20/],
    ['has a huge shape', fileOf(HEADER.replace('3', '999999999999999'), six), /needs/],
    ['has a negative size', fileOf(HEADER.replace('3', '-3'), six), /the header is not/],
    ['has an empty size', fileOf(HEADER.replace('3', ''), six), /the header is not/],
    ['has no shape', fileOf("{'descr': '<f4', 'fortran_order': False, }", six), /the header is not/],
    ['has a shape twice', fileOf(HEADER.replace('}', "'shape': (6,), }"), six), /the header is not/],
    ['has a key too many', fileOf(HEADER.replace('}', "'x': '1', }"), six), /the header is not/],
    ['has record fields', fileOf(HEADER.replace("'<f4'", "[('a', '<f4')]"), six), /the header is not/],
    ['holds NaN', fileOf(HEADER, Float32Array.of(1, NaN, 3, 4, 5, 6)), /element 1 is NaN/],
    [
      'holds what float32 cannot',
      fileOf(HEADER.replace('<f4', '<f8'), Float64Array.of(1, 2, 3, 1e39, 5, 6)),
      /element 3 is 1e\+39; every number should be finite in float32/,
    ],
  ])('if it %s', (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });
});
