import { describe, expect, it } from 'vitest';
import { markdownTable } from '../../bench/report.js';
import { benchRosLatency } from '../../bench/ros-latency.js';
import { describeWithRos, freshDomain } from '../ros2/ros-environment.js';

const wall = (): number => performance.now() / 1000;
const SETTINGS = { time: 0.5, warmUpTime: 0.1, clocks: { cpu: wall, wall } };

describe('the benchmark of the way over ROS 2, where there is none', () => {
  it('is skipped, and says why', async () => {
    const { figures, table } = await benchRosLatency({ ...SETTINGS, rates: [500], environment: {} });
    expect(figures).toEqual({ skipped: expect.stringContaining('no ROS 2 is sourced') as string });
    expect(markdownTable(table)).toContain('no ROS 2 is sourced');
  });
});

describeWithRos('the benchmark of the way over ROS 2, at a tiny size', () => {
  it('asks a bare echo and the control node in turn, and both answer', async () => {
    process.env['ROS_DOMAIN_ID'] = String(freshDomain());
    const { figures, table, remarks } = await benchRosLatency({
      ...SETTINGS,
      rates: [Infinity, 100],
      environment: process.env,
    });
    const { peers } = figures as { peers: readonly Record<string, number | string>[] };
    expect(peers.map(({ rate, peer }) => [rate, peer])).toEqual([
      ['back to back', 'raw echo'],
      ['back to back', 'control node'],
      [100, 'raw echo'],
      [100, 'control node'],
    ]);
    for (const { answers, p50, p99, processorShare } of peers) {
      expect(answers).toBeGreaterThan(5);
      expect(p50).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(p50 as number);
      expect(processorShare).toBeLessThan(1);
    }
    expect(table).toHaveLength(5);
    expect(remarks).toHaveLength(2);
  });
});
