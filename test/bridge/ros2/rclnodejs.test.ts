import { describe, expect, it } from 'vitest';
import { loadRclnodejs } from '../../../bridge/ros2/rclnodejs.js';

describe('loading ROS 2', () => {
  it.each([{}, { ROS_DISTRO: 'jazzy' }, { AMENT_PREFIX_PATH: '/opt/ros/jazzy' }])(
    'does not even try where none is sourced (%o), and says in three steps what to do',
    async (environment) => {
      const error = await loadRclnodejs(environment).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_ROS_MISSING' });
      const [problem, ...steps] = (error as Error).message.split('\n');
      expect(problem).toContain('no ROS 2 is sourced');
      expect(steps.map((line) => line.trim().slice(0, 9))).toEqual(['1. source', '2. npm in', '3. try ag']);
    },
  );
});
