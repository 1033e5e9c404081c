/** When a broker or a server that went away is asked again. */
export interface ReconnectSettings {
  /** s before the first attempt. */
  readonly first: number;
  /** s that the delay grows to. */
  readonly longest: number;
}

export const DEFAULT_RECONNECT: ReconnectSettings = { first: 0.5, longest: 30 };

/**
 * s before the attempt that follows `failures` failed ones: doubled each time, and somewhere between half of it and
 * the whole, so that not all robots of a hall come back in the same moment.
 *
 * @param random in [0, 1)
 */
export function reconnectDelay(
  failures: number,
  random: number,
  { first, longest }: ReconnectSettings,
): number {
  return Math.min(longest, first * 2 ** failures) * (0.5 + 0.5 * random);
}
