import { Worker } from 'node:worker_threads';

/*
 * Node's timers count in whole ms. A thread of its own can sleep on a futex instead, to the microsecond, and
 * wake the event loop by a message when the time has come.
 */

/** Source as text: a file would have to be built before the tests that run from TypeScript could start it. */
const SOURCE = `
const { parentPort, workerData: { request, target } } = require('node:worker_threads');
let seen = 0;
for (;;) {
  // Until there is a request that was not seen yet.
  Atomics.wait(request, 0, seen);
  for (;;) {
    seen = Atomics.load(request, 0);
    const left = target[0] - Number(process.hrtime.bigint()) / 1e6;
    if (!(left > 0)) break;
    Atomics.wait(request, 0, seen, left);
  }
  parentPort.postMessage(null);
}
`;

export interface WakeUpEvents {
  /** The thread is up: from now on it hears what it is asked. */
  readonly onReady: () => void;
  /** A time that was asked for has come; or, rarely, one that was asked for before it. */
  readonly onWake: () => void;
  /** The thread is no more, or never was. Called once, close() included. */
  readonly onEnd: () => void;
}

/** A thread that sleeps until a time and then wakes the event loop. Once it is up, it does not keep the process alive. */
export class WakeUpThread {
  private readonly worker: Worker;
  private readonly request = new Int32Array(new SharedArrayBuffer(4));
  private readonly target = new Float64Array(new SharedArrayBuffer(8));
  private readonly origin = originOfThread();

  /** Throws what `new Worker` throws, where a process may have no threads. */
  constructor({ onReady, onWake, onEnd }: WakeUpEvents) {
    this.worker = new Worker(SOURCE, {
      eval: true,
      name: 'clock',
      execArgv: [],
      workerData: { request: this.request, target: this.target },
    });
    this.worker.once('online', () => {
      this.worker.unref();
      onReady();
    });
    this.worker.on('message', onWake);
    this.worker.once('exit', onEnd);
    // An exit follows; without a listener it would end the process.
    this.worker.on('error', () => undefined);
  }

  /** Wake up at `time`, ms by `performance.now`; takes the place of what was asked before. Allocates nothing. */
  wakeAt(time: number): void {
    this.target[0] = time + this.origin;
    Atomics.add(this.request, 0, 1);
    Atomics.notify(this.request, 0);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

/**
 * ms by `process.hrtime`, which is the same in every thread, minus ms by `performance.now`, which is not. The two
 * cannot be read at once: of some readings, the one counts that was disturbed least.
 */
function originOfThread(): number {
  let origin = 0;
  let least = Infinity;
  for (let k = 0; k < 20; k++) {
    const before = performance.now();
    const absolute = Number(process.hrtime.bigint()) / 1e6;
    const after = performance.now();
    if (after - before >= least) continue;
    least = after - before;
    origin = absolute - (before + after) / 2;
  }
  return origin;
}
