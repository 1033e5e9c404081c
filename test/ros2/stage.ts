import { afterEach, beforeEach } from 'vitest';
import type { Rclnodejs } from '../../bridge/ros2/rclnodejs.js';
import { Onlooker } from './onlooker.js';
import { endPrograms, startProgram, type Program } from './program.js';
import { freshDomain } from './ros-environment.js';

/** ROS arguments that set parameters. */
export function parameters(settings: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-p', `${name}:=${value}`]);
}

/** For each test a ROS domain with an onlooker in it; whatever is started there ends with the test. */
export function useStage(rclnodejs: Rclnodejs, namespace = '') {
  let domain: number;
  let onlooker: Onlooker;
  beforeEach(async () => {
    domain = freshDomain();
    onlooker = await Onlooker.open(rclnodejs, domain, namespace);
  });
  afterEach(async () => {
    await endPrograms();
    onlooker.close();
  });
  return {
    get domain(): number {
      return domain;
    },
    get onlooker(): Onlooker {
      return onlooker;
    },
    /** The control node, with these ROS arguments, and words of the command line. */
    control: (
      rosArguments: readonly string[] = [],
      nodeOptions: readonly string[] = [],
      words: readonly string[] = [],
    ): Program => startProgram(domain, ['control', ...words, '--ros-args', ...rosArguments], nodeOptions),
    /** The simulated robot. */
    simulate: (words: readonly string[] = []): Program => startProgram(domain, ['simulate', ...words]),
    /** Both, walking; on a busy machine that is late by far more than a robot's computer may be. */
    async walk(
      settings: Parameters<typeof parameters>[0] = {},
      nodeOptions: readonly string[] = [],
      words: readonly string[] = [],
    ) {
      const node = this.control(
        parameters({
          ...{ autostart: true, simulated: true, fade_in_time: 0.3, 'input.stale_periods': 20 },
          ...settings,
        }),
        nodeOptions,
        words,
      );
      const robot = this.simulate();
      await onlooker.untilState('running').catch((error: unknown) => {
        throw new Error(`node: ${node.output()}\nrobot: ${robot.output()}`, { cause: error });
      });
      return { node, robot };
    },
  };
}
