import { z } from 'zod';
import {
  actionSmoothingSchema,
  initialWeightsSchema,
  weightBoundingSchema,
} from '../../policy/bundle/bundle-metadata.js';
import { HebbridgeError } from '../../policy/errors.js';
import type { NetworkDescription } from '../../policy/hebbian-network.js';
import { RULE_NAMES } from '../../policy/plasticity-rule.js';
import { DEFAULT_SOLVER } from '../ant/solver-settings.js';
import { ANT_CONTRACT, ANT_LEGS } from '../../policy/robot-contract.js';
import { MORPHOLOGY_NAMES, parseMorphologySource } from '../ant/morphology.js';

const whole = z.number().int();
const positive = z.number().positive();

const SHOCKS = ['outputs:saturated', 'weights:zero'] as const;
export type Shock = (typeof SHOCKS)[number];
/** Stuck outputs hold a life up for 100 steps (sim/evolution/mishaps.ts), and it has to get going again. */
const LEAST_SHOCKED_STALL = 121;

const trainedMorphologySchema = z.strictObject({
  /** As `parseMorphologySource` reads it. */
  name: z.string().refine((text) => parseMorphologySource(text) !== undefined, {
    error: (issue) =>
      `'${String(issue.input)}' is no morphology; give one of ${MORPHOLOGY_NAMES.join(', ')}, random, random:left_front+right_front, or a leg and its foot's length as in left_back:0.25`,
  }),
  /** Lives of each candidate with it; their mean is its fitness. */
  rollouts: whole.min(1).max(1000),
  /** One of these legs, drawn for each life, has only a share of its effort, uniform in [0, `mostEffort`]. */
  weakLegs: z.array(z.enum(ANT_LEGS)).min(1).optional(),
  /** Or one of these joints. */
  weakJoints: z
    .array(z.enum(ANT_CONTRACT.joints.map(({ name }) => name)))
    .min(1)
    .optional(),
  mostEffort: z.number().min(0).max(1).optional(),
  /** One of these legs, drawn for each life, locks in its first steps, in the pose that it has then. */
  lockedLegs: z.array(z.enum(ANT_LEGS)).min(1).optional(),
  /**
   * One of these, drawn for each life, in the middle of it: all outputs stuck at 1 or at -1 for 20 to 100 steps, or a
   * third of the weights set to 0. Named as perturbations are.
   */
  shocks: z.array(z.enum(SHOCKS)).min(1).optional(),
  /** Candidates bear no costs here: where they hardly get on, costs would have them lie down. */
  costFree: z.boolean().optional(),
});

const DEFAULT_POPULATION = 96;

/** Everything that decides what a run evolves. The number of workers is not part of it. */
export const evolutionSettingsSchema = z.strictObject({
  environment: z.enum(['ant', 'pursuit']).default('ant'),
  rule: z.enum([...RULE_NAMES, 'static']).default('ABCD_lr'),
  layerSizes: z.array(whole.min(1).max(4096)).min(2).max(8).default([28, 128, 64, 8]),
  bounding: weightBoundingSchema.default({ kind: 'decay', rate: 0.02 }),
  initialWeights: initialWeightsSchema.default({ kind: 'uniform', bound: 0.1 }),
  /** Of the last action in the next: `NetworkDescription.actionSmoothing`. */
  actionSmoothing: actionSmoothingSchema.default(0),
  /** Generations over which it grows from 0: what has not learnt to step yet learns nothing when smoothed. */
  actionSmoothingGrowth: whole.min(0).default(0),
  /** Tie the coefficients under the robot's left-right mirror. */
  mirror: z.boolean().default(true),
  morphologies: z
    .array(trainedMorphologySchema)
    .min(1)
    .default([
      { name: 'intact', rollouts: 1 },
      { name: 'right_front', rollouts: 2 },
    ]),
  /** How the candidates' physics is solved. Validation is always solved as bundles are evaluated, by default settings. */
  solver: z
    .strictObject({
      worldSteps: whole.min(1).max(16),
      solverIterations: whole.min(1).max(64),
      internalPgsIterations: whole.min(1).max(64),
    })
    .default(DEFAULT_SOLVER),
  /** Candidates begin facing up to so far to either side of the goal, rad: they have to find their way. */
  yawSpread: z.number().min(0).max(3.15).default(0),

  population: whole
    .min(2)
    .max(100_000)
    .refine((n) => n % 2 === 0, 'must be even: candidates come in antithetic pairs')
    .default(DEFAULT_POPULATION),
  /**
   * The population lives in so many groups; candidates of a group share their lives' seeds and are ranked among
   * themselves. Rules have to hold for any first weights: one seed a generation would be learnt by heart. By
   * default the most, up to 8, that share the pairs evenly.
   */
  seedGroups: whole.min(1),
  generations: whole.min(1).max(1_000_000).default(300),
  /** Control steps, those behind `from` included, after which no other generation begins: for equal budgets. */
  stepBudget: whole.min(1).optional(),
  sigma: positive.default(0.1),
  sigmaDecay: z.number().gt(0).max(1).default(0.999),
  sigmaLimit: z.number().min(0).default(0.02),
  learningRate: positive.default(0.06),
  learningRateDecay: z.number().gt(0).max(1).default(0.995),
  learningRateLimit: z.number().min(0).default(0.005),
  optimizer: z.enum(['sgd', 'adam']).default('adam'),
  shaping: z.enum(['centered-ranks', 'top-ranks']).default('top-ranks'),
  weightDecay: z.number().min(0).max(1).default(0.005),
  initialScale: z.number().min(0).default(0.3),

  /** Control steps of a life, once it has grown from `horizonStart` over `horizonGrowth` generations. */
  horizon: whole.min(1).max(1_000_000).default(1000),
  horizonStart: whole.min(1).max(1_000_000).default(400),
  horizonGrowth: whole.min(0).default(150),
  backwardLimit: whole.min(0).default(30),
  stallLimit: whole.min(0).default(100),
  /**
   * Distance counts towards fitness from this step on. A first lunge forward is the easiest thing to learn, and
   * a dead end: what counts is what goes on.
   */
  countFrom: whole.min(0).default(60),
  /** Fitness lost per step for a mean output change of 1, and for all outputs saturated. */
  actionChangeCost: z.number().min(0).default(0),
  saturationCost: z.number().min(0).default(0),
  /** Fitness lost per step for a mean square of the outputs of 1: full effort all the time. */
  effortCost: z.number().min(0).default(0),
  /** Generations over which costs grow from 0: what cannot walk yet saves most by standing still. */
  costGrowth: whole.min(0).default(0),

  /** The center lives this many fresh lives with each morphology every so many generations; the best is kept. */
  validateEvery: whole.min(1).default(10),
  validationRollouts: whole.min(1).max(1000).default(10),
  seed: whole.min(0).max(Number.MAX_SAFE_INTEGER).default(1),
  /** Rules that evolution goes on from, in place of a random center. */
  from: z.strictObject({ bundle: z.string(), tensorsSha256: z.string() }).optional(),
});

export type TrainedMorphology = z.infer<typeof trainedMorphologySchema>;
export type EvolutionSettings = z.infer<typeof evolutionSettingsSchema>;

/** What a morphology that rules are evolved on is called in logs. */
export function trainingLabel(trained: TrainedMorphology): string {
  const { name, mostEffort, lockedLegs, shocks } = trained;
  const weak = weakOnes(trained);
  return [
    name,
    ...(weak ? [`weak ${weak.join(' or ')}`] : []),
    ...(mostEffort === undefined ? [] : [`at most ${mostEffort} of its effort`]),
    ...(lockedLegs ? [`locked ${lockedLegs.join(' or ')}`] : []),
    ...(shocks ? [`shocked by ${shocks.join(' or ')}`] : []),
  ].join(', ');
}

/** The legs or joints of which one is weak. */
export function weakOnes({ weakLegs, weakJoints }: TrainedMorphology): readonly string[] | undefined {
  return weakLegs ?? weakJoints;
}

/** Settings with their defaults, or an ERR_SETTING that names key, value and what would be right. */
export function parseEvolutionSettings(value: unknown, source: string): EvolutionSettings {
  const parsed = evolutionSettingsSchema.safeParse(withSeedGroups(value));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const at = issue.path.reduce<unknown>(
        (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
        value,
      );
      return `${issue.path.join('.') || 'settings'}: ${issue.message} (given: ${JSON.stringify(at)})`;
    });
    throw new HebbridgeError('ERR_SETTING', `${source}: ${lines.join('; ')}`);
  }
  const settings = parsed.data;
  const reject = (message: string): never => {
    throw new HebbridgeError('ERR_SETTING', `${source}: ${message}`);
  };
  const labels = settings.morphologies.map(trainingLabel);
  const twice = labels.find((label, m) => labels.indexOf(label) !== m);
  if (twice !== undefined) reject(`morphologies: ${twice} is there twice; give it more rollouts`);
  // A static network has nothing to bound; the default for plastic ones must not get in its way.
  if (settings.rule === 'static') settings.bounding = { kind: 'none' };
  if (settings.rule === 'static' && settings.initialWeights.kind !== 'carried') {
    reject(
      `rule static evolves the weights themselves: initialWeights must be carried, not ${settings.initialWeights.kind}`,
    );
  }
  if ((settings.population / 2) % settings.seedGroups !== 0) {
    reject(
      `seedGroups: ${settings.seedGroups} groups cannot share the ${settings.population / 2} pairs of population ` +
        `${settings.population} evenly`,
    );
  }
  if (settings.morphologies.some((trained) => trained.mostEffort !== undefined && !weakOnes(trained))) {
    reject('mostEffort: which legs or joints are weak? give weakLegs or weakJoints beside it');
  }
  if (settings.morphologies.some(({ weakLegs, weakJoints }) => weakLegs && weakJoints)) {
    reject('weakLegs, weakJoints: one of them is drawn for a life; give two morphologies');
  }
  const { stallLimit } = settings;
  if (
    stallLimit > 0 &&
    stallLimit < LEAST_SHOCKED_STALL &&
    settings.morphologies.some(({ shocks }) => shocks)
  ) {
    reject(
      `stallLimit: a shocked life stands still for up to 100 steps and is to go on then; given ${stallLimit}, ` +
        `give at least ${LEAST_SHOCKED_STALL}, or 0 for none`,
    );
  }
  if (settings.environment === 'ant') {
    const first = settings.layerSizes[0];
    const last = settings.layerSizes.at(-1);
    if (first !== 28 || last !== 8) {
      reject(`layerSizes: the Ant has 28 observations and 8 actions; given ${settings.layerSizes.join('-')}`);
    }
    if (settings.mirror && settings.layerSizes.some((size) => size % 2 !== 0)) {
      reject(
        `layerSizes: rules tied under the mirror need even layers; given ${settings.layerSizes.join('-')}`,
      );
    }
  } else {
    if (settings.mirror) reject('mirror: only the Ant has a mirror; give mirror false (--no-mirror)');
    if (settings.morphologies.some((trained) => weakOnes(trained) ?? trained.lockedLegs)) {
      reject('weakLegs, weakJoints, lockedLegs: only the Ant has legs');
    }
    if (settings.morphologies.some(({ shocks }) => shocks)) reject('shocks: only the Ant is shocked');
  }
  return settings;
}

function withSeedGroups(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'seedGroups' in value) return value;
  const population = 'population' in value ? value.population : DEFAULT_POPULATION;
  let seedGroups = 8;
  while (seedGroups > 1 && (Number(population) / 2) % seedGroups !== 0) seedGroups--;
  return { ...value, seedGroups };
}

export function networkDescription(settings: EvolutionSettings): NetworkDescription {
  const { layerSizes, rule, bounding, initialWeights, actionSmoothing } = settings;
  return { layerSizes, rule, bounding, initialWeights, actionSmoothing };
}

/** Share of the run that is over once `generation` generations have taken `steps` control steps; 1 or more: all of it. */
export function shareDone(
  { generations, stepBudget }: EvolutionSettings,
  generation: number,
  steps: number,
): number {
  return Math.max(generation / generations, stepBudget === undefined ? 0 : steps / stepBudget);
}

/** Smoothing of the candidates' actions in `generation`. */
export function actionSmoothingAt(settings: EvolutionSettings, generation: number): number {
  return grown(settings.actionSmoothing, settings.actionSmoothingGrowth, generation);
}

/** Share of their costs that the candidates of `generation` bear. */
export function costShareAt({ costGrowth }: EvolutionSettings, generation: number): number {
  return grown(1, costGrowth, generation);
}

/** From 0 to `full`, evenly, over `growth` generations. */
function grown(full: number, growth: number, generation: number): number {
  return generation >= growth ? full : (full * generation) / growth;
}

/** Control steps of a life in `generation`. */
export function horizonAt(settings: EvolutionSettings, generation: number): number {
  const { horizon, horizonStart, horizonGrowth } = settings;
  if (generation >= horizonGrowth || horizonStart >= horizon) return horizon;
  return Math.round(horizonStart + ((horizon - horizonStart) * generation) / horizonGrowth);
}
