import type { Readable } from 'node:stream';

type Terminal = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/**
 * Calls `onKey` for every key as it is typed, where `input` is a terminal; elsewhere there are no keys. Returns
 * what gives the terminal back.
 */
export function listenToKeys(input: Terminal, onKey: (key: string) => void): () => void {
  if (!input.isTTY || !input.setRawMode) return () => undefined;
  const listen = (typed: Buffer | string): void => {
    for (const key of String(typed)) onKey(key);
  };
  input.setRawMode(true);
  input.on('data', listen);
  input.resume();
  return () => {
    input.off('data', listen);
    input.setRawMode?.(false);
    input.pause();
  };
}
