import { describe } from 'vitest';
import { loadRclnodejs, type Rclnodejs } from '../../bridge/ros2/rclnodejs.js';

/** ROS 2 in this process; or why it is not there. */
async function look(): Promise<{ readonly rclnodejs: Rclnodejs } | { readonly missing: string }> {
  try {
    return { rclnodejs: await loadRclnodejs(process.env) };
  } catch (error) {
    return { missing: (error as Error).message.split(' What to do', 1)[0]! };
  }
}

const found = await look();

/** Tests that need a real ROS 2: skipped where there is none, and said so. */
export function describeWithRos(name: string, tests: (rclnodejs: Rclnodejs) => void): void {
  if ('rclnodejs' in found) {
    describe(name, () => tests(found.rclnodejs));
    return;
  }
  process.stderr.write(`skipped: ${name}: ${found.missing}\n`);
  describe.skip(`${name} (skipped: ${found.missing})`, () => tests(undefined as never));
}

let domains = 0;

/** A ROS domain that no other test of this run has, so that tests do not hear each other. */
export function freshDomain(): number {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 1);
  // Domains up to 101 are those whose ports nobody else is given on Linux.
  return 50 + 25 * ((worker - 1) % 2) + (domains++ % 25);
}
