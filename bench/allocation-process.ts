import { readFileSync } from 'node:fs';
import { measureAllocation, STEP_KINDS } from './control-step-allocation.js';

/*
 * A process that measures one kind of step and prints its figures as JSON, with nothing else on its heap.
 * Arguments: kind, steps to warm up, steps to measure; the bundle comes by standard input.
 */

const [kindText, warmUpSteps, steps] = process.argv.slice(2);
const kind = STEP_KINDS.find((candidate) => candidate === kindText);
const { gc } = globalThis;
if (kind === undefined || gc === undefined) {
  throw new Error(`run it with --expose-gc, for one of: ${STEP_KINDS.join(', ')}`);
}
const figures = await measureAllocation(kind, new Uint8Array(readFileSync(0)), {
  warmUpSteps: Number(warmUpSteps),
  steps: Number(steps),
  collectGarbage: () => {
    gc();
  },
});
process.stdout.write(JSON.stringify(figures));
