import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import {
  disturbanceOf,
  recoverySteps,
  speedAround,
  summariseRecovery,
  type Disturbance,
  type RecoveryMeasure,
  type RecoverySummary,
  type SpeedAround,
} from './recovery.js';
import type { ConditionResult, ExperimentResult } from './result.js';
import type { ReportPart } from './scenario.js';

export type RecoveryPart = Extract<ReportPart, { show: 'recovery' }>;

/** How the lives of a condition recovered, as a part `recovery` measures it. */
export interface ConditionRecovery {
  /** Its name. */
  readonly condition: string;
  readonly disturbance: Disturbance;
  /** Nothing happened to these lives at that time: what there is to compare with. */
  readonly undisturbed: boolean;
  /** [lives]: control steps; null: never. */
  readonly steps: readonly (number | null)[];
  readonly summary: RecoverySummary;
  readonly speed: SpeedAround;
}

/** When a condition's lives are disturbed; undefined: never. */
export function disturbanceOfCondition({ condition }: ConditionResult): Disturbance | undefined {
  return disturbanceOf(condition.perturbations, ANT_CONTRACT.controlPeriod);
}

/** Of its own disturbance, or of what others were disturbed by. Undefined: there is none, or no speed was kept. */
export function recoveryOf(
  result: ConditionResult,
  measure: RecoveryMeasure,
  others?: Disturbance,
): ConditionRecovery | undefined {
  const disturbance = others ?? disturbanceOfCondition(result);
  const speeds = result.lives.flatMap(({ speed }) => (speed ? [speed] : []));
  if (!disturbance || speeds.length < result.lives.length) return undefined;
  const steps = speeds.map((speed) => recoverySteps(speed, disturbance, measure));
  return {
    condition: result.condition.name,
    disturbance,
    undisturbed: others !== undefined,
    steps,
    summary: summariseRecovery(steps),
    speed: speedAround(speeds, disturbance, measure),
  };
}

/** Of the conditions of a part in their order; then, for each time of a disturbance, of lives that nothing disturbed. */
export function recoveriesOf(
  conditions: ExperimentResult['conditions'],
  part: Omit<RecoveryPart, 'show'>,
): readonly ConditionRecovery[] {
  const disturbed = conditions.filter(({ condition }) => part.conditions?.includes(condition.name) ?? true);
  const times = new Map<string, Disturbance>();
  for (const condition of disturbed) {
    const disturbance = disturbanceOfCondition(condition);
    if (disturbance) times.set(`${disturbance.begin} ${disturbance.end}`, disturbance);
  }
  const compared = conditions.find(({ condition }) => condition.name === part.undisturbed);
  return [
    ...disturbed.flatMap((condition) => recoveryOf(condition, part) ?? []),
    ...(compared ? [...times.values()].flatMap((time) => recoveryOf(compared, part, time) ?? []) : []),
  ];
}

/** Whether the median of the lives is within what was expected. */
export function withinExpected({ summary: { median } }: ConditionRecovery, steps: number): boolean {
  return median !== null && median <= steps;
}

/** The first part that is about a condition. */
export function recoveryPartOf(report: readonly ReportPart[], name: string): RecoveryPart | undefined {
  return recoveryParts(report).find(({ conditions }) => conditions?.includes(name) ?? true);
}

export function recoveryParts(report: readonly ReportPart[]): RecoveryPart[] {
  return report.filter((part): part is RecoveryPart => part.show === 'recovery');
}
