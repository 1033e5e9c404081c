import { spawn } from 'node:child_process';

/** Ends by itself where its parent is no more: nothing else would stop it. */
const SPIN = 'const parent = process.ppid; while (process.ppid === parent) for (let k = 0; k < 1e7; k++);';

/** Keep one core busy, by a process of its own: the processor time of this one is not touched. Returns what ends it. */
export function keepCoreBusy(): () => void {
  const spinner = spawn(process.execPath, ['--eval', SPIN], { stdio: 'ignore' });
  return () => spinner.kill('SIGKILL');
}
