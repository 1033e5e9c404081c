import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = path.join(root, 'dist/launch/main.js');

/** Runs hebbridge where no ROS 2 is sourced. */
async function withoutRos(...words: readonly string[]) {
  const env = { ...process.env };
  delete env['AMENT_PREFIX_PATH'];
  delete env['ROS_DISTRO'];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...words], {
      cwd: '/',
      env,
    });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

describe.each(['control', 'simulate'])('hebbridge %s where no ROS 2 is sourced', (command) => {
  it('fails, and says in three lines what to do', async () => {
    const { exitCode, stdout, stderr } = await withoutRos(command);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    const [problem, ...steps] = stderr.trimEnd().split('\n');
    expect(problem).toMatch(/^hebbridge: ERR_ROS_MISSING: no ROS 2 is sourced/);
    expect(steps).toHaveLength(3);
    expect(steps.join('\n')).toMatch(/source .*setup\.bash\n.*npm install.*rclnodejs.*\n.*hebbridge doctor/);
  });
});

describe('hebbridge control', () => {
  it('is told everything that is wrong with its parameters before anything is started', async () => {
    const { exitCode, stderr } = await withoutRos(
      ...['control', '--ros-args', '-p', 'limits.tilt:=9.0', '-p', 'trigger:=inputs', '-p', 'sped:=1'],
    );
    expect(exitCode).toBe(2);
    const [tilt, trigger, unknown] = stderr.trimEnd().split('\n');
    expect(tilt).toMatch(/ERR_PARAMETER: -p: limits\.tilt: 9 is not .*0 to 3\.1416/);
    expect(trigger).toMatch(/^-p: trigger: 'inputs' is not .*timer.*input.*did you mean input\?/);
    expect(unknown).toMatch(/^-p: sped: there is no such parameter; did you mean seed\?/);
  });

  it.each([
    [['--port', '9000'], '--port: there is no console that this is about; give --console'],
    [['--dead-man', '2'], '--dead-man: there is no console that this is about; give --console'],
    [['--allow-origin', 'https://app.foxglove.dev'], '--allow-origin: there is no console'],
    [['--console', '--mqtt-user', 'me'], 'there is no broker that this is about; give --mqtt URL'],
  ])('does not take %j for nothing', async (words, reason) => {
    const { exitCode, stderr } = await withoutRos('control', ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`hebbridge: ERR_USAGE: --`);
    expect(stderr).toContain(reason);
  });

  it('does not start with rules that are none', async () => {
    const { exitCode, stderr } = await withoutRos('control', path.join(root, 'package.json'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^hebbridge: ERR_SAFETENSORS_\w+: .*package\.json/);
  });

  it('does not take arguments that ROS 2 does not know', async () => {
    const { exitCode, stderr } = await withoutRos('control', '--ros-args', '--parameter-file', 'ant.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/ERR_USAGE: --ros-args: --parameter-file/);
  });
});
