import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { MessageMap } from '../../../bridge/message-map.js';
import {
  readRecording,
  type RecordedEvent,
  type RecordedMessage,
} from '../../../bridge/recording/read-recording.js';
import { foxglove } from '../../bridge/websocket/rig.js';

const main = fileURLToPath(new URL('../../../dist/launch/main.js', import.meta.url));
const THROW = fileURLToPath(new URL('../throw-in-an-immediate.mjs', import.meta.url));
const WAIT = { timeout: 20_000, interval: 20 };

interface Demo {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves to its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** `hebbridge demo` in a process of its own; `stdout`: a descriptor, or a pipe that is read. */
function start(words: readonly string[], nodeOptions: readonly string[] = [], stdout?: number): Demo {
  const child = spawn(process.execPath, [...nodeOptions, main, 'demo', ...words], {
    cwd: '/',
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, ended };
}

function recordingName(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'walk.mcap');
}

/** The commands in a recording, and whether it is whole. */
async function recordedCommands(file: string) {
  const commands: MessageMap['jointCommand'][] = [];
  const gather = (entry: RecordedMessage | RecordedEvent): void => {
    if (entry.kind === 'event') entry.children.forEach(gather);
    else if (entry.topic === 'jointCommand') {
      commands.push(JSON.parse(entry.text) as MessageMap['jointCommand']);
    }
  };
  const entries = readRecording(file);
  for (;;) {
    const next = await entries.next();
    if (next.done === true) return { commands, complete: next.value.complete };
    if (next.value.kind !== 'controller') gather(next.value);
  }
}

const moves = ({ values }: MessageMap['jointCommand']): boolean =>
  Object.values(values).some((value) => value !== 0);

describe('a demo in a process of its own', () => {
  it('ends soon after an exception in an immediate, with the safe command as the last word', async () => {
    const file = recordingName();
    const demo = start(['--port', '0', '--record', file], ['--import', THROW]);
    const address = await vi.waitFor(() => {
      const printed = /operator console: http(\S+)/.exec(demo.stdout())?.[1];
      expect(printed).toBeDefined();
      return `ws${printed!}`;
    }, WAIT);
    const page = await foxglove(address);
    const seen = page.listenTo('/joint_command') as MessageMap['jointCommand'][];
    for (const topic of ['/status', '/robot_state', '/weights', '/scene']) page.listenTo(topic);
    await vi.waitFor(() => expect(seen.some(moves)).toBe(true), WAIT);
    demo.child.kill('SIGUSR2');
    const began = performance.now();
    expect(await demo.ended).toBe(1);
    // A bound: a crash ends the process within 5 s in any case.
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(demo.stderr()).toMatch(/^hebbridge: ERR_INTERNAL: Error: a fault that a test provoked\n/m);
    expect(demo.stdout()).not.toContain('walked');
    await vi.waitFor(() => expect(moves(seen.at(-1)!)).toBe(false), WAIT);
    const { commands, complete } = await recordedCommands(file);
    expect(complete).toBe(true);
    expect(commands.some(moves)).toBe(true);
    expect(moves(commands.at(-1)!)).toBe(false);
  });

  it('comes to rest, with a whole recording, when the reader of its output goes away', async () => {
    const file = recordingName();
    const demo = start(['--no-console', '--record', file]);
    await vi.waitFor(() => expect(demo.stdout()).toContain(' m/s '), WAIT);
    demo.child.stdout!.destroy();
    expect(await demo.ended).toBe(0);
    expect(demo.stderr()).toBe('');
    const { commands, complete } = await recordedCommands(file);
    expect(complete).toBe(true);
    expect(commands.some(moves)).toBe(true);
    expect(moves(commands.at(-1)!)).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'walks on when its output cannot be written, says so once, and fails at the end',
    async () => {
      const file = recordingName();
      const full = openSync('/dev/full', 'w');
      onTestFinished(() => closeSync(full));
      const demo = start(['--no-console', '--duration', '2.5', '--record', file], [], full);
      expect(await demo.ended).toBe(1);
      expect(demo.stderr()).toMatch(/^hebbridge: ERR_FILE_WRITE: stdout cannot be written: ENOSPC[^\n]*\n$/);
      const { commands, complete } = await recordedCommands(file);
      expect(complete).toBe(true);
      expect(commands.at(-1)!.stamp - commands[0]!.stamp).toBeGreaterThan(2);
    },
  );

  it.each([
    [['--no-console', '--dead-man', '1'], 2, 'ERR_USAGE: --dead-man: there is no console'],
    [['--no-console', '--audit', 'f'], 2, 'ERR_USAGE: --audit: there is no console'],
    [['--no-console', '--token', 'short'], 2, 'ERR_USAGE: --token: there is no console'],
    [['--no-console', '--allow-origin', 'https://a.example'], 2, 'ERR_USAGE: --allow-origin: there is no'],
    [['--port', '0', '--audit', '/nonexistent/x'], 1, 'ERR_FILE_WRITE: --audit /nonexistent/x: cannot be'],
    [['--port', '0', '--audit', '/'], 1, 'ERR_FILE_WRITE: --audit /: cannot be written'],
  ])('is not begun with %j', async (words, exitCode, message) => {
    const demo = start([...words, '--duration', '1']);
    expect(await demo.ended).toBe(exitCode);
    await vi.waitFor(() => expect(demo.stderr()).toContain(message), WAIT);
    expect(demo.stdout()).toBe('');
  });
});
