import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [path.join(root, 'dist/bench/main.js'), ...args], { encoding: 'utf8' });
}

describe('npm run bench', () => {
  it.each([['marathon'], ['--quick']])('refuses %s, and says what there is', (argument) => {
    const { status, stdout, stderr } = bench(argument);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('ERR_USAGE');
    expect(stderr).toContain(argument);
    for (const name of ['plastic-step', 'simulator', 'solver', 'ros-messages'])
      expect(stderr).toContain(name);
    for (const name of ['control-loop', 'allocation', 'rollouts']) expect(stderr).toContain(name);
  });
});
