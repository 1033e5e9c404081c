import { setImmediate } from 'node:timers/promises';
import { ControlLoop, ManualClock, type Transport } from '../../bridge/index.js';
import { PreciseClock } from '../../bridge/precise-clock.js';
import { simulatedRobotEndpoint } from '../../bridge/ros2/simulated-robot-endpoint.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { loadRapier } from '../../sim/rapier.js';
import { AntRobot } from '../../sim/robot/ant-robot.js';
import { RobotNode } from '../../sim/robot/robot-node.js';
import { defineCommand } from '../command.js';
import { untilAborted } from '../interruption.js';
import { morphologyOption } from '../morphology-option.js';
import { choiceOption, flag, integerOption, textOption } from '../options.js';
import { readRosArguments, startRos } from '../ros-node.js';
import { NODE_NAME } from './control.js';

/** s of the machine's time between two looks whether a controller is there, and whether it has answered. */
const PATIENCE = 0.5;

export default defineCommand({
  name: 'simulate',
  describe: 'Run the Ant as a robot of its own, for a controller in another process (ROS 2)',
  examples: [
    ['hebbridge simulate', 'a robot in real time, beside `hebbridge control`'],
    [
      'hebbridge simulate --lock-step',
      'each step waits for the command; the controller runs with use_sim_time and trigger: input',
    ],
  ],
  positionals: {},
  options: {
    transport: choiceOption({
      describe: 'How messages travel',
      choices: ['ros2'] as const,
      default: 'ros2',
    }),
    morphology: morphologyOption(),
    seed: integerOption({ describe: 'Of the pose at the start', minimum: 0, default: 1 }),
    controller: textOption({ describe: "Name of the controller's node", default: NODE_NAME }),
    lockStep: flag({
      describe: 'Take a step for each command, as fast as they come, and tell time on /clock',
    }),
    steps: integerOption({ describe: 'End after this many steps; never by default', minimum: 1 }),
  },
  takesRosArguments: true,

  async run(values, context) {
    const ros = readRosArguments(context, 'ant');
    await loadRapier();
    await setImmediate();
    const rclnodejs = await startRos(ros, context.environment);
    const node = rclnodejs.createNode('ant');
    const clock = values.lockStep ? new ManualClock() : new PreciseClock();
    const { transport, tellTime } = simulatedRobotEndpoint({
      rclnodejs,
      node,
      clock,
      contract: ANT_CONTRACT,
      controller: values.controller,
      onBadMessage: (topic, problem) => node.getLogger().warn(`${topic}: ${problem}`),
    });
    const robot = new AntRobot({ morphology: values.morphology.morphology });
    const robotNode = new RobotNode({
      robot,
      transport,
      clock,
      seed: values.seed,
      ...(values.lockStep ? { commandTimeoutPeriods: Infinity } : {}),
    });
    const done = new AbortController();
    const interruption = AbortSignal.any([context.interruption(), done.signal]);
    let steps = 0;
    const step = (): void => {
      tellTime(clock.now());
      robotNode.step();
      steps++;
      if (steps - 1 === values.steps) done.abort();
    };
    robotNode.start();
    const stopStepping =
      clock instanceof ManualClock
        ? stepOnCommand(clock, transport, step, robotNode.tell, () => transport.hearsCommands())
        : stepInTime(clock, step);
    node.spin();
    await untilAborted(interruption);
    stopStepping();
    robotNode.stop();
    const end = { steps: Math.max(0, steps - 1), x: robot.position[0]!, fallen: robotNode.fallen };
    await transport.close();
    node.destroy();
    rclnodejs.shutdown();
    robot.dispose();
    if (clock instanceof PreciseClock) await clock.close();
    const fallen = end.fallen ? '; fallen at the end' : '';
    return { json: end, text: `${end.steps} steps, at x = ${end.x.toFixed(2)} m${fallen}` };
  },
});

function stepInTime(clock: PreciseClock, step: () => void): () => void {
  const loop = new ControlLoop(clock, ANT_CONTRACT.controlPeriod, step);
  loop.start();
  return () => loop.stop();
}

/** A step for each command. The state at the beginning is sent until there is one. */
function stepOnCommand(
  clock: ManualClock,
  transport: Transport,
  step: () => void,
  tellAgain: () => void,
  connected: () => boolean,
): () => void {
  let seen = false;
  let told = false;
  let begun = false;
  // A command that leaves before this robot is known to the controller would be missing in the count of steps.
  const begin = setInterval(() => {
    if (begun) return;
    if (told) tellAgain();
    else if (seen) {
      told = true;
      step();
    }
    // The other side has until the next look to see this one.
    seen = connected();
  }, PATIENCE * 1000);
  const unsubscribe = transport.subscribe('jointCommand', () => {
    begun = true;
    clock.advance(ANT_CONTRACT.controlPeriod);
    step();
  });
  return () => {
    clearInterval(begin);
    unsubscribe();
  };
}
