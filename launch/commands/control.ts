import { decodeBundle, networkFromBundle } from '../../policy/bundle/rule-bundle.js';
import { MonotonicClock } from '../../bridge/clock.js';
import { parameterOverrides, parseNodeParameters } from '../../bridge/parameters/index.js';
import { PreciseClock } from '../../bridge/precise-clock.js';
import { ControlNode, type LoadedPolicy } from '../../bridge/ros2/control-node.js';
import type { Policy } from '../../policy/policy.js';
import { readBytes } from '../../sim/files.js';
import { defineCommand } from '../command.js';
import {
  consoleOnRequest,
  consoleOnRequestOptions,
  serveConsole,
  SHOWN_WEIGHTS_PERIOD,
  type ServedConsole,
} from '../console-options.js';
import { endInStages } from '../end-in-stages.js';
import { checkMqtt, joinBroker, mqttOptions } from '../mqtt-options.js';
import { choiceOption, repeatedOption, textOption } from '../options.js';
import { recordOption, startRecording } from '../recording-options.js';
import { readRosArguments, startRos } from '../ros-node.js';
import { shippedRules } from '../shipped-rules.js';
import { untilAborted } from '../interruption.js';

export const NODE_NAME = 'hebbridge';

export default defineCommand({
  name: 'control',
  describe: 'Run the controller of a robot: a managed ROS 2 node (docs/ros2.md)',
  examples: [
    [
      'hebbridge control --params-file my-robot.yaml',
      'then: ros2 lifecycle set /hebbridge configure, activate',
    ],
    [
      'hebbridge control rules/ant.safetensors --ros-args -p autostart:=true -r joint_states:=/robot/joint_states',
      'parameters and remappings as every ROS 2 node takes them',
    ],
    [
      'hebbridge control --console --mqtt mqtt://localhost',
      'watched and operated from a page, and over MQTT',
    ],
  ],
  positionals: {
    rules: textOption({ describe: 'Rule bundle (.safetensors); the parameter `bundle` by default' }),
  },
  options: {
    transport: choiceOption({
      describe: 'How messages travel',
      choices: ['ros2'] as const,
      default: 'ros2',
    }),
    paramsFile: repeatedOption(
      { describe: 'Parameters, a YAML file in the form of ROS 2; repeatable' },
      (text) => text,
    ),
    record: recordOption(),
    ...consoleOnRequestOptions,
    ...mqttOptions,
  },
  takesRosArguments: true,

  async run(values, context) {
    const ros = readRosArguments(context, NODE_NAME, values.paramsFile);
    const consoleValues = consoleOnRequest(values);
    checkMqtt(values);
    const overrides = [
      // First: whatever else sets it wins.
      ...(values.console
        ? [{ name: 'weights_period', value: SHOWN_WEIGHTS_PERIOD, source: '--console' }]
        : []),
      ...parameterOverrides(ros),
      ...(values.rules === undefined ? [] : [{ name: 'bundle', value: values.rules, source: 'RULES' }]),
    ];
    // Here, where it can be told well; the node would only say that it cannot be configured.
    const { bundle } = parseNodeParameters(overrides);
    const bundles = new WeakMap<Policy, Uint8Array>();
    const loadPolicy = (name: string): LoadedPolicy => load(name, bundles);
    loadPolicy(bundle);
    const clock = new PreciseClock();
    const rclnodejs = await startRos(ros, context.environment);
    const recording = await startRecording(values.record, context).catch((error: unknown) => {
      rclnodejs.shutdown();
      throw error;
    });
    const { createController } = recording;
    const node = new ControlNode({
      rclnodejs,
      name: NODE_NAME,
      namespace: '',
      overrides,
      loadPolicy,
      clock,
      ...(createController && {
        createController: (options) => createController(options, bundles.get(options.policy)!),
      }),
    });
    let served: ServedConsole | undefined;
    let broker: Awaited<ReturnType<typeof joinBroker>>;
    // The safe command first; then whoever watches hears of the end.
    let ended: Promise<void> | undefined;
    const end = (): Promise<void> =>
      (ended ??= endInStages(
        [() => node.stop()],
        [() => served?.close(), () => broker?.close(), () => recording.close()],
      ));
    const interruption = context.interruption();
    context.onCrash(end);
    try {
      if (values.console || values.mqtt !== undefined) {
        // For what is no control step, plain timers do.
        const part = { transport: node.joinOperators(), clock: new MonotonicClock() };
        served = await serveConsole(consoleValues, context, {
          ...part,
          name: 'hebbridge control',
          goalHeading: node.goalHeading,
          parameters: () => [{ name: 'bundle', value: node.bundleFile }],
        });
        broker = await joinBroker(values, context, part);
      }
      if (served) context.progress(`operator console: ${served.url}`);
      node.start();
      await untilAborted(interruption);
    } finally {
      await end();
      await clock.close();
    }
    const { status } = node;
    const text = status
      ? `${status.steps} control steps, ${status.safeSteps} safe ones, ${status.overruns} overruns; ` +
        `the last command was the safe one`
      : 'was not configured';
    return { json: status ?? {}, text };
  },
});

/** `bundles`: gets the bytes that the policy comes from. */
function load(bundle: string, bundles: WeakMap<Policy, Uint8Array>): LoadedPolicy {
  const file = bundle === '' ? shippedRules() : bundle;
  const bytes = readBytes(file);
  const loaded = decodeBundle(bytes, file);
  const policy = networkFromBundle(loaded);
  bundles.set(policy, bytes);
  return { file, policy, contract: loaded.contract };
}
