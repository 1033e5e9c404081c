import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ClientPort } from './ros-client-port.js';

/** Clock ticks a second in /proc/<pid>/stat: Linux has had 100 since ever (sysconf _SC_CLK_TCK). */
const TICKS = 100;

/** A process that answers observations with commands, and the port through which it is asked. */
export interface Peer {
  readonly name: string;
  readonly port: ClientPort;
  /** It ended, though nobody told it to. */
  readonly gone: boolean;
  /** s of processor time that its process has used. */
  processorTime(): number;
  stop(): Promise<void>;
}

const ROOT = path.dirname(createRequire(import.meta.url).resolve('hebbridge/package.json'));
const ECHO = path.join(ROOT, 'dist/bench/ros-echo-process.js');
const HEBBRIDGE = path.join(ROOT, 'dist/launch/main.js');

export function startEcho(port: ClientPort): Peer {
  return peer('raw echo', port, [ECHO]);
}

/** The control node, in lock-step with its input, at a control period of `period` s. */
export function startControlNode(port: ClientPort, period: number): Peer {
  const parameters = {
    autostart: true,
    trigger: 'input',
    'input.source': 'observation',
    control_period: period,
    fade_in_time: 0.01,
    // What is late is measured here: it must not change what is done.
    'input.stale_periods': 100,
    'input.min_rate': 0.5,
    'input.max_rate': 1e6,
    'overrun.policy': 'report',
  };
  const words = Object.entries(parameters).flatMap(([name, value]) => ['-p', `${name}:=${value}`]);
  return peer('control node', port, [HEBBRIDGE, 'control', '--ros-args', ...words]);
}

function peer(name: string, port: ClientPort, words: readonly string[]): Peer {
  const child: ChildProcess = spawn(process.execPath, words, { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    name,
    port,
    get gone() {
      return child.exitCode !== null;
    },
    processorTime: () => processorTimeOf(child.pid!),
    stop: async () => {
      child.stdin?.end();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function processorTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the name in parentheses, which may hold anything: user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
