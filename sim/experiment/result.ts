import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import type { Perturbation } from '../../policy/perturbation/index.js';
import type { Scenario, ScenarioCondition } from './scenario.js';
import type { TrainingLog } from './training-log.js';

/** One condition, its lists of values unrolled, its perturbations in seconds. */
export interface Condition extends Omit<
  ScenarioCondition,
  'bundle' | 'morphology' | 'freeze_step' | 'perturbations'
> {
  readonly bundle: string;
  readonly morphology: string;
  readonly freeze_step?: number;
  readonly perturbations: readonly Perturbation[];
}

/** What became of one life. */
export interface LifeRecord {
  readonly seed: number;
  /** Sum of progress in m / control period. */
  readonly distance: number;
  readonly steps: number;
  readonly fell: boolean;
  /** [joints]: share of its actions beyond +-0.95. */
  readonly saturated: readonly number[];
  /** Mean absolute change of an action from step to step. */
  readonly actionChange: number;
  /** [the scenario's steps], in m/s towards the goal, 0 after a fall; where a part of the report asks for it. */
  readonly speed?: Float32Array;
}

/**
 * Weights of a life with which this control step begins, [pre * post] pre-major for each layer: perturbations of the
 * step are in effect, its plastic update is not. Step 0: initial weights.
 */
export interface WeightSnapshot {
  readonly step: number;
  readonly layers: readonly { readonly pre: number; readonly post: number; readonly values: Float32Array }[];
}

/** The way of a life's weights in the three components that all conditions of a part share. */
export interface WeightWay {
  /** Control steps from one point to the next. */
  readonly every: number;
  /** [points, 3] row by row, in the units of the weights. */
  readonly points: Float32Array;
  /** [3]: share that each component explains of the variance of all the part's weights. */
  readonly explained: readonly number[];
}

/** What was seen of the first life of a condition. */
export interface FirstLife {
  readonly snapshots: readonly WeightSnapshot[];
  readonly way?: WeightWay;
}

export interface ConditionResult {
  readonly condition: Condition;
  /** At least one. */
  readonly lives: readonly LifeRecord[];
  readonly first?: FirstLife;
}

/** Evolved coefficients of a bundle. */
export interface BundleCoefficients {
  readonly layerSizes: readonly number[];
  /** Names of the columns: A, B, C, eta, D_in, ... */
  readonly columns: readonly string[];
  /** [synapses, columns] row by row, synapses layer by layer, pre-major. */
  readonly values: Float32Array;
}

/** Everything that a report is made of. */
export interface ExperimentResult {
  /** As it was run: an overridden number of rollouts stands here; conditions of parts are names of `conditions` below. */
  readonly scenario: Scenario;
  readonly conditions: readonly ConditionResult[];
  /** Logs of evolution runs, by `log` of the parts that show them. */
  readonly logs: Readonly<Record<string, TrainingLog>>;
  /** By the scenario's name of the bundle, for those whose coefficients a part shows; static ones have none. */
  readonly coefficients: Readonly<Record<string, BundleCoefficients>>;
  /** Lives of a condition by the scenario itself, where it was run with another number of them. */
  readonly intendedRollouts?: number;
  /** Address of the bridge that it ran against, in real time; absent: headless. */
  readonly live?: string;
  /** Shell line that ran it. */
  readonly command: string;
  /** hebbridge, node, simulator, platform, ... */
  readonly versions: JsonRecord;
  /** By the scenario's name for it. */
  readonly bundles: Readonly<
    Record<string, { readonly file: string; readonly tensorsSha256: string; readonly provenance: JsonRecord }>
  >;
  /** Of the scenario file. */
  readonly scenarioSha256: string;
  /** s that the lives took, on so many workers. */
  readonly duration: number;
  readonly workers: number;
}

/** The conditions that a part of the report is about, in the order of the experiment. */
export function conditionsOf(
  { conditions }: ExperimentResult,
  names: readonly string[] | undefined,
): readonly ConditionResult[] {
  return names === undefined
    ? conditions
    : conditions.filter(({ condition }) => names.includes(condition.name));
}
