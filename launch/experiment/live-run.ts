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
import { speedWanted, type ExperimentHooks } from '../../sim/experiment/run-experiment.js';
import { loadRapier } from '../../sim/rapier.js';
import type { ScenarioFile } from '../scenario-file.js';
import { aboutScenario, softwareVersions } from './headless-run.js';
import { LiveRobot } from './live-robot.js';

export interface LiveRunOptions {
  /** `ws://` or `wss://` */
  readonly url: string;
  readonly token?: string;
  /** Lives of each condition. */
  readonly rollouts: number;
  readonly command: string;
  readonly onProblem: (problem: string) => void;
}

/** What only shows in weights, which nobody sends for each control step. */
const HEADLESS_PARTS: readonly string[] = ['weights', 'components'];

/**
 * Run a scenario against a simulated robot and its controller that run somewhere else, in real time: with fade-in,
 * limits and supervisor, and whatever is lost on the way. Weights of a life follow the controller's own seed.
 *
 * @throws HebbridgeError ERR_SETTING for what cannot be done from outside, ERR_WEBSOCKET, and what LiveRobot throws
 */
export async function runLive(
  file: ScenarioFile,
  options: LiveRunOptions,
  { onLife, signal = new AbortController().signal }: ExperimentHooks,
): Promise<ExperimentResult> {
  requireLive(file);
  const { url, token, rollouts, command, onProblem } = options;
  const { conditions } = file;
  const report = file.scenario.report.filter(({ show }) => !HEADLESS_PARTS.includes(show));
  const scenario = { ...file.scenario, rollouts, report };
  await loadRapier();
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
  const began = clock.now();
  const session = randomInt(2 ** 32).toString(36);
  try {
    const lived: { condition: Condition; lives: LifeRecord[] }[] = [];
    for (const [c, condition] of conditions.entries()) {
      const lives: LifeRecord[] = [];
      for (let rollout = 0; rollout < rollouts; rollout++) {
        const plan = {
          morphology: condition.morphology,
          bundle: offeredName(file, condition.bundle),
          seed: mixSeed(scenario.seed, rollout),
          steps: scenario.steps,
          perturbations: livePerturbations(condition, `${session}-${c}-${rollout}`),
          keepSpeed: speedWanted(scenario, condition.name),
          onLate: (perturbation: Perturbation, steps: number) =>
            onProblem(`'${condition.name}': ${formatPerturbation(perturbation)} was ${steps} steps late`),
        };
        lives.push(await robot.live(plan, signal));
        onLife?.(c * rollouts + rollout + 1, conditions.length * rollouts);
      }
      lived.push({ condition, lives });
    }
    return {
      conditions: lived,
      ...aboutScenario(file, scenario),
      live: url,
      command,
      versions: softwareVersions(),
      duration: clock.now() - began,
      workers: 1,
    };
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
