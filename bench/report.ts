import type { Timing } from './timing.js';

/** What a benchmark found: figures for programs, rows of cells (the first one the heading) for people. */
export interface BenchmarkReport {
  readonly name: string;
  readonly title: string;
  readonly figures: unknown;
  readonly table: readonly (readonly string[])[];
  /** What the table says, in sentences. */
  readonly remarks: readonly string[];
}

/** Heading of {@link timingCells}. */
export const TIMING_HEADING = ['us', 'quartiles', 'us wall', 'per s and core'] as const;

export function timingCells({
  median,
  lowerQuartile,
  upperQuartile,
  wall,
  perSecond,
}: Timing): readonly string[] {
  return [
    digits(median),
    `${digits(lowerQuartile)}-${digits(upperQuartile)}`,
    digits(wall),
    String(Math.round(perSecond)),
  ];
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  if (Math.abs(value) >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** Rows of cells as a Markdown table, as it stands in docs/; the first column to the left. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(3, ...rows.map((row) => row[k]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join(' | ')} |`;
  const rule = widths.map((width, k) => (k === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(rows[0] ?? []), `| ${rule.join(' | ')} |`, ...rows.slice(1).map(line)].join('\n');
}
