/** Seconds, from any beginning. Passed in, so that nothing here reads a clock of its own. */
export interface Clocks {
  /** Processor time of this process: what work costs a core, whoever else uses the machine. */
  readonly cpu: () => number;
  /** Time on the wall; far above the processor time where the machine is loaded. */
  readonly wall: () => number;
}

/** One of several ways to do the same work. */
export interface Contender {
  readonly name: string;
  /** Before each round, not timed. */
  readonly prepare?: (round: number) => void;
  /** A round of work; returns how many operations it did. */
  readonly run: (round: number) => number | Promise<number>;
}

/** What an operation of one contender costs, over the rounds. */
export interface Timing {
  readonly name: string;
  /** Processor time of an operation, us: median, and the quartiles around it. */
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  /** Time on the wall of an operation, us, median. */
  readonly wall: number;
  /** Operations a second of processor time, by the median. */
  readonly perSecond: number;
  /** Median over the rounds of its cost divided by that of the first contender in the same round. */
  readonly ratio: number;
}

export interface TimingSettings {
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly clocks: Clocks;
}

/**
 * Time all contenders in turn, round after round, so that what else the machine does meets them alike.
 * The first contender is what the others are compared with.
 */
export async function timeInterleaved(
  contenders: readonly Contender[],
  { rounds, warmUpRounds, clocks }: TimingSettings,
): Promise<Timing[]> {
  const cpu: number[][] = contenders.map(() => []);
  const wall: number[][] = contenders.map(() => []);
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const [c, contender] of contenders.entries()) {
      contender.prepare?.(round);
      const wallBefore = clocks.wall();
      const cpuBefore = clocks.cpu();
      const operations = await contender.run(round);
      const cpuCost = (clocks.cpu() - cpuBefore) / operations;
      const wallCost = (clocks.wall() - wallBefore) / operations;
      if (round < 0) continue;
      cpu[c]!.push(1e6 * cpuCost);
      wall[c]!.push(1e6 * wallCost);
    }
  }
  return contenders.map(({ name }, c) => ({
    name,
    median: quantile(cpu[c]!, 0.5),
    lowerQuartile: quantile(cpu[c]!, 0.25),
    upperQuartile: quantile(cpu[c]!, 0.75),
    wall: quantile(wall[c]!, 0.5),
    perSecond: 1e6 / quantile(cpu[c]!, 0.5),
    ratio: quantile(
      cpu[c]!.map((cost, round) => cost / cpu[0]![round]!),
      0.5,
    ),
  }));
}

/** Quantile of `values` (not empty), linear between the two nearest. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
