import { beforeAll, expect, it } from 'vitest';
import { ManualClock } from '../../bridge/clock.js';
import { Controller } from '../../bridge/controller.js';
import { controllerSettings, parseNodeParameters, robotParameters } from '../../bridge/parameters/index.js';
import { ClockReader, ClockWriter } from '../../bridge/ros2/messages/index.js';
import { SimulationClock } from '../../bridge/ros2/simulation-clock.js';
import { InMemoryNetwork, InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';
import { readBundle } from '../../launch/bundle-file.js';
import { shippedRules } from '../../launch/shipped-rules.js';
import { networkFromBundle } from '../../policy/bundle/rule-bundle.js';
import { loadRapier } from '../../sim/rapier.js';
import { AntRobot } from '../../sim/robot/ant-robot.js';
import { RobotNode } from '../../sim/robot/robot-node.js';
import { describeWithRos } from './ros-environment.js';
import { parameters, useStage } from './stage.js';

const STEPS = 300;
const SEED = 11;
const SETTINGS = {
  seed: SEED,
  autostart: true,
  simulated: true,
  use_sim_time: true,
  trigger: 'input',
  'input.source': 'observation',
} as const;

beforeAll(loadRapier);

/** The same run in one process: robot and controller with nothing between them. */
function inMemory(steps: number) {
  const network = new InMemoryNetwork();
  const [robotEnd, controllerEnd] = [new InMemoryTransport(network), new InMemoryTransport(network)];
  const bundle = readBundle(shippedRules());
  const overrides = Object.entries(SETTINGS).map(([name, value]) => ({ name, value, source: 'test' }));
  const values = parseNodeParameters(overrides);
  const robot = new AntRobot();
  const robotClock = new ManualClock();
  const controllerClock = new SimulationClock();
  const robotNode = new RobotNode({
    robot,
    transport: robotEnd,
    clock: robotClock,
    seed: SEED,
    commandTimeoutPeriods: Infinity,
  });
  const controller = new Controller({
    transport: controllerEnd,
    clock: controllerClock,
    policy: networkFromBundle(bundle),
    ...controllerSettings(values, bundle.contract, robotParameters(values, bundle.contract)),
  });
  const commands: number[][] = [];
  const observations: Float32Array[] = [];
  robotEnd.subscribe('jointCommand', ({ values: efforts }) => commands.push([...efforts]));
  robotEnd.subscribe('observation', ({ values: sensed }) => observations.push(sensed.slice()));
  controller.activate();
  robotNode.start();
  // Time as /clock tells it, in whole nanoseconds.
  const [writer, reader] = [new ClockWriter(), new ClockReader()];
  for (let step = 0; step <= steps; step++) {
    if (step > 0) robotClock.advance(robot.controlPeriod);
    controllerClock.tell(reader.read(writer.write(robotClock.now())));
    robotNode.step();
  }
  robot.dispose();
  return { commands, observations };
}

describeWithRos('a robot and a controller in lock-step, each in a process of its own', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('do what they do in one process, bit for bit', async () => {
    const { onlooker } = stage;
    stage.control(parameters(SETTINGS));
    await onlooker.until('the controller waits', async () => (await onlooker.lifeCycleState()) === 'active');
    const simulator = stage.simulate(['--lock-step', '--steps', String(STEPS), '--seed', String(SEED)]);
    expect(await simulator.ended, simulator.output()).toBe(0);
    await onlooker.until('the last command is heard', () => onlooker.commands.length >= STEPS);
    const expected = inMemory(STEPS);
    expect(onlooker.commands.slice(0, STEPS).map(({ values }) => values)).toEqual(
      expected.commands.slice(0, STEPS),
    );
    expect(onlooker.observations.slice(-STEPS)).toEqual(expected.observations.slice(-STEPS));
  });
});
