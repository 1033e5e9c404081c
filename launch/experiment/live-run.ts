import { randomInt } from 'node:crypto';
import path from 'node:path';
import { MonotonicClock } from '../../bridge/clock.js';
import { WebSocketClientTransport } from '../../bridge/websocket/index.js';
import { HebbridgeError } from '../../policy/errors.js';
import { formatPerturbation, type Perturbation } from '../../policy/perturbation/index.js';
import { mixSeed } from '../../policy/random.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { parseMorphology } from '../../sim/ant/morphology.js';
import type { Condition, ExperimentResult, LifeRecord } from '../../sim/experiment/result.js';
import { ExperimentDirectory } from '../../sim/experiment/experiment-directory.js';
import { speedWanted, type ExperimentHooks } from '../../sim/experiment/run-experiment.js';
import { loadRapier } from '../../sim/rapier.js';
import type { ScenarioFile } from '../scenario-file.js';
import { aboutScenario, scenarioIdentity, softwareVersions } from './headless-run.js';
import { LiveRobot } from './live-robot.js';

export interface LiveRunOptions {
  /** `ws://` or `wss://` */
  readonly url: string;
  readonly token?: string;
  /** Lives of each condition. */
  readonly rollouts: number;
  /** Where the lives are kept. */
  readonly out: string;
  readonly command: string;
  /** s */
  readonly now: () => number;
  /** Hears how many lives earlier sessions left. */
  readonly onResume?: (lives: number) => void;
  readonly onProblem: (problem: string) => void;
}

/** What only shows in weights, which nobody sends for each control step. */
const HEADLESS_PARTS: readonly string[] = ['weights', 'components'];

/**
 * Run a scenario against a simulated robot and its controller that run somewhere else, in real time: with fade-in,
 * limits and supervisor, and whatever is lost on the way. Weights of a life follow the controller's own seed. Goes on
 * where `out` holds lives of the same on the same bridge.
 *
 * @throws HebbridgeError ERR_SETTING for what cannot be done from outside, ERR_WEBSOCKET, and what LiveRobot and
 *   ExperimentDirectory throw
 */
export async function runLive(
  file: ScenarioFile,
  options: LiveRunOptions,
  { onLife, signal = new AbortController().signal }: ExperimentHooks,
): Promise<ExperimentResult> {
  requireLive(file);
  const { url, rollouts, out, command, now, onResume } = options;
  const { conditions } = file;
  const report = file.scenario.report.filter(({ show }) => !HEADLESS_PARTS.includes(show));
  const scenario = { ...file.scenario, rollouts, report };
  await loadRapier();
  const versions = softwareVersions();
  const identity = { live: url, hebbridge: versions['hebbridge']!, ...scenarioIdentity(file) };
  const directory = new ExperimentDirectory(out, identity, now);
  if (directory.count > 0) onResume?.(directory.count);
  const orders = conditions.flatMap((condition) => {
    const keepSpeed = speedWanted(scenario, condition.name);
    return Array.from({ length: rollouts }, (_, rollout) => ({ condition, rollout, keepSpeed }));
  });
  const find = ({ condition, rollout, keepSpeed }: LiveOrder): LifeRecord | undefined =>
    directory.find(condition.name, rollout, keepSpeed);
  const missing = orders.filter((order) => find(order) === undefined);
  let done = orders.length - missing.length;
  if (missing.length > 0) {
    await liveAll(file, options, missing, signal, ({ condition, rollout }, life) => {
      directory.keep(condition.name, rollout, life);
      onLife?.(++done, orders.length);
    });
  }
  return {
    conditions: conditions.map((condition) => ({
      condition,
      lives: Array.from({ length: rollouts }, (_, rollout) =>
        find({ condition, rollout, keepSpeed: false })!,
      ),
    })),
    ...aboutScenario(file, scenario),
    live: url,
    command,
    versions,
    duration: directory.duration,
    workers: 1,
  };
}

/** A life that is wanted of a condition. */
interface LiveOrder {
  readonly condition: Condition;
  readonly rollout: number;
  readonly keepSpeed: boolean;
}

/** One after the other; `onLife` hears of each as soon as it was lived. */
async function liveAll(
  file: ScenarioFile,
  { url, token, onProblem }: LiveRunOptions,
  orders: readonly LiveOrder[],
  signal: AbortSignal,
  onLife: (order: LiveOrder, life: LifeRecord) => void,
): Promise<void> {
  const { seed, steps } = file.scenario;
  const clock = new MonotonicClock();
  const transport = await WebSocketClientTransport.connect({
    url,
    ...(token !== undefined && { token }),
    clock,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    publishes: ['simulationRequest', 'perturbationRequest', 'operatorRequest'],
    subscribes: ['robotState', 'jointCommand', 'status', 'acknowledgement'],
    onProblem,
  });
  const robot = new LiveRobot(transport, clock);
  const session = randomInt(2 ** 32).toString(36);
  try {
    for (const [index, order] of orders.entries()) {
      const { condition, rollout, keepSpeed } = order;
      const plan = {
        morphology: condition.morphology,
        bundle: offeredName(file, condition.bundle),
        seed: mixSeed(seed, rollout),
        steps,
        perturbations: livePerturbations(condition, `${session}-${index}`),
        keepSpeed,
        onLate: (perturbation: Perturbation, late: number) =>
          onProblem(`'${condition.name}': ${formatPerturbation(perturbation)} was ${late} steps late`),
      };
      onLife(order, await robot.live(plan, signal));
    }
  } finally {
    robot.close();
    await transport.close();
  }
}

/** Freezing is a perturbation like others here: so the controller does it in its time. */
function livePerturbations({ freeze_step, perturbations }: Condition, life: string): Perturbation[] {
  const all = [...perturbations];
  if (freeze_step !== undefined) {
    const start = freeze_step * ANT_CONTRACT.controlPeriod;
    all.push({ id: 'freeze', component: 'plasticity', type: 'freeze', start });
  }
  return all.map((perturbation, index) => ({ ...perturbation, id: `experiment-${life}-${index + 1}` }));
}

/** Simulators offer rules by the names of their files. */
function offeredName({ bundles }: ScenarioFile, name: string): string {
  return path.basename(bundles.get(name)!.file).replace(/\.safetensors$/, '');
}

function requireLive({ file, conditions, scenario }: ScenarioFile): void {
  const problems = conditions.flatMap((condition) => {
    const { name, morphology, freeze_step, perturbations } = condition;
    const why = [
      condition.initial_weights && 'initial_weights: the controller draws its own',
      condition.random_coefficients && 'random_coefficients: the controller runs the rules that it has',
      parseMorphology(morphology) === undefined && `morphology ${morphology}: give one that is not drawn`,
      freeze_step !== undefined &&
        perturbations.some(({ component }) => component === 'plasticity') &&
        'freeze_step beside a perturbation of plasticity: give one of them',
    ].filter((text) => typeof text === 'string');
    return why.map((text) => `--live: '${name}' cannot be had from a running robot: ${text}`);
  });
  if (conditions.length === 0) problems.push(`--live: ${file} has no conditions`);
  if (scenario.report.every(({ show }) => HEADLESS_PARTS.includes(show))) {
    problems.push(`--live: ${file} shows nothing but weights; run it without --live`);
  }
  if (problems.length > 0) throw new HebbridgeError('ERR_SETTING', problems.join('\n'));
}
