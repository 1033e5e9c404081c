import { decodeBundle, networkFromBundle, type RuleBundle } from '../../policy/bundle/rule-bundle.js';
import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import { mixSeed, Random } from '../../policy/random.js';
import { parseMorphologySource } from '../ant/morphology.js';
import { AntRobot } from '../robot/ant-robot.js';
import { flatWeights, PerturbedLife, snapshotOf } from './perturbed-life.js';
import type { Condition, LifeRecord, WeightSnapshot } from './result.js';

/** What the workers of an experiment know; sent to each when it starts. */
export interface ExperimentPlan {
  /** Files' bytes by the scenario's names. */
  readonly bundles: Readonly<Record<string, Uint8Array>>;
  readonly conditions: readonly Condition[];
  /** Of the scenario: life r has the seed `mixSeed(seed, r)`. */
  readonly seed: number;
  readonly steps: number;
}

/** One life, and what is to be kept of it. */
export interface LifeOrder {
  /** Its place in the plan. */
  readonly condition: number;
  readonly rollout: number;
  readonly keepSpeed: boolean;
  /** Control steps whose weights are kept. */
  readonly snapshotSteps?: readonly number[];
  /** Keep all weights every so many control steps. */
  readonly weightsEvery?: number;
}

export interface LivedOrder {
  readonly order: LifeOrder;
  readonly life: LifeRecord;
  readonly snapshots: readonly WeightSnapshot[];
  /** [synapses] each. */
  readonly weights: readonly Float32Array[];
}

/** Keeps the seed of random coefficients apart from those of lives. */
const COEFFICIENTS = 0xc0eff;

/** The work of one worker of an experiment; `loadRapier()` must have resolved. */
export function experimentWork(plan: ExperimentPlan): (order: LifeOrder) => LivedOrder {
  const bundles = new Map<string, RuleBundle>();
  for (const [name, bytes] of Object.entries(plan.bundles)) bundles.set(name, decodeBundle(bytes, name));
  const networks = new Map<string, HebbianNetwork>();
  return (order) => {
    const condition = plan.conditions[order.condition]!;
    const { bundle, initial_weights, random_coefficients } = condition;
    const key = JSON.stringify([bundle, initial_weights, random_coefficients]);
    const network =
      networks.get(key) ?? networkFromBundle(rulesOf(bundles.get(bundle)!, condition, plan.seed));
    networks.set(key, network);
    return live(network, condition, plan, order);
  };
}

/**
 * The rules that a condition's lives follow. Random coefficients depend on the experiment's seed alone: conditions that
 * differ in something else have the same.
 */
export function rulesOf(
  bundle: RuleBundle,
  { initial_weights: initialWeights, random_coefficients: random }: Condition,
  seed: number,
): RuleBundle {
  const coefficients = bundle.coefficients?.slice();
  if (random && coefficients) {
    new Random(seed, COEFFICIENTS).fillNormal(coefficients);
    for (let k = 0; k < coefficients.length; k++) coefficients[k]! *= random.sd;
  }
  return {
    ...bundle,
    network: { ...bundle.network, ...(initialWeights && { initialWeights }) },
    ...(coefficients && { coefficients }),
  };
}

function live(
  network: HebbianNetwork,
  { morphology: text, freeze_step: freezeStep, perturbations }: Condition,
  { seed, steps }: ExperimentPlan,
  order: LifeOrder,
): LivedOrder {
  const morphology = parseMorphologySource(text);
  if (morphology === undefined) throw new Error(`unchecked morphology ${text}`);
  const { rollout, keepSpeed, snapshotSteps = [], weightsEvery } = order;
  const snapshots: WeightSnapshot[] = [];
  const weights: Float32Array[] = [];
  const robot = new AntRobot({ morphology, horizon: steps });
  try {
    const life = new PerturbedLife(network, robot).run({
      seed: mixSeed(seed, rollout),
      steps,
      ...(freezeStep !== undefined && { freezeStep }),
      perturbations,
      keepSpeed,
      onStep: (step) => {
        if (snapshotSteps.includes(step)) snapshots.push(snapshotOf(network, step));
        if (weightsEvery !== undefined && step % weightsEvery === 0) {
          weights.push(flatWeights(snapshotOf(network, step)));
        }
      },
    });
    return { order, life, snapshots, weights };
  } finally {
    robot.dispose();
  }
}
