import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { STEP_KINDS, type AllocationFigures, type StepKind } from './control-step-allocation.js';
import { digits, type BenchmarkReport } from './report.js';

/**
 * MiB: a young generation so large that nothing is collected while the steps of an exact measurement are done. The
 * heap then grows by all that they allocate, however short it lives.
 */
const HUGE_YOUNG_GENERATION = 256;

export interface AllocationSettings {
  /** Steps whose heap growth and pauses are measured, with the heap as Node sets it up. */
  readonly steps: number;
  /** Steps all of whose allocations are counted. */
  readonly countedSteps: number;
  readonly warmUpSteps: number;
  /** A bundle's file, and what to call it. */
  readonly bundle: Uint8Array;
  readonly bundleName: string;
}

/** What a control step leaves to the garbage collector, and what that takes. */
export async function benchAllocation(settings: AllocationSettings): Promise<BenchmarkReport> {
  const kinds = [];
  for (const kind of STEP_KINDS) {
    const counted = await countAllocation(kind, settings);
    const long = await measureInProcess(kind, settings.steps, settings, []);
    kinds.push({ kind, bytesPerStep: counted.uncollected / counted.steps, long });
  }
  return {
    name: 'allocation',
    title: `What steps allocate, ${settings.bundleName}`,
    figures: {
      bundle: settings.bundleName,
      kinds: kinds.map(({ kind, bytesPerStep, long }) => ({
        kind,
        bytesPerStep,
        steps: long.steps,
        // A heap that shrank did not grow.
        growth: Math.max(0, long.growth),
        collections: long.collections,
        longestPause: long.longestPause,
      })),
    },
    table: [
      ['', 'bytes a step', 'steps', 'growth, KiB', 'collections', 'longest, ms'],
      ...kinds.map(({ kind, bytesPerStep, long }) => [
        kind,
        digits(bytesPerStep),
        String(long.steps),
        (long.growth / 1024).toFixed(1),
        String(long.collections),
        digits(1000 * long.longestPause),
      ]),
    ],
    remarks: [
      `a control step allocates ${digits(kinds[1]!.bytesPerStep - kinds[0]!.bytesPerStep)} bytes; a number that is ` +
        'put on the heap takes 16',
    ],
  };
}

/** All that steps of a kind allocate. Throws where something was collected meanwhile, for then it is not all. */
export async function countAllocation(
  kind: StepKind,
  settings: Pick<AllocationSettings, 'countedSteps' | 'warmUpSteps' | 'bundle'>,
): Promise<AllocationFigures> {
  const figures = await measureInProcess(kind, settings.countedSteps, settings, [
    `--min-semi-space-size=${HUGE_YOUNG_GENERATION}`,
    `--max-semi-space-size=${HUGE_YOUNG_GENERATION}`,
  ]);
  if (figures.collections > 0) {
    throw new Error(`${kind}: ${figures.collections} garbage collections in ${figures.steps} steps`);
  }
  return figures;
}

async function measureInProcess(
  kind: StepKind,
  steps: number,
  { warmUpSteps, bundle }: Pick<AllocationSettings, 'warmUpSteps' | 'bundle'>,
  flags: readonly string[],
): Promise<AllocationFigures> {
  const root = path.dirname(createRequire(import.meta.url).resolve('hebbridge/package.json'));
  const entry = path.join(root, 'dist/bench/allocation-process.js');
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      // Optimised code is there when it is due, however busy the machine: other code boxes numbers.
      '--no-concurrent-recompilation',
      ...flags,
      entry,
      kind,
      String(warmUpSteps),
      String(steps),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(bundle);
  // The program that was just started prints nothing but its own figures.
  return JSON.parse(await text(child.stdout)) as AllocationFigures;
}
