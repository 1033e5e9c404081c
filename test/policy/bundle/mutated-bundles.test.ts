import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HebbridgeError } from '../../../policy/errors.js';
import {
  decodeBundle,
  encodeBundle,
  networkFromBundle,
  sealMetadata,
  type LoadedBundle,
} from '../../../policy/bundle/rule-bundle.js';
import { decodeSafetensors, encodeSafetensors } from '../../../policy/bundle/safetensors.js';
import { alterJson, mutations, originalOf, type Original } from './mutations.js';
import { plasticBundle, staticBundle } from './small-bundles.js';

const ORIGINALS = [plasticBundle(), plasticBundle('A'), staticBundle()].map(
  (written): Original & { readonly bundle: LoadedBundle } => {
    const bytes = encodeBundle(written);
    return { ...originalOf(bytes), bundle: decodeBundle(bytes, 'original') };
  },
);

/** What became of the bytes: the code of their refusal, `undefined` if they were read. */
function refusal(load: () => void): string | undefined {
  try {
    load();
    return undefined;
  } catch (error) {
    if (error instanceof HebbridgeError) return error.code;
    throw error;
  }
}

describe('a mutated bundle', () => {
  it('is refused or equal to the original, 10,000 times', { timeout: 120_000 }, () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(fc.constantFrom(...ORIGINALS), mutations(ORIGINALS), (original, mutate) => {
        const bytes = mutate(original);
        let read: LoadedBundle | undefined;
        const outcome = refusal(() => (read = decodeBundle(bytes, 'mutated'))) ?? 'equal';
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        return outcome !== 'equal' || isDeepStrictEqual(read, original.bundle);
      }),
      { seed: 2020, numRuns: 10_000 },
    );
    // The mutations get past the first checks, and some change nothing that has a meaning.
    expect([...outcomes.keys()]).toEqual(
      expect.arrayContaining([
        'ERR_SAFETENSORS_TRUNCATED',
        'ERR_SAFETENSORS_HEADER',
        'ERR_SAFETENSORS_OFFSETS',
        'ERR_BUNDLE_VERSION',
        'ERR_BUNDLE_METADATA',
        'ERR_BUNDLE_TENSOR',
        'ERR_BUNDLE_HASH',
        'equal',
      ]),
    );
  });

  it(
    'whose digests were made anew to fit is refused, or is a network that acts',
    { timeout: 120_000 },
    () => {
      const outcomes = new Set<string>();
      const place = fc.nat(100_000);
      fc.assert(
        fc.property(
          fc.constantFrom(...ORIGINALS),
          fc.boolean(),
          place,
          place,
          fc.nat(35),
          place,
          ({ bytes }, inTensor, entry, which, how, at) => {
            const { tensors, metadata } = decodeSafetensors(bytes, 'original');
            const texts = new Map(metadata);
            texts.delete('tensors_sha256');
            texts.delete('metadata_sha256');
            if (inTensor) {
              const { data } = [...tensors.values()][entry % tensors.size]!;
              const begin = at % data.byteLength;
              const bits = new Uint8Array(data.buffer);
              if (which % 4 === 0) bits.fill(0xff, begin, begin + 4);
              else bits[begin]! ^= 1 << (which % 8);
            } else {
              const [key, text] = [...texts][entry % texts.size]!;
              texts.set(key, /^[[{\d]/.test(text) ? alterJson(text, which, how, at) : `${text}${which}`);
            }
            const forged = encodeSafetensors(tensors, sealMetadata(tensors, texts));
            const outcome = refusal(() => {
              const network = networkFromBundle(decodeBundle(forged, 'forged'));
              network.reset(1);
              const action = new Float32Array(network.actionSize);
              network.act(new Float32Array(network.observationSize).fill(0.5), action);
              expect(action.every((value) => Math.abs(value) <= 1)).toBe(true);
            });
            outcomes.add(outcome ?? 'acts');
          },
        ),
        { seed: 2021, numRuns: 2_000 },
      );
      expect([...outcomes].sort()).toEqual([
        'ERR_BUNDLE_GOLDEN',
        'ERR_BUNDLE_METADATA',
        'ERR_BUNDLE_TENSOR',
        'ERR_BUNDLE_VALUE',
        'ERR_BUNDLE_VERSION',
        'acts',
      ]);
    },
  );
});
