import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkerPool } from '../../../sim/evaluation/worker-pool.js';

let folder = '';
let pool: WorkerPool<number, number, number> | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hebbridge-pool-'))));
afterEach(async () => {
  await pool?.close();
  rmSync(folder, { recursive: true });
});

/** A pool of two workers that run `source`; tasks and results are numbers. */
function poolOf(source: string): WorkerPool<number, number, number> {
  const entry = join(folder, 'worker.mjs');
  writeFileSync(entry, `import { parentPort } from 'node:worker_threads';\n${source}`);
  pool = new WorkerPool(pathToFileURL(entry), undefined, 2);
  return pool;
}

const DOUBLE = `parentPort.on('message', ({ type, id, task }) => {
  if (type === 'task' && task === 13) process.exit();
  if (type === 'task' && task === 7) parentPort.postMessage({ type: 'failed', id, message: 'seven' });
  else if (type === 'task') parentPort.postMessage({ type: 'result', id, result: 2 * task });
});`;

describe('a worker pool', () => {
  it('gives results in the order of the tasks, run after run', async () => {
    const workers = poolOf(DOUBLE);
    expect(await workers.run([1, 2, 3, 4, 5])).toEqual([2, 4, 6, 8, 10]);
    expect(await workers.run([])).toEqual([]);
    expect(await workers.run([6])).toEqual([12]);
  });

  it('gives up a task that takes three workers down, and works on', async () => {
    const workers = poolOf(DOUBLE);
    await expect(workers.run([1, 13])).rejects.toMatchObject({ code: 'ERR_WORKER' });
    expect(await workers.run([4])).toEqual([8]);
  });

  it('passes on why a task failed', async () => {
    await expect(poolOf(DOUBLE).run([7])).rejects.toThrow('seven');
  });

  it('rejects with what is thrown by whoever hears of a result, and works on', async () => {
    const workers = poolOf(DOUBLE);
    const hearing = workers.run([1, 2, 3], (result) => {
      if (result === 4) throw new Error('the disk is full');
    });
    await expect(hearing).rejects.toThrow('the disk is full');
    expect(await workers.run([4])).toEqual([8]);
  });

  it('does not start workers for ever that cannot start', async () => {
    const workers = poolOf('throw new Error("broken");');
    let replaced = 0;
    workers.onReplaced = () => replaced++;
    await wait(1_000);
    expect(replaced).toBeLessThanOrEqual(6);
    await expect(workers.run([1])).rejects.toMatchObject({ code: 'ERR_WORKER' });
  });
});
