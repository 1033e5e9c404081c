import { PreciseClock } from '../../bridge/precise-clock.js';
import { parameterOverrides, parseNodeParameters, robotParameters } from '../../bridge/parameters/index.js';
import { GuardNode } from '../../bridge/ros2/guard-node.js';
import { GUARD_NAME } from '../../bridge/ros2/rival-publishers.js';
import { HebbridgeError } from '../../policy/errors.js';
import { readBundle } from '../bundle-file.js';
import { defineCommand } from '../command.js';
import { untilAborted } from '../interruption.js';
import { choiceOption, numberOption, repeatedOption, textOption } from '../options.js';
import { readRosArguments, startRos } from '../ros-node.js';
import { shippedRules } from '../shipped-rules.js';
import { NODE_NAME } from './control.js';

export default defineCommand({
  name: 'guard',
  describe: 'Watch a controller from a process of its own; say the safe command when it dies or hangs',
  examples: [
    ['hebbridge guard --params-file my-robot.yaml', 'beside `hebbridge control`, with the same parameters'],
    ['hebbridge guard --timeout-periods 3', 'take over after three silent control periods'],
  ],
  positionals: {},
  options: {
    transport: choiceOption({
      describe: 'How messages travel',
      choices: ['ros2'] as const,
      default: 'ros2',
    }),
    timeoutPeriods: numberOption({
      describe: 'Control periods of silence after which it takes over',
      minimum: 1,
      maximum: 1000,
      default: 5,
    }),
    controller: textOption({
      describe: "Name of the controller's node, whose parameters hold here",
      default: NODE_NAME,
    }),
    paramsFile: repeatedOption(
      { describe: "The controller's parameters, a YAML file in the form of ROS 2; repeatable" },
      (text) => text,
    ),
  },
  takesRosArguments: true,

  async run(values, context) {
    const ros = readRosArguments(context, GUARD_NAME, values.paramsFile);
    const parameters = parseNodeParameters(parameterOverrides({ ...ros, name: values.controller }));
    if (parameters['command.type'] === 'trajectory') {
      throw new HebbridgeError(
        'ERR_SETTING',
        "command.type: 'trajectory' cannot be guarded: a robot that is commanded in positions holds the last one, " +
          'and there is nothing safer to say; guard a robot with command.type: effort',
      );
    }
    if (parameters.use_sim_time) {
      throw new HebbridgeError(
        'ERR_SETTING',
        'use_sim_time: true cannot be guarded: silence is measured in real time, and a simulation that pauses ' +
          'would look like a controller that died; guard a robot with use_sim_time: false',
      );
    }
    const bundle = readBundle(parameters.bundle === '' ? shippedRules() : parameters.bundle);
    const { contract } = bundle;
    const robot = robotParameters(parameters, contract);
    const { timeoutPeriods } = values;
    const rclnodejs = await startRos(ros, context.environment);
    const clock = new PreciseClock();
    const node = new GuardNode({
      rclnodejs,
      name: GUARD_NAME,
      parameters,
      robot,
      contract,
      clock,
      timeoutPeriods,
    });
    const interruption = context.interruption();
    try {
      node.start();
      await untilAborted(interruption);
    } finally {
      await node.stop();
      await clock.close();
    }
    const { heard, takeovers, sent } = node.counts;
    return {
      json: { heard, takeovers, sent },
      text: `${heard} commands heard, took over ${takeovers} times, ${sent} safe commands published`,
    };
  },
});
