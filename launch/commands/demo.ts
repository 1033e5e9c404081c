import { setImmediate } from 'node:timers/promises';
import { ControlLoop, MonotonicClock, type Cancel, type Clock } from '../../bridge/index.js';
import { HebbridgeError } from '../../policy/errors.js';
import { parsePerturbation, type Perturbation } from '../../policy/perturbation/index.js';
import { ANT_CONTRACT, type RobotContract } from '../../policy/robot-contract.js';
import { loadRapier } from '../../sim/rapier.js';
import { AntRobot } from '../../sim/robot/ant-robot.js';
import {
  controllerSettings,
  parameterOverrides,
  parseNodeParameters,
  robotParameters,
  type ControllerSettings,
} from '../../bridge/parameters/index.js';
import { defineCommand, type CommandContext } from '../command.js';
import {
  checkConsole,
  consoleOptions,
  serveConsole,
  SHOWN_WEIGHTS_PERIOD,
  type ConsoleValues,
  type ServedConsole,
} from '../console-options.js';
import { NODE_NAME } from './control.js';
import { DemoDisplay } from '../demo/demo-display.js';
import { DemoKeys, KEYS_HELP } from '../demo/demo-keys.js';
import { reportOn, reportText, statusLine } from '../demo/demo-report.js';
import { listenToKeys } from '../demo/keyboard.js';
import { offerBundles, type OfferedBundle } from '../demo/offered-bundles.js';
import { SimulatedWalk } from '../demo/simulated-walk.js';
import { endInStages } from '../end-in-stages.js';
import { checkMqtt, joinBroker, mqttOptions } from '../mqtt-options.js';
import { morphologyOption } from '../morphology-option.js';
import { recordOption, startRecording } from '../recording-options.js';
import { readRosArguments } from '../ros-node.js';
import { allShippedRules, shippedRules } from '../shipped-rules.js';
import { integerOption, numberOption, repeatedOption, textOption } from '../options.js';

/** Layers that a bundle may have; which of them this one has is known when it is loaded. */
const MOST_LAYERS = 15;

export default defineCommand({
  name: 'demo',
  describe: 'Watch the simulated Ant walk in real time under the controller that drives hardware; damage it',
  examples: [
    ['hebbridge demo', 'until q or Ctrl-C; keys damage it'],
    ['hebbridge demo --perturb leg:left_front:shorten=0.1@10', 'lose most of a leg after 10 s'],
    [
      'hebbridge demo --duration 20 --perturb weights:zero=0.33@5 --perturb plasticity:freeze@10+5 --json',
      'lose a third of the weights after 5 s, and plasticity from 10 s to 15 s',
    ],
    ['hebbridge demo --duration 60 --record walk.mcap', 'then: hebbridge replay walk.mcap'],
  ],
  positionals: {},
  options: {
    rules: textOption({ describe: 'Rule bundle (.safetensors); the one that ships by default' }),
    offerRules: repeatedOption(
      {
        describe: 'Rule bundle to choose from in the console, beside --rules and those that ship; repeatable',
      },
      (text) => text,
    ),
    duration: numberOption({
      describe: 'Seconds; until it is stopped by default',
      minimum: 0.1,
      maximum: 1e6,
    }),
    morphology: morphologyOption(),
    perturb: repeatedOption(
      { describe: 'Perturbation, component[:target]:type[=value][@start][+duration] in s; repeatable' },
      readPerturbation,
    ),
    paramsFile: repeatedOption(
      { describe: 'Node parameters (YAML in the form of ROS 2) to try here, without ROS 2; repeatable' },
      (text) => text,
    ),
    seed: integerOption({
      describe: 'Of the first weights and the pose at the start',
      minimum: 0,
      default: 1,
    }),
    record: recordOption(),
    ...consoleOptions,
    ...mqttOptions,
  },

  async run(values, context) {
    checkConsole(values);
    checkMqtt(values);
    const bundles = offerBundles(values.rules ?? shippedRules(), [
      ...values.offerRules,
      ...allShippedRules(),
    ]);
    const [{ file, bundle }] = bundles;
    await loadRapier();
    // Here Node still waits for its compiler threads, for up to a second on a busy machine; timers run after that.
    await setImmediate();
    const clock = new MonotonicClock();
    const { text: morphologyText, morphology } = values.morphology;
    const display = new DemoDisplay(context.stdout);
    const recording = await startRecording(values.record, context);
    const { createController } = recording;
    const walk = new SimulatedWalk({
      robot: new AntRobot({ morphology }),
      morphology: morphologyText,
      bundles,
      clock,
      seed: values.seed,
      statusPeriod: 1,
      controller: {
        ...controllerOf(values.paramsFile, bundle.contract, values.seed),
        ...(values.noConsole ? {} : { weightsPeriod: SHOWN_WEIGHTS_PERIOD }),
      },
      ...(createController && { createController: (options, { bytes }) => createController(options, bytes) }),
    });
    const interruption = context.interruption();
    const quit = new AbortController();
    const keys = new DemoKeys(walk, () => quit.abort());
    let served: ServedConsole | undefined;
    let broker: Awaited<ReturnType<typeof joinBroker>>;
    let stopListening: Cancel | undefined;
    let stopShowing: Cancel | undefined;
    let ended: Promise<void> | undefined;
    // At rest before anybody is waited for.
    const end = (): Promise<void> =>
      (ended ??= endInStages(
        [() => walk.controller.stop(), () => stopListening?.(), () => stopShowing?.(), () => display.end()],
        [() => served?.close(), () => broker?.close()],
        [() => walk.stop()],
        [() => recording.close()],
      ));
    context.onCrash(end);
    try {
      served = await serveConsoleSomewhere(values, context, walk, clock, bundles);
      broker = await joinBroker(values, context, { transport: walk.operator, clock });
      walk.start();
      requestAll(walk, values.perturb);
      if (!context.json) {
        display.say(`${file}, ${morphologyText}, seed ${values.seed}`);
        if (served?.hasPage) display.say(`operator console: ${served.url}`);
        if (display.live && context.stdin.isTTY) display.say(KEYS_HELP);
        stopListening = listenToKeys(context.stdin, (key) => display.setNote(keys.press(key) ?? ''));
        stopShowing = showRegularly(walk, display, clock);
      }
      await until(clock, values.duration, AbortSignal.any([interruption, quit.signal]));
      const report = reportOn(walk, values.seed, ANT_CONTRACT.controlPeriod);
      return { json: report, text: reportText(report) };
    } finally {
      quit.abort();
      await end();
    }
  },
});

/** What parameter files say of the controller; of the robot, only what a simulated one has. */
function controllerOf(
  files: readonly string[],
  contract: RobotContract,
  seed: number,
): Partial<ControllerSettings> {
  if (files.length === 0) return {};
  const ros = readRosArguments({ rosArguments: [] }, NODE_NAME, files);
  const parameters = parseNodeParameters(parameterOverrides(ros));
  return {
    ...controllerSettings(parameters, contract, robotParameters(parameters, contract)),
    contract,
    seed,
    simulated: true,
    perturbations: true,
    input: 'state',
    commandInterface: 'effort',
    trigger: 'timer',
  };
}

/** On the usual port, or another where somebody has that already and no port was asked for. */
async function serveConsoleSomewhere(
  values: ConsoleValues,
  context: CommandContext,
  walk: SimulatedWalk,
  clock: Clock,
  bundles: readonly OfferedBundle[],
): Promise<ServedConsole | undefined> {
  const part = {
    transport: walk.operator,
    clock,
    name: 'hebbridge demo',
    parameters: () => [
      { name: 'bundles', value: bundles.map(({ name }) => name) },
      { name: 'bundle', value: walk.bundle.name },
      { name: 'morphology', value: walk.morphology },
    ],
  };
  try {
    return await serveConsole(values, context, part);
  } catch (error) {
    const usual = values.port === consoleOptions.port.absent;
    if (!usual || !(error instanceof HebbridgeError) || error.code !== 'ERR_LISTEN') throw error;
    return await serveConsole({ ...values, port: 0 }, context, part);
  }
}

function readPerturbation(text: string, name: string): { text: string; perturbation: Perturbation } {
  const subject = { contract: ANT_CONTRACT, layers: MOST_LAYERS, simulated: true };
  const verdict = parsePerturbation(text, text, subject);
  if (verdict.accepted) return { text, perturbation: verdict.perturbation };
  throw new HebbridgeError(verdict.code, `${name}: ${verdict.reason}`);
}

/** What the controller refuses now contradicts the bundle, or another one of them. */
function requestAll(
  walk: SimulatedWalk,
  perturbations: readonly { text: string; perturbation: Perturbation }[],
): void {
  perturbations.forEach(({ text, perturbation }, n) => {
    const id = `perturb-${n + 1}`;
    const { accepted, reason } = walk.ask({ operation: 'begin', perturbation: { ...perturbation, id } });
    if (!accepted) throw new HebbridgeError('ERR_SETTING', `--perturb ${text}: ${reason}`);
  });
}

/** A status line each display period; returns what ends it. */
function showRegularly(walk: SimulatedWalk, display: DemoDisplay, clock: Clock): Cancel {
  let time = clock.now();
  let { distance } = walk.travelled;
  const loop = new ControlLoop(clock, display.period, () => {
    const now = clock.now();
    const way = walk.travelled;
    display.show(statusLine(walk, (way.distance - distance) / (now - time)));
    time = now;
    ({ distance } = way);
  });
  loop.start(time + display.period);
  return () => loop.stop();
}

/** Resolves after `duration` s, if there is one, or when `stop` is aborted. */
function until(clock: Clock, duration: number | undefined, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
    if (duration === undefined) return;
    const cancel = clock.callAt(clock.now() + duration, resolve);
    stop.addEventListener('abort', cancel, { once: true });
  });
}
