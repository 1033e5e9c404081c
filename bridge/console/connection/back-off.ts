/** s: waits between attempts to connect; the last one is kept to. */
const WAITS = [0.5, 1, 2, 4, 8] as const;

/** How long to wait before attempt `attempt` (0: the first after a loss), s. */
export function backOff(attempt: number): number {
  return WAITS[Math.min(Math.max(attempt, 0), WAITS.length - 1)]!;
}
