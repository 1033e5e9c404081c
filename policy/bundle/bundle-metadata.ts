import { z } from 'zod';
import { HebbridgeError } from '../errors.js';
import { OBSERVATION_CLIP } from '../observation.js';
import { PLASTICITY_RULES, RULE_NAMES } from '../plasticity-rule.js';
import { observationSize } from '../robot-contract.js';
import { parseStrictJson } from './strict-json.js';

/** What `format` says in every rule bundle. */
export const BUNDLE_FORMAT = 'hebbridge-rule-bundle';
/** The format version that this hebbridge writes, and the newest that it reads. */
export const BUNDLE_FORMAT_VERSION = 1;

/** The observation that policy/observation.ts builds; rules evolved for another one cannot run here. */
const OBSERVATION_LAYOUT = {
  layout: 'AntBulletEnv',
  torsoVelocityScale: 0.3,
  jointVelocityScale: 0.1,
  clip: OBSERVATION_CLIP,
} as const;

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonRecord = Readonly<Record<string, JsonValue>>;

/** Where rules come from. `null` where that is not known, as of rules that were imported. */
export interface Provenance {
  /** Version of hebbridge that wrote the bundle. */
  readonly hebbridge: string;
  readonly simulator: {
    readonly name: string;
    readonly version: string;
    /** Solver settings, as the simulator names them. */
    readonly solver: JsonRecord;
  } | null;
  /** What the rules were evolved on. */
  readonly morphologies: readonly string[];
  /** Settings of the evolution strategy, as it names them. */
  readonly evolution: JsonRecord | null;
  readonly seed: number | null;
  readonly generations: number | null;
  readonly fitness: number | null;
  /** Results of `hebbridge evaluate`, or what else was measured of these rules. */
  readonly evaluation: JsonRecord | null;
  /** The coefficients are tied under the left-right mirror of the robot. */
  readonly mirrorTied: boolean;
}

/** Of rules that were not evolved here, written by version `hebbridge`: nothing else is known. */
export function unknownProvenance(hebbridge: string): Provenance {
  return {
    hebbridge,
    simulator: null,
    morphologies: [],
    evolution: null,
    seed: null,
    generations: null,
    fitness: null,
    evaluation: null,
    mirrorTied: false,
  };
}

const LONGEST_NAME = 200;
const name = z.string().min(1).max(LONGEST_NAME);
const seed = z.int().nonnegative();
const positive = z.number().positive();
const share = z.number().gt(0).lt(1);
const free = z.record(z.string(), z.json());

/** A {@link WeightBounding} from outside. */
export const weightBoundingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('decay'), rate: share }),
  z.strictObject({ kind: z.literal('oja'), rate: share }),
  z.strictObject({ kind: z.literal('largest'), gain: positive }),
  z.strictObject({ kind: z.literal('norm'), limit: positive }),
]);

/** How initial weights are written in metadata, of rule bundles and of exported ONNX graphs. */
export const initialWeightsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform'), bound: positive }),
  z.strictObject({ kind: z.literal('normal'), sd: positive }),
  z.strictObject({ kind: z.literal('zeros') }),
  z.strictObject({ kind: z.literal('ones') }),
  z.strictObject({ kind: z.literal('xavier-uniform') }),
  z.strictObject({ kind: z.literal('kaiming-uniform') }),
  z.strictObject({ kind: z.literal('sparse'), sparsity: z.number().min(0).max(1), sd: positive }),
  z.strictObject({ kind: z.literal('carried') }),
]);

/** `actionSmoothing` of a network from outside. */
export const actionSmoothingSchema = z.number().min(0).lt(1);

/** A {@link RobotContract} from outside. */
export const robotContractSchema = z.strictObject({
  joints: z
    .array(
      z
        .strictObject({ name, lower: z.number(), upper: z.number(), effortLimit: positive })
        .refine(({ lower, upper }) => lower < upper, 'the lower limit should be below the upper one'),
    )
    .min(1)
    .max(256)
    .refine((joints) => allDifferent(joints.map((joint) => joint.name)), 'a joint is named twice'),
  feet: z.array(name).max(256).refine(allDifferent, 'a foot is named twice'),
  controlPeriod: positive.max(10),
});

const provenance = z.strictObject({
  hebbridge: name,
  simulator: z.strictObject({ name, version: name, solver: free }).nullable(),
  morphologies: z.array(name).max(1000),
  evolution: free.nullable(),
  seed: seed.nullable(),
  generations: z.int().nonnegative().nullable(),
  fitness: z.number().nullable(),
  evaluation: free.nullable(),
  mirrorTied: z.boolean(),
});

/** Each key is one text of the file's metadata: JSON, but for those of {@link PLAIN_TEXTS}. */
const METADATA = z
  .strictObject({
    format: z.literal(BUNDLE_FORMAT),
    format_version: z.literal(BUNDLE_FORMAT_VERSION),
    rule: z.enum([...RULE_NAMES, 'static']),
    columns: z.array(z.string()),
    layer_sizes: z.array(z.int().min(1).max(16384)).min(2).max(16),
    activation: z.literal('tanh'),
    bounding: weightBoundingSchema,
    initial_weights: initialWeightsSchema,
    /** Absent: actions are not smoothed. */
    action_smoothing: actionSmoothingSchema.optional(),
    observation: z.strictObject({
      layout: z.literal(OBSERVATION_LAYOUT.layout),
      torsoVelocityScale: z.literal(OBSERVATION_LAYOUT.torsoVelocityScale),
      jointVelocityScale: z.literal(OBSERVATION_LAYOUT.jointVelocityScale),
      clip: z.literal(OBSERVATION_LAYOUT.clip),
    }),
    contract: robotContractSchema,
    provenance,
    golden_seed: seed,
  })
  .superRefine((metadata, context) => {
    const disagree = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    const { rule, layer_sizes: sizes } = metadata;
    const columns = columnsText(rule);
    if (metadata.columns.join() !== columns.join()) {
      disagree('columns', `the columns of rule ${rule} are ${JSON.stringify(columns)}`);
    }
    const observed = observationSize(metadata.contract);
    const joints = metadata.contract.joints.length;
    if (sizes[0] !== observed) disagree('layer_sizes', `the contract's observation has ${observed} numbers`);
    if (sizes.at(-1) !== joints) disagree('layer_sizes', `the contract has ${joints} joints to act on`);
    if (rule === 'static' && metadata.initial_weights.kind !== 'carried') {
      disagree('initial_weights', 'a static network has to carry its weights');
    }
    if (rule === 'static' && metadata.bounding.kind !== 'none') {
      disagree('bounding', 'a static network has nothing to bound');
    }
  });

const PLAIN_TEXTS: readonly string[] = ['format', 'rule', 'activation'];

export type BundleMetadata = z.infer<typeof METADATA>;

/** The metadata that follows from the rest. */
export function columnsText(rule: BundleMetadata['rule']): readonly string[] {
  return rule === 'static' ? [] : PLASTICITY_RULES[rule];
}

export const FIXED_METADATA = {
  format: BUNDLE_FORMAT,
  format_version: BUNDLE_FORMAT_VERSION,
  activation: 'tanh',
  observation: OBSERVATION_LAYOUT,
} as const;

/** The texts that stand in the file. Throws ERR_BUNDLE_METADATA for values that could not be read back. */
export function metadataTexts(metadata: unknown, source: string): Map<string, string> {
  const checked = check(metadata, source);
  return new Map(
    Object.entries(checked).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** Throws ERR_BUNDLE_VERSION if `texts` are of a newer format, ERR_BUNDLE_METADATA if of no rule bundle at all. */
export function requireFormat(texts: ReadonlyMap<string, string>, source: string): void {
  const format = texts.get('format');
  if (format !== BUNDLE_FORMAT) {
    throw new HebbridgeError(
      'ERR_BUNDLE_METADATA',
      `${source}: no rule bundle: metadata "format" is ${show(format)}, should be "${BUNDLE_FORMAT}"`,
    );
  }
  const version = texts.get('format_version');
  if (version !== undefined && /^[1-9]\d*$/.test(version) && Number(version) > BUNDLE_FORMAT_VERSION) {
    throw new HebbridgeError(
      'ERR_BUNDLE_VERSION',
      `${source}: format version ${version} is newer than ${BUNDLE_FORMAT_VERSION}, which this hebbridge reads; ` +
        'use a newer hebbridge',
    );
  }
}

/** The metadata that `texts` stand for. Throws ERR_BUNDLE_METADATA. */
export function parseMetadata(texts: ReadonlyMap<string, string>, source: string): BundleMetadata {
  const values: [string, unknown][] = [];
  for (const [key, text] of texts) {
    try {
      values.push([key, PLAIN_TEXTS.includes(key) ? text : parseStrictJson(text)]);
    } catch (cause) {
      const what = `${source}: metadata "${key}" is not JSON: ${(cause as Error).message}`;
      throw new HebbridgeError('ERR_BUNDLE_METADATA', what, { cause });
    }
  }
  return check(Object.fromEntries(values), source);
}

function check(metadata: unknown, source: string): BundleMetadata {
  const parsed = METADATA.safeParse(metadata);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length === 0 ? '' : ` "${issue.path.join('.')}"`;
  const found = issue.path.length === 0 ? '' : ` (it is ${show(valueAt(metadata, issue.path))})`;
  throw new HebbridgeError('ERR_BUNDLE_METADATA', `${source}: metadata${where}: ${issue.message}${found}`, {
    cause: parsed.error,
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}

/** A value as a message shows it: not longer than a line. */
function show(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function allDifferent(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
