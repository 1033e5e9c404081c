import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { HebbridgeError } from '../../../policy/errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Tensor,
  type Tensor,
} from '../../../policy/bundle/safetensors.js';

/** A safetensors file put together by hand, from the format's description. */
function fileOf(header: string, data: readonly number[] = [], padding = ''): Uint8Array {
  const text = new TextEncoder().encode(header + padding);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function codeOf(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, 'some/file');
  } catch (error) {
    if (!(error instanceof HebbridgeError)) throw error;
    expect(error.message).toMatch(/^some\/file: /);
    return error.code;
  }
  return 'decoded';
}

// 1.5, -2 and 0.1 as little-endian float32, and 7, -1 as int32, by hand.
const FLOATS = [0x00, 0x00, 0xc0, 0x3f, 0x00, 0x00, 0x00, 0xc0, 0xcd, 0xcc, 0xcc, 0x3d];
const INTEGERS = [0x07, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff];
const BY_HAND = fileOf(
  '{"__metadata__":{"made":"by me","ø":"é"},' +
    '"floats":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]},' +
    '"integers":{"dtype":"I32","shape":[2],"data_offsets":[12,20]}}',
  [...FLOATS, ...INTEGERS],
  ' '.repeat(2),
);

describe('a safetensors file', () => {
  const tensors = new Map<string, Tensor>([
    ['integers', { dtype: 'I32', shape: [2], data: Int32Array.of(7, -1) }],
    ['floats', float32Tensor(Float32Array.of(1.5, -2, 0.1), [3, 1])],
  ]);
  const metadata = new Map([
    ['ø', 'é'],
    ['made', 'by me'],
  ]);

  it('is read as the format describes it', () => {
    const file = decodeSafetensors(BY_HAND, 'by hand');
    expect(file.metadata).toEqual(metadata);
    expect(file.tensors).toEqual(tensors);
  });

  it('is written as the format describes it, whatever the order of the maps', () => {
    const bytes = encodeSafetensors(tensors, metadata);
    expect(bytes).toEqual(BY_HAND);
  });

  it('has a header whose length is a multiple of 8 and wide elements first, so that every tensor is aligned', () => {
    const bytes = encodeSafetensors(
      new Map<string, Tensor>([
        ['a', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
        ['b', { dtype: 'F64', shape: [1], data: Float64Array.of(Math.PI) }],
        ['c', float32Tensor(Float32Array.of(2))],
      ]),
    );
    const headerLength = new DataView(bytes.buffer).getUint32(0, true);
    expect(headerLength % 8).toBe(0);
    expect(new DataView(bytes.buffer).getFloat64(8 + headerLength, true)).toBe(Math.PI);
    expect([...bytes.subarray(-3)]).toEqual([1, 2, 3]);
  });

  it('gives back what was written, for any names, texts, shapes and bits', () => {
    const text = fc.string({ unit: 'grapheme' });
    const tensor = fc.oneof(
      fc.float32Array({ maxLength: 20 }).map((data): Tensor => float32Tensor(data)),
      fc
        .float64Array({ maxLength: 6 })
        .map((data): Tensor => ({ dtype: 'F64', shape: [1, data.length], data })),
      fc.uint8Array({ maxLength: 6 }).map((data): Tensor => ({ dtype: 'U8', shape: [data.length], data })),
      fc.uint32Array({ maxLength: 6 }).map((data): Tensor => ({ dtype: 'U32', shape: [data.length], data })),
      fc.float().map((value): Tensor => ({ dtype: 'F32', shape: [], data: Float32Array.of(value) })),
    );
    const named = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Map<string, T>> =>
      fc
        .array(fc.tuple(fc.oneof(text, fc.constant('__proto__')), value), { maxLength: 5 })
        .map((e) => new Map(e));
    fc.assert(
      fc.property(named(tensor), named(text), (someTensors, someMetadata) => {
        const file = decodeSafetensors(encodeSafetensors(someTensors, someMetadata), 'some/file');
        expect(file).toEqual({ tensors: someTensors, metadata: someMetadata });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is read from the middle of a larger buffer too', () => {
    const larger = new Uint8Array(BY_HAND.length + 5);
    larger.set(BY_HAND, 3);
    expect(decodeSafetensors(larger.subarray(3, 3 + BY_HAND.length), 'a view').tensors).toEqual(tensors);
  });
});

describe('a bad safetensors file is refused', () => {
  const entry = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
  const four = [0, 0, 0, 0];

  it('when it ends anywhere before its end', () => {
    for (let length = 0; length < BY_HAND.length; length++) {
      expect(codeOf(BY_HAND.subarray(0, length))).toBe('ERR_SAFETENSORS_TRUNCATED');
    }
  });

  it('when its first bytes cannot be the length of a header: it is some other file', () => {
    const bytes = BY_HAND.slice();
    bytes.fill(0xff, 0, 8);
    expect(codeOf(bytes)).toBe('ERR_SAFETENSORS_HEADER');
  });

  it.each<[string, string, number[], string]>([
    ['offsets past the end', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', four, 'TRUNCATED'],
    [
      'overlap',
      `{"a":{${entry}},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`,
      [...four, 0, 0],
      'OFFSETS',
    ],
    ['the same bytes twice', `{"a":{${entry}},"b":{${entry}}}`, four, 'OFFSETS'],
    ['a gap at the start', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', [0, 0], 'OFFSETS'],
    [
      'a gap in between',
      `{"a":{${entry}},"b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}}`,
      [...four, 0, 0],
      'OFFSETS',
    ],
    ['bytes left over', `{"a":{${entry}}}`, [...four, 0], 'OFFSETS'],
    ['offsets that run backwards', '{"a":{"dtype":"U8","shape":[0],"data_offsets":[4,0]}}', four, 'OFFSETS'],
    [
      'a shape too large',
      '{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}',
      four,
      'OFFSETS',
    ],
    ['a shape too small', '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,4]}}', four, 'OFFSETS'],
    ['an unknown dtype', '{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', four, 'HEADER'],
    ['a negative offset', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}', four, 'HEADER'],
    ['a fractional size', '{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}}', [0, 0], 'HEADER'],
    ['one offset only', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', four, 'HEADER'],
    ['a missing shape', '{"a":{"dtype":"F32","data_offsets":[0,4]}}', four, 'HEADER'],
    ['an unknown field', `{"a":{${entry},"order":"F"}}`, four, 'HEADER'],
    ['a tensor that is a number', '{"a":4}', [], 'HEADER'],
    ['a name twice', `{"a":{${entry}},"\\u0061":{${entry}}}`, four, 'HEADER'],
    ['a metadata key twice', '{"__metadata__":{"k":"1","k":"2"}}', [], 'HEADER'],
    ['metadata that is no text', '{"__metadata__":{"k":1}}', [], 'HEADER'],
    ['metadata that is a list', '{"__metadata__":["k"]}', [], 'HEADER'],
    ['a list for a header', '[]', [], 'HEADER'],
    ['white space before the header', ' {}', [], 'HEADER'],
    ['a header that is not JSON', '{"a":', [], 'HEADER'],
    ['an empty header', '', [], 'HEADER'],
  ])('%s', (_, header, data, code) => {
    expect(codeOf(fileOf(header, data))).toBe(`ERR_SAFETENSORS_${code}`);
  });

  it('when its header is not UTF-8', () => {
    const bytes = fileOf('{"__metadata__":{"k":"??"}}');
    bytes[bytes.indexOf(0x3f)] = 0xff;
    expect(codeOf(bytes)).toBe('ERR_SAFETENSORS_HEADER');
  });
});
