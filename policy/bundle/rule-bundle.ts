import { HebbridgeError } from '../errors.js';
import { HebbianNetwork, type EngineName, type NetworkDescription } from '../hebbian-network.js';
import { synapseCount } from '../network-buffers.js';
import type { RobotContract } from '../robot-contract.js';
import {
  columnsText,
  FIXED_METADATA,
  metadataTexts,
  parseMetadata,
  requireFormat,
  type BundleMetadata,
  type Provenance,
} from './bundle-metadata.js';
import {
  COEFFICIENTS,
  GOLDEN_ACTIONS,
  GOLDEN_OBSERVATIONS,
  INITIAL_WEIGHTS,
  requireFinite,
  requireTensors,
} from './bundle-tensors.js';
import { metadataDigest, tensorsDigest } from './digest.js';
import {
  GOLDEN_SEED,
  GOLDEN_TOLERANCE,
  goldenDifference,
  recordGoldenVector,
  type GoldenVector,
} from './golden-vector.js';
import { decodeSafetensors, encodeSafetensors, float32Tensor, type Tensor } from './safetensors.js';

export type { JsonRecord, JsonValue, Provenance } from './bundle-metadata.js';

/** Evolved rules and everything that is needed to trust and to run them. Travels as one .safetensors file. */
export interface RuleBundle {
  readonly network: NetworkDescription;
  /** [synapses, columns] row by row, as {@link HebbianNetwork.setCoefficients} takes them; none if static. */
  readonly coefficients?: Float32Array;
  /** [synapses]; if and only if `network.initialWeights` are carried, as a static network's always are. */
  readonly initialWeights?: Float32Array;
  readonly contract: RobotContract;
  readonly provenance: Provenance;
}

/** A bundle that was read and found good. */
export interface LoadedBundle extends RuleBundle {
  /** SHA-256 of the tensors: two bundles with the same one behave alike. */
  readonly tensorsSha256: string;
  /** SHA-256 of all metadata, the tensors' digest included: two bundles with the same one are the same. */
  readonly metadataSha256: string;
  readonly golden: GoldenVector & {
    /** Of the actions on this machine from those in the file; 0 is expected. */
    readonly largestDifference: number;
  };
}

const TENSORS_SHA256 = 'tensors_sha256';
const METADATA_SHA256 = 'metadata_sha256';

/**
 * The bytes of `bundle`, golden vector and digests added. Same bundle, same bytes. Throws as
 * {@link decodeBundle} does for a bundle that could not be loaded again.
 */
export function encodeBundle(bundle: RuleBundle): Uint8Array {
  const source = 'the bundle to be written';
  const { network, coefficients, initialWeights, contract, provenance } = bundle;
  const texts = metadataTexts(
    {
      ...FIXED_METADATA,
      rule: network.rule,
      columns: columnsText(network.rule),
      layer_sizes: network.layerSizes,
      bounding: network.bounding,
      initial_weights: network.initialWeights,
      ...(network.actionSmoothing ? { action_smoothing: network.actionSmoothing } : {}),
      contract,
      provenance,
      golden_seed: GOLDEN_SEED,
    },
    source,
  );
  const synapses = synapseCount(network.layerSizes);
  const tensors = new Map<string, Tensor>();
  if (coefficients !== undefined) {
    tensors.set(COEFFICIENTS, float32Tensor(coefficients, rowsOf(coefficients.length, synapses)));
  }
  if (initialWeights !== undefined) tensors.set(INITIAL_WEIGHTS, float32Tensor(initialWeights));
  requireTensors(tensors, network, source);

  const golden = recordGoldenVector(networkFromBundle(bundle));
  const steps = golden.actions.length / network.layerSizes.at(-1)!;
  tensors.set(GOLDEN_OBSERVATIONS, float32Tensor(golden.observations, [steps, network.layerSizes[0]!]));
  tensors.set(GOLDEN_ACTIONS, float32Tensor(golden.actions, [steps, network.layerSizes.at(-1)!]));
  const bytes = encodeSafetensors(tensors, sealMetadata(tensors, texts));
  decodeBundle(bytes, source);
  return bytes;
}

/** `texts` with both digests added. They guard against damage, not against somebody who computes them anew. */
export function sealMetadata(
  tensors: ReadonlyMap<string, Tensor>,
  texts: ReadonlyMap<string, string>,
): Map<string, string> {
  const sealed = new Map(texts).set(TENSORS_SHA256, tensorsDigest(tensors));
  return sealed.set(METADATA_SHA256, metadataDigest(sealed));
}

/**
 * The bundle that `bytes` hold, checked to the last bit, its golden vector lived again; `source` (a path) is for
 * messages. Never returns a bundle that is damaged or that this hebbridge would run in another way.
 *
 * Throws ERR_SAFETENSORS_* (see {@link decodeSafetensors}), ERR_BUNDLE_VERSION, ERR_BUNDLE_METADATA,
 * ERR_BUNDLE_TENSOR, ERR_BUNDLE_HASH, ERR_BUNDLE_VALUE or ERR_BUNDLE_GOLDEN.
 */
export function decodeBundle(bytes: Uint8Array, source: string, engine?: EngineName): LoadedBundle {
  const { tensors, metadata: texts } = decodeSafetensors(bytes, source);
  requireFormat(texts, source);
  const metadataSha256 = takeDigest(texts, METADATA_SHA256, source);
  requireDigest('metadata', metadataSha256, metadataDigest(metadataSha256.rest), source);
  const tensorsSha256 = takeDigest(metadataSha256.rest, TENSORS_SHA256, source);
  const metadata = parseMetadata(tensorsSha256.rest, source);

  const network = networkDescription(metadata);
  requireTensors(tensors, network, source, GOLDEN_OBSERVATIONS, GOLDEN_ACTIONS);
  requireDigest('tensors', tensorsSha256, tensorsDigest(tensors), source);
  requireFinite(tensors, source);

  const coefficients = tensors.get(COEFFICIENTS)?.data as Float32Array | undefined;
  const initialWeights = tensors.get(INITIAL_WEIGHTS)?.data as Float32Array | undefined;
  const bundle: RuleBundle = {
    network,
    ...(coefficients === undefined ? {} : { coefficients }),
    ...(initialWeights === undefined ? {} : { initialWeights }),
    contract: metadata.contract,
    provenance: metadata.provenance,
  };
  const golden: GoldenVector = {
    seed: metadata.golden_seed,
    observations: tensors.get(GOLDEN_OBSERVATIONS)!.data as Float32Array,
    actions: tensors.get(GOLDEN_ACTIONS)!.data as Float32Array,
  };
  const largestDifference = goldenDifference(networkFromBundle(bundle, engine), golden);
  if (largestDifference > GOLDEN_TOLERANCE) {
    throw new HebbridgeError(
      'ERR_BUNDLE_GOLDEN',
      `${source}: an action differs from the golden one by ${largestDifference}, more than ${GOLDEN_TOLERANCE}: ` +
        'these rules would not act here as they did where the bundle was written',
    );
  }
  return {
    ...bundle,
    tensorsSha256: tensorsSha256.digest,
    metadataSha256: metadataSha256.digest,
    golden: { ...golden, largestDifference },
  };
}

/** The bundle's network, its coefficients and carried weights loaded; a life begins with its `reset(seed)`. */
export function networkFromBundle(bundle: RuleBundle, engine?: EngineName): HebbianNetwork {
  const network = new HebbianNetwork(bundle.network, engine);
  if (bundle.coefficients !== undefined) network.setCoefficients(bundle.coefficients);
  if (bundle.initialWeights !== undefined) network.setCarriedWeights(bundle.initialWeights);
  return network;
}

/**
 * Throws ERR_BUNDLE_ROBOT, naming what differs, unless `contract` is the bundle's own: joints in the same order with
 * the same limits and efforts, feet, control period. What a simulator asks that hands observations over as they are.
 */
export function requireSameContract(bundle: RuleBundle, contract: RobotContract): void {
  requireContract(
    bundle,
    contract.joints.map(({ name }) => name),
  );
  const own = bundle.contract;
  const refuse = (what: string, rules: unknown, robot: unknown): never => {
    throw new HebbridgeError(
      'ERR_BUNDLE_ROBOT',
      `the rules are for another robot: ${what} ${JSON.stringify(rules)}, this one's ${JSON.stringify(robot)}`,
    );
  };
  if (own.controlPeriod !== contract.controlPeriod)
    refuse('control period', own.controlPeriod, contract.controlPeriod);
  if (own.feet.join() !== contract.feet.join()) refuse('feet', own.feet, contract.feet);
  own.joints.forEach((joint, j) => {
    const other = contract.joints[j]!;
    if (joint.name !== other.name) refuse(`joint ${j}`, joint.name, other.name);
    for (const field of ['lower', 'upper', 'effortLimit'] as const) {
      if (joint[field] !== other[field]) refuse(`${field} of ${joint.name}`, joint[field], other[field]);
    }
  });
}

/**
 * Throws ERR_BUNDLE_ROBOT, naming them, if the robot lacks a joint of the bundle or has one that the bundle does
 * not know. The order of `jointNames` does not matter: joints are found by name.
 */
export function requireContract(bundle: RuleBundle, jointNames: readonly string[]): void {
  const known = bundle.contract.joints.map(({ name }) => name);
  const faults = [
    ['the robot lacks', known.filter((name) => !jointNames.includes(name))],
    ['the rules do not know', jointNames.filter((name) => !known.includes(name))],
    ['the robot names twice', jointNames.filter((name, index) => jointNames.indexOf(name) !== index)],
  ] as const;
  const found = faults.filter(([, names]) => names.length > 0);
  if (found.length === 0) return;
  throw new HebbridgeError(
    'ERR_BUNDLE_ROBOT',
    `the rules are for a robot with other joints: ` +
      `${found.map(([what, names]) => `${what} ${names.join(', ')}`).join('; ')}; ` +
      `the rules' joints are ${known.join(', ')}`,
  );
}

function networkDescription(metadata: BundleMetadata): NetworkDescription {
  return {
    layerSizes: metadata.layer_sizes,
    rule: metadata.rule,
    bounding: metadata.bounding,
    initialWeights: metadata.initial_weights,
    ...(metadata.action_smoothing === undefined ? {} : { actionSmoothing: metadata.action_smoothing }),
  };
}

/** The shape [synapses, columns] of a matrix with so many elements; a vector if they make no full rows. */
function rowsOf(elements: number, synapses: number): number[] {
  return elements % synapses === 0 ? [synapses, elements / synapses] : [elements];
}

interface TakenDigest {
  readonly digest: string;
  /** The texts without it. */
  readonly rest: ReadonlyMap<string, string>;
}

function takeDigest(texts: ReadonlyMap<string, string>, key: string, source: string): TakenDigest {
  const digest = texts.get(key);
  if (digest === undefined) {
    throw new HebbridgeError('ERR_BUNDLE_METADATA', `${source}: metadata "${key}" is missing`);
  }
  return { digest, rest: new Map([...texts].filter(([other]) => other !== key)) };
}

function requireDigest(what: string, { digest }: TakenDigest, actual: string, source: string): void {
  if (digest === actual) return;
  throw new HebbridgeError(
    'ERR_BUNDLE_HASH',
    `${source}: the SHA-256 of the ${what} is ${actual}, but the file says ${digest}: the file is damaged or was ` +
      'edited; get it again',
  );
}
