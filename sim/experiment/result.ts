import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import type { Perturbation } from '../../policy/perturbation/index.js';
import type { Scenario, ScenarioCondition } from './scenario.js';

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
  /** [steps], in m/s towards the goal; where a part of the report asks for it. */
  readonly speed?: Float32Array;
}

/** Weights of a life at one control step, [pre * post] pre-major for each layer. */
export interface WeightSnapshot {
  readonly step: number;
  readonly layers: readonly { readonly pre: number; readonly post: number; readonly values: Float32Array }[];
}

/** What was seen of the first life of a condition. */
export interface FirstLife {
  readonly snapshots: readonly WeightSnapshot[];
  /** The weights' way in the three components that they all share: [points, 3] row by row, every so many steps. */
  readonly way?: { readonly every: number; readonly points: Float32Array };
}

export interface ConditionResult {
  readonly condition: Condition;
  readonly lives: readonly LifeRecord[];
  readonly first?: FirstLife;
}

/** Everything that a report is made of. */
export interface ExperimentResult {
  readonly scenario: Scenario;
  readonly conditions: readonly ConditionResult[];
  /** Share of the variance that each of the three components explains, where components were asked for. */
  readonly explained?: readonly number[];
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
