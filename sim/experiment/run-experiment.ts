import { HebbridgeError } from '../../policy/errors.js';
import { evaluationWorkerUrl, WorkerPool } from '../evaluation/worker-pool.js';
import type { ExperimentPlan, LifeOrder, LivedOrder } from './experiment-work.js';
import type { ConditionResult, FirstLife, LifeRecord, WeightSnapshot } from './result.js';
import type { Scenario } from './scenario.js';

/** Lives that were lived before, and where those that are lived now are kept. */
export interface LifeStore {
  /** The life, if it is there with all that is asked of it. */
  find(condition: string, rollout: number, keepSpeed: boolean): LifeRecord | undefined;
  keep(condition: string, rollout: number, life: LifeRecord): void;
}

export interface ExperimentHooks {
  /** After each life, with how many are there and how many there will be. */
  readonly onLife?: (done: number, lives: number) => void;
  /** Ends the run; what was lived is in the store. */
  readonly signal?: AbortSignal;
}

/** What the lives of an experiment came to. */
export interface LivedConditions {
  readonly conditions: readonly ConditionResult[];
}

/**
 * Live the lives of an experiment in worker threads, but for those that the store has. The outcome depends on the plan
 * and the scenario alone: not on the workers, nor on interruptions.
 *
 * @param scenario checked; its conditions are those of the plan
 */
export async function runExperiment(
  plan: ExperimentPlan,
  scenario: Scenario,
  workers: number,
  store: LifeStore,
  { onLife, signal }: ExperimentHooks = {},
): Promise<LivedConditions> {
  const { rollouts } = scenario;
  const wanted = plan.conditions.map(({ name }) => speedWanted(scenario, name));
  const lives = plan.conditions.map(({ name }, c) =>
    Array.from({ length: rollouts }, (_, r) => store.find(name, r, wanted[c]!)),
  );
  const orders = missing(lives, wanted);
  const looks = firstLooks(plan, scenario);
  const all = rollouts * lives.length + looks.length;
  let done = rollouts * lives.length - orders.length;
  if (orders.length + looks.length === 0) return combine(plan, scenario, lives, []);
  const pool = new WorkerPool<undefined, LifeOrder, LivedOrder>(
    evaluationWorkerUrl(),
    { kind: 'experiment', plan },
    Math.min(workers, orders.length + looks.length),
  );
  const stop = (): void => void pool.close();
  signal?.addEventListener('abort', stop);
  try {
    refuseIfStopped(signal);
    await pool.run(orders, ({ order, life }) => {
      const { condition, rollout } = order;
      lives[condition]![rollout] = life;
      store.keep(plan.conditions[condition]!.name, rollout, life);
      onLife?.(++done, all);
    });
    // First lives are lived again to look at their weights, which are too many to be kept in a file.
    refuseIfStopped(signal);
    const looked = await pool.run(looks, () => onLife?.(++done, all));
    return await combine(plan, scenario, lives, looked);
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.close();
  }
}

/** A pool that was closed between two runs would never answer. */
function refuseIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new HebbridgeError('ERR_INTERRUPTED', 'the experiment was stopped before it was done');
  }
}

function missing(
  lives: readonly (readonly (LifeRecord | undefined)[])[],
  speedWanted: readonly boolean[],
): LifeOrder[] {
  return lives.flatMap((ofCondition, condition) =>
    ofCondition.flatMap((life, rollout) =>
      life ? [] : [{ condition, rollout, keepSpeed: speedWanted[condition]! }],
    ),
  );
}

function isAbout(part: Scenario['report'][number], condition: string): boolean {
  return 'conditions' in part && (part.conditions?.includes(condition) ?? true);
}

/** Whether a part of the report shows how fast a condition's lives were at each control step. */
export function speedWanted({ report }: Scenario, condition: string): boolean {
  return report.some(
    (part) =>
      ((part.show === 'speed' || part.show === 'recovery') && isAbout(part, condition)) ||
      (part.show === 'recovery' && part.undisturbed === condition),
  );
}

function firstLooks(plan: ExperimentPlan, { report }: Scenario): LifeOrder[] {
  return plan.conditions.flatMap(({ name }, condition) => {
    const parts = report.filter((part) => isAbout(part, name));
    const snapshotSteps = parts.flatMap((part) => (part.show === 'weights' ? part.steps : []));
    const weightsEvery = parts.find((part) => part.show === 'components')?.every;
    if (snapshotSteps.length === 0 && weightsEvery === undefined) return [];
    return [
      {
        condition,
        rollout: 0,
        keepSpeed: false,
        snapshotSteps: [...new Set(snapshotSteps)].sort((a, b) => a - b),
        ...(weightsEvery !== undefined && { weightsEvery }),
      },
    ];
  });
}

async function combine(
  plan: ExperimentPlan,
  { report }: Scenario,
  lives: readonly (readonly (LifeRecord | undefined)[])[],
  looked: readonly LivedOrder[],
): Promise<LivedConditions> {
  const ways = new Map<string, NonNullable<FirstLife['way']>>();
  for (const part of report) {
    if (part.show !== 'components') continue;
    const ofPart = looked.filter(({ order }) => isAbout(part, plan.conditions[order.condition]!.name));
    // Loaded when it is needed: most commands and most scenarios do without.
    const { sharedComponents } = await import('./weight-components.js');
    const shared = sharedComponents(ofPart.map(({ weights }) => weights));
    for (const [index, { order }] of ofPart.entries()) {
      ways.set(plan.conditions[order.condition]!.name, {
        every: part.every,
        points: shared.ways[index]!,
        explained: shared.explained,
      });
    }
  }
  return {
    conditions: plan.conditions.map((condition, c) => {
      const look = looked.find(({ order }) => order.condition === c);
      const way = ways.get(condition.name);
      const snapshots: readonly WeightSnapshot[] = look?.snapshots ?? [];
      return {
        condition,
        lives: lives[c]! as readonly LifeRecord[],
        ...(look && { first: { snapshots, ...(way && { way }) } }),
      };
    }),
  };
}
