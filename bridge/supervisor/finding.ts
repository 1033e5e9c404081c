/**
 * What a finding of a control period calls for: `hold` where there is nothing sound to act upon, `damp` where the
 * robot itself is in trouble, `stop` where only somebody who looks can know that going on is safe.
 */
export type Consequence = 'go' | 'hold' | 'damp' | 'stop';

interface FindingKind {
  readonly calls: Consequence;
  /** For people. */
  readonly reason: string;
}

const kinds = {
  good: { calls: 'go', reason: 'in control' },
  'no-state': { calls: 'hold', reason: 'no robot state has arrived yet' },
  'foreign-robot': { calls: 'hold', reason: 'the robot is not the one that these rules are for' },
  'stale-state': { calls: 'hold', reason: 'the newest robot state is too old' },
  'non-finite-state': { calls: 'hold', reason: 'the robot state has values that are not finite' },
  'absurd-state': { calls: 'hold', reason: 'the robot state has values that cannot be' },
  'slow-input': { calls: 'hold', reason: 'robot states come too rarely' },
  'fast-input': { calls: 'hold', reason: 'robot states come too often: each of them takes a control step' },
  overload: { calls: 'hold', reason: 'too many control periods were missed' },
  'policy-late': { calls: 'hold', reason: 'the policy has not answered in time' },
  'policy-failed': { calls: 'hold', reason: 'the policy failed' },
  'non-finite-action': { calls: 'hold', reason: 'the policy gave actions that are not finite' },
  tilt: { calls: 'damp', reason: 'the torso is tilted too far' },
  'joint-velocity': { calls: 'damp', reason: 'a joint is too fast' },
  'joint-effort': { calls: 'damp', reason: 'the effort in a joint is too large' },
  'unhealthy-plasticity': { calls: 'damp', reason: 'plasticity is unhealthy; reset the weights' },
  'runaway-plasticity': { calls: 'stop', reason: 'plasticity ran away; reset the weights' },
  'internal-fault': { calls: 'stop', reason: 'the controller itself failed' },
  'lasting-overload': { calls: 'stop', reason: 'too many control periods were missed' },
} as const satisfies Record<string, FindingKind>;

/** What a controller can find in a control period. */
export type Finding = keyof typeof kinds;

/** Every finding, what it calls for, and how people are told. */
export const FINDINGS: Readonly<Record<Finding, FindingKind>> = kinds;
