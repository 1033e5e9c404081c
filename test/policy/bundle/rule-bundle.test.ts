import { describe, expect, it } from 'vitest';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { HebbridgeError } from '../../../policy/errors.js';
import { DEFAULT_LAYER_SIZES } from '../../../policy/hebbian-network.js';
import {
  decodeBundle,
  encodeBundle,
  networkFromBundle,
  requireContract,
  sealMetadata,
  type RuleBundle,
} from '../../../policy/bundle/rule-bundle.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Tensor,
  type Tensor,
} from '../../../policy/bundle/safetensors.js';
import { RULE_NAMES } from '../../../policy/plasticity-rule.js';
import { plasticBundle, staticBundle } from './small-bundles.js';

/** The error that `load` ends with. */
function errorOf(load: () => unknown): HebbridgeError {
  try {
    load();
  } catch (error) {
    if (error instanceof HebbridgeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The bytes of `bundle` with its tensors or metadata changed and, unless told otherwise, its digests made anew. */
function changed(
  bundle: RuleBundle,
  change: (tensors: Map<string, Tensor>, metadata: Map<string, string>) => void,
  { reseal = true } = {},
): Uint8Array {
  const file = decodeSafetensors(encodeBundle(bundle), 'original');
  const tensors = new Map(file.tensors);
  const metadata = new Map(file.metadata);
  if (!reseal) {
    change(tensors, metadata);
    return encodeSafetensors(tensors, metadata);
  }
  metadata.delete('tensors_sha256');
  metadata.delete('metadata_sha256');
  change(tensors, metadata);
  return encodeSafetensors(tensors, sealMetadata(tensors, metadata));
}

function smoothedBundle(): RuleBundle {
  const bundle = plasticBundle();
  return { ...bundle, network: { ...bundle.network, actionSmoothing: 0.7 } };
}

describe('a rule bundle', () => {
  it.each([
    ...RULE_NAMES.map((rule) => [rule, plasticBundle(rule)] as const),
    ['static', staticBundle()] as const,
    ['with smoothed actions', smoothedBundle()] as const,
  ])('comes back as it was written: %s', (_, bundle) => {
    const { tensorsSha256, metadataSha256, golden, ...read } = decodeBundle(encodeBundle(bundle), 'a file');
    expect(read).toEqual(bundle);
    expect(tensorsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(metadataSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(golden.largestDifference).toBe(0);
  });

  it('without carried weights has none in the file', () => {
    const { network, coefficients, contract, provenance } = plasticBundle();
    const bundle: RuleBundle = {
      network: { ...network, initialWeights: { kind: 'uniform', bound: 0.1 } },
      coefficients: coefficients!,
      contract,
      provenance,
    };
    const bytes = encodeBundle(bundle);
    expect([...decodeSafetensors(bytes, 'a file').tensors.keys()].sort()).toEqual([
      'coefficients',
      'golden_actions',
      'golden_observations',
    ]);
    expect(decodeBundle(bytes, 'a file')).toMatchObject(bundle);
  });

  it('has the same bytes each time it is written, from what was read too', () => {
    const bytes = encodeBundle(plasticBundle());
    expect(encodeBundle(plasticBundle())).toEqual(bytes);
    expect(encodeBundle(decodeBundle(bytes, 'a file'))).toEqual(bytes);
  });

  it('says in its metadata what a reader in another language needs, as plain text or JSON', () => {
    const { metadata } = decodeSafetensors(encodeBundle(plasticBundle()), 'a file');
    expect(metadata.get('format')).toBe('hebbridge-rule-bundle');
    expect(metadata.get('rule')).toBe('ABCD_lr');
    expect(metadata.get('columns')).toBe('["A","B","C","eta","D_in"]');
    expect(metadata.get('layer_sizes')).toBe('[11,3,1]');
    expect(metadata.get('bounding')).toBe('{"kind":"decay","rate":0.02}');
  });

  it.each(['kernel', 'reference'] as const)(
    'acts as the golden vector says, to the bit, on the %s',
    (engine) => {
      const { golden } = decodeBundle(encodeBundle(plasticBundle()), 'a file', engine);
      expect(golden.largestDifference).toBe(0);
      // The actions are those of a living network, not of one that is stuck.
      expect(new Set(golden.actions).size).toBe(20);
      const network = networkFromBundle(plasticBundle(), engine);
      network.reset(golden.seed);
      const action = new Float32Array(1);
      network.act(golden.observations.subarray(0, 11), action);
      expect(action[0]).toBe(golden.actions[0]);
    },
  );
});

describe('a rule bundle is refused', () => {
  const source = 'rules/bad.safetensors';
  const load = (bytes: Uint8Array) => errorOf(() => decodeBundle(bytes, source));

  it('if it is another safetensors file', () => {
    const error = load(encodeSafetensors(new Map([['weights', float32Tensor(Float32Array.of(1))]])));
    expect(error.code).toBe('ERR_BUNDLE_METADATA');
    expect(error.message).toBe(
      'rules/bad.safetensors: no rule bundle: metadata "format" is missing, should be "hebbridge-rule-bundle"',
    );
  });

  it('if its format version is newer', () => {
    const error = load(changed(plasticBundle(), (_, metadata) => metadata.set('format_version', '2')));
    expect(error.code).toBe('ERR_BUNDLE_VERSION');
    expect(error.message).toContain('format version 2 is newer than 1');
  });

  it.each<[string, string, RegExp]>([
    ['rule', 'ABCDE', /"rule".*ABCDE/],
    ['rule', 'ABC', /"columns": the columns of rule ABC are \["A","B","C"\]/],
    ['columns', '["A","B","C","D_in","eta"]', /"columns"/],
    [
      'layer_sizes',
      '[12,3,1]',
      /"layer_sizes": the contract's observation has 11 numbers \(it is \[12,3,1\]\)/,
    ],
    ['layer_sizes', '[11,3,2]', /"layer_sizes": the contract has 1 joints/],
    ['layer_sizes', '[11,99999999,1]', /"layer_sizes.1".*99999999/],
    ['layer_sizes', '[11,0,1]', /"layer_sizes.1"/],
    ['layer_sizes', '[11,', /"layer_sizes" is not JSON/],
    ['activation', 'relu', /"activation"/],
    ['bounding', '{"kind":"decay","rate":1.5}', /"bounding.rate".*1\.5/],
    ['bounding', '{"kind":"decay","rate":1e999}', /"bounding.rate"/],
    ['bounding', '{"kind":"clip"}', /"bounding.kind"/],
    [
      'bounding',
      '{"kind":"decay","rate":0.1,"rate":0.2}',
      /"bounding" is not JSON: the key "rate" stands there twice/,
    ],
    ['initial_weights', '{"kind":"uniform"}', /"initial_weights.bound".*missing/],
    ['observation', '{"layout":"other"}', /"observation.layout".*other/],
    ['golden_seed', '-1', /"golden_seed"/],
    ['provenance', '{}', /"provenance.hebbridge"/],
    ['provenance', '['.repeat(100_000) + ']'.repeat(100_000), /nested deeper than 64/],
    ['surprise', '1', /surprise/],
  ])('if metadata "%s" is %s', (key, text, message) => {
    const error = load(changed(plasticBundle(), (_, metadata) => metadata.set(key, text)));
    expect(error.code).toBe('ERR_BUNDLE_METADATA');
    expect(error.message.slice(0, 400)).toMatch(message);
    expect(error.message).toMatch(/^rules\/bad\.safetensors: metadata/);
  });

  it.each([...decodeSafetensors(encodeBundle(plasticBundle()), '').metadata.keys()])(
    'if metadata "%s" is missing',
    (key) => {
      const seal = key.endsWith('_sha256');
      const bytes = changed(plasticBundle(), (_, metadata) => metadata.delete(key), { reseal: !seal });
      expect(load(bytes).code).toBe(key === 'tensors_sha256' ? 'ERR_BUNDLE_HASH' : 'ERR_BUNDLE_METADATA');
    },
  );

  it.each<[string, (contract: typeof ANT_CONTRACT) => unknown]>([
    [
      'two joints of one name',
      ({ joints, ...rest }) => ({ ...rest, joints: joints.map((j) => ({ ...j, name: 'x' })) }),
    ],
    [
      'limits the wrong way round',
      ({ joints, ...rest }) => ({ ...rest, joints: joints.map((j) => ({ ...j, lower: 9 })) }),
    ],
    [
      'no effort',
      ({ joints, ...rest }) => ({ ...rest, joints: joints.map((j) => ({ ...j, effortLimit: 0 })) }),
    ],
    ['no time to act', (contract) => ({ ...contract, controlPeriod: 0 })],
  ])('if its contract has %s', (_, spoil) => {
    const bytes = changed(plasticBundle(), (_tensors, metadata) => {
      metadata.set('layer_sizes', JSON.stringify(DEFAULT_LAYER_SIZES));
      metadata.set('contract', JSON.stringify(spoil(ANT_CONTRACT)));
    });
    expect(load(bytes)).toMatchObject({
      code: 'ERR_BUNDLE_METADATA',
      message: expect.stringContaining('"contract.') as string,
    });
  });

  it('if a static network would draw or bound its weights', () => {
    for (const [key, text] of [
      ['initial_weights', '{"kind":"zeros"}'],
      ['bounding', '{"kind":"norm","limit":1}'],
    ] as const) {
      const error = load(changed(staticBundle(), (_, metadata) => metadata.set(key, text)));
      expect(error.code).toBe('ERR_BUNDLE_METADATA');
    }
  });

  it.each<[string, (tensors: Map<string, Tensor>) => void, RegExp]>([
    [
      'a missing tensor',
      (t) => t.delete('coefficients'),
      /"coefficients" is missing; it should be F32 \[36, 5\]/,
    ],
    ['missing weights', (t) => t.delete('initial_weights'), /"initial_weights" is missing/],
    ['a missing golden vector', (t) => t.delete('golden_actions'), /"golden_actions" is missing/],
    ['a tensor too many', (t) => t.set('bias', float32Tensor(Float32Array.of(1))), /"bias" is not one of/],
    [
      'another dtype',
      (t) => t.set('coefficients', { dtype: 'F64', shape: [36, 5], data: new Float64Array(180) }),
      /"coefficients" is F64 \[36, 5\]; it should be F32 \[36, 5\]/,
    ],
    [
      'another shape of the same length',
      (t) => t.set('coefficients', float32Tensor(new Float32Array(180), [5, 36])),
      /is F32 \[5, 36\]; it should be F32 \[36, 5\]/,
    ],
    [
      'another length',
      (t) => t.set('initial_weights', float32Tensor(new Float32Array(35))),
      /is F32 \[35\]; it should be F32 \[36\]/,
    ],
    [
      'golden actions and observations of different length',
      (t) => t.set('golden_actions', float32Tensor(new Float32Array(19), [19, 1])),
      /"golden_actions" is F32 \[19, 1\]; it should be F32 \[20, 1\]/,
    ],
    [
      'an empty golden vector',
      (t) => {
        t.set('golden_actions', float32Tensor(new Float32Array(0), [0, 1]));
        t.set('golden_observations', float32Tensor(new Float32Array(0), [0, 11]));
      },
      /the golden vector has 0 steps/,
    ],
  ])('if it has %s', (_, change, message) => {
    const error = load(changed(plasticBundle(), change));
    expect(error.code).toBe('ERR_BUNDLE_TENSOR');
    expect(error.message).toMatch(message);
  });

  it.each([NaN, Infinity, -Infinity])('if a coefficient is %s', (value) => {
    const error = load(
      changed(plasticBundle(), (tensors) => (tensors.get('coefficients')!.data[17] = value)),
    );
    expect(error.code).toBe('ERR_BUNDLE_VALUE');
    expect(error.message).toContain(`element 17 of tensor "coefficients" is ${value}`);
  });

  it('if a tensor, a text or a digest is not the one that was written', () => {
    const changes: ((tensors: Map<string, Tensor>, metadata: Map<string, string>) => void)[] = [
      (tensors) => (tensors.get('coefficients')!.data[3] = 0.5),
      (_, metadata) => metadata.set('provenance', metadata.get('provenance')!.replace('612.5', '912.5')),
      (_, metadata) => metadata.set('bounding', '{"kind":"decay","rate":0.020}'),
      (_, metadata) => metadata.set('metadata_sha256', '0'.repeat(64)),
    ];
    for (const change of changes) {
      expect(load(changed(plasticBundle(), change, { reseal: false })).code).toBe('ERR_BUNDLE_HASH');
    }
  });

  it('if the smoothing of its actions was taken away', () => {
    const bytes = changed(smoothedBundle(), (_, metadata) => metadata.delete('action_smoothing'));
    expect(load(bytes).code).toBe('ERR_BUNDLE_GOLDEN');
  });

  it('if the network does not act as the golden vector says', () => {
    const changes: ((tensors: Map<string, Tensor>, metadata: Map<string, string>) => void)[] = [
      (tensors) => (tensors.get('golden_actions')!.data[19]! += 1e-5),
      (tensors) => (tensors.get('coefficients')!.data[0]! += 0.01),
      (_, metadata) => metadata.set('bounding', '{"kind":"decay","rate":0.021}'),
    ];
    for (const change of changes) {
      expect(load(changed(plasticBundle(), change)).code).toBe('ERR_BUNDLE_GOLDEN');
    }
  });

  it('before it is written, too', () => {
    const good = plasticBundle();
    const write = (bundle: RuleBundle) => errorOf(() => encodeBundle(bundle)).code;
    expect(write({ ...good, coefficients: good.coefficients!.subarray(1) })).toBe('ERR_BUNDLE_TENSOR');
    expect(write({ ...good, coefficients: good.coefficients!.map(() => NaN) })).toBe('ERR_BUNDLE_VALUE');
    // Finite, but the network's activity would not be.
    expect(write({ ...good, coefficients: good.coefficients!.map(() => 3e38) })).toBe('ERR_BUNDLE_VALUE');
    expect(write({ ...good, provenance: { ...good.provenance, fitness: NaN } })).toBe('ERR_BUNDLE_METADATA');
    expect(write({ ...good, provenance: { ...good.provenance, evolution: { sigma: Infinity } } })).toBe(
      'ERR_BUNDLE_METADATA',
    );
  });
});

describe('a robot', () => {
  const names = ANT_CONTRACT.joints.map(({ name }) => name);
  const bundle: RuleBundle = { ...plasticBundle(), contract: ANT_CONTRACT };

  it('may name its joints in any order', () => {
    requireContract(bundle, names.toReversed());
  });

  it('with other joints is refused, and they are named', () => {
    const error = errorOf(() => requireContract(bundle, [...names.slice(1), 'tail', 'left_back_hip']));
    expect(error.code).toBe('ERR_BUNDLE_ROBOT');
    expect(error.message).toContain(
      'the robot lacks left_front_hip; the rules do not know tail; the robot names twice left_back_hip;',
    );
  });
});
