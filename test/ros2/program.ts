import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A hebbridge in a process of its own. */
export interface Program {
  /** Everything that it said so far. */
  readonly output: () => string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves to its exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const running = new Set<Program>();
// Whatever becomes of the tests: nothing of theirs goes on.
process.on('exit', () => running.forEach((program) => program.kill('SIGKILL')));

/** `node NODE_OPTIONS dist/launch/main.js WORDS` in a ROS domain. */
export function startProgram(
  domain: number,
  words: readonly string[],
  nodeOptions: readonly string[] = [],
): Program {
  const main = path.join(root, 'dist/launch/main.js');
  const child = spawn(process.execPath, [...nodeOptions, main, ...words], {
    cwd: '/',
    env: { ...process.env, ROS_DOMAIN_ID: String(domain) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const program: Program = {
    output: () => output,
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(program);
        resolve(code ?? signal!);
      });
    }),
  };
  running.add(program);
  return program;
}

/** End what still runs. */
export async function endPrograms(): Promise<void> {
  const left = [...running];
  for (const program of left) program.kill('SIGKILL');
  await Promise.all(left.map(({ ended }) => ended));
}
