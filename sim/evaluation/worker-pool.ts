import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HebbridgeError } from '../../policy/errors.js';

/** What a worker is sent: the context that the following tasks share, or a task. */
export type ToWorker<Context, Task> =
  | { readonly type: 'context'; readonly context: Context }
  | { readonly type: 'task'; readonly id: number; readonly task: Task };

/** What it answers. */
export type FromWorker<Result> =
  | { readonly type: 'result'; readonly id: number; readonly result: Result }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** Tasks that a worker holds at a time: one at work, one waiting, so that it never idles. */
const DEPTH = 2;
/** A task that takes its worker down this often is given up. */
const MAX_DEATHS = 3;

interface Member {
  worker: Worker;
  readonly tasks: Set<number>;
  /** It has answered once: it can start. */
  answered: boolean;
}

/**
 * The built worker entry. Workers run from `dist` even where the caller is TypeScript source (tests): Node 20
 * cannot start a worker from a .ts file.
 */
export function evaluationWorkerUrl(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('hebbridge/evaluation-worker'));
}

/**
 * Worker threads that work through lists of tasks. Results come back in the order of the tasks, whoever did
 * them; a worker that dies is replaced and its tasks are done again.
 */
export class WorkerPool<Context, Task, Result> {
  /** Called when a worker died and was replaced. */
  onReplaced: (reason: string) => void = () => undefined;
  private readonly members: Member[] = [];
  private readonly entry: URL;
  private readonly workerData: unknown;
  private context: Context | undefined;
  private closed = false;
  /** Workers in a row that died before their first answer; the entry itself may be broken. */
  private stillborn = 0;
  private broken: Error | undefined;
  /** Ids go on from run to run, so that a late answer cannot be taken for another task's. */
  private firstId = 0;

  private tasks: readonly Task[] = [];
  private waiting: number[] = [];
  private results: Result[] = [];
  private deaths: number[] = [];
  private outstanding = 0;
  private settle: { resolve: (results: Result[]) => void; reject: (error: Error) => void } | undefined;
  private onResult: (result: Result) => void = () => undefined;

  constructor(entry: URL, workerData: unknown, size: number) {
    this.entry = entry;
    this.workerData = workerData;
    for (let k = 0; k < size; k++) this.members.push(this.hire());
  }

  /** End one worker as if it had died; it is replaced. For tests of what depends on that. */
  terminateOne(): void {
    void this.members[0]?.worker.terminate();
  }

  /** Give all workers, and those that replace them, what the following tasks share. */
  setContext(context: Context): void {
    this.context = context;
    for (const { worker } of this.members) worker.postMessage({ type: 'context', context });
  }

  /** Do all tasks. One call at a time. Rejects with what `onResult` throws, too. */
  run(tasks: readonly Task[], onResult: (result: Result) => void = () => undefined): Promise<Result[]> {
    if (this.settle) throw new Error('WorkerPool: run() while another run is going on');
    if (this.broken) return Promise.reject(this.broken);
    this.firstId += this.tasks.length;
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.onResult = onResult;
      this.tasks = tasks;
      this.results = new Array<Result>(tasks.length);
      this.deaths = new Array<number>(tasks.length).fill(0);
      this.waiting = tasks.map((_, id) => id).reverse();
      this.outstanding = tasks.length;
      if (tasks.length === 0) this.finish();
      for (let round = 0; round < DEPTH; round++) for (const member of this.members) this.feed(member);
    });
  }

  /** End all workers. A run that is going on is rejected. */
  async close(): Promise<void> {
    this.closed = true;
    this.fail(new HebbridgeError('ERR_INTERRUPTED', 'the workers were stopped before they were done'));
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private hire(): Member {
    const worker = new Worker(this.entry, { workerData: this.workerData });
    const member: Member = { worker, tasks: new Set(), answered: false };
    let reason = 'it exited';
    if (this.context !== undefined) worker.postMessage({ type: 'context', context: this.context });
    worker.on('message', (message: FromWorker<Result>) => this.receive(member, message));
    worker.on('error', (error) => (reason = String(error)));
    worker.on('exit', () => this.replace(member, reason));
    return member;
  }

  private feed(member: Member): void {
    if (!this.settle || member.tasks.size >= DEPTH) return;
    const id = this.waiting.pop();
    if (id === undefined) return;
    member.tasks.add(id);
    member.worker.postMessage({ type: 'task', id: this.firstId + id, task: this.tasks[id] });
  }

  private receive(member: Member, message: FromWorker<Result>): void {
    member.answered = true;
    this.stillborn = 0;
    const id = message.id - this.firstId;
    if (!member.tasks.delete(id)) return;
    if (message.type === 'failed') {
      this.fail(new HebbridgeError('ERR_WORKER', `a task failed in its worker: ${message.message}`));
      return;
    }
    this.results[id] = message.result;
    try {
      this.onResult(message.result);
    } catch (error) {
      // Whoever waits for the run hears of it, not the process.
      this.fail(error as Error);
      return;
    }
    this.outstanding--;
    if (this.outstanding === 0) this.finish();
    else this.feed(member);
  }

  private replace(member: Member, reason: string): void {
    if (this.closed) return;
    for (const id of member.tasks) {
      this.deaths[id]!++;
      this.waiting.push(id);
      if (this.deaths[id]! >= MAX_DEATHS) {
        this.fail(
          new HebbridgeError('ERR_WORKER', `a task took ${MAX_DEATHS} workers down; the last: ${reason}`),
        );
      }
    }
    if (!member.answered && ++this.stillborn >= MAX_DEATHS * this.members.length) {
      this.broken = new HebbridgeError('ERR_WORKER', `no worker can start; the last: ${reason}`);
      this.fail(this.broken);
      return;
    }
    this.onReplaced(reason);
    const next = this.hire();
    this.members[this.members.indexOf(member)] = next;
    for (let k = 0; k < DEPTH; k++) this.feed(next);
  }

  private finish(): void {
    const { settle, results } = this;
    this.settle = undefined;
    settle?.resolve(results);
  }

  private fail(error: Error): void {
    const { settle } = this;
    this.settle = undefined;
    this.waiting = [];
    for (const { tasks } of this.members) tasks.clear();
    settle?.reject(error);
  }
}
