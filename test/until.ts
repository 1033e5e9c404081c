import { vi } from 'vitest';

/** Wait until `check` throws no more, for 20 s: as long as it takes on a machine that has much else to do. */
export function until<T>(check: () => T | Promise<T>, timeout = 20_000): Promise<T> {
  return vi.waitFor(check, { timeout, interval: 10 });
}
