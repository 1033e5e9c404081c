import { createHash } from 'node:crypto';
import { littleEndianBytes, type Tensor } from './safetensors.js';

/**
 * SHA-256 (hex) over tensors: for each in the order of their names, a line `name dtype [shape]` as JSON and then
 * its bytes as the file holds them. In Python, with `f` opened by safetensors:
 *
 *     for name in sorted(names):
 *         line = json.dumps([name, "F32", list(f[name].shape)], separators=(",", ":"))
 *         h.update(line.encode() + b"\n" + f[name].tobytes())
 */
export function tensorsDigest(tensors: ReadonlyMap<string, Tensor>): string {
  const hash = createHash('sha256');
  for (const name of [...tensors.keys()].sort()) {
    const tensor = tensors.get(name)!;
    hash.update(`${JSON.stringify([name, tensor.dtype, tensor.shape])}\n`);
    hash.update(littleEndianBytes(tensor));
  }
  return hash.digest('hex');
}

/**
 * SHA-256 (hex) over metadata: its [key, value] pairs, sorted by key, as JSON. JSON because it keeps every text
 * apart, halves of surrogate pairs included, which UTF-8 alone would not.
 */
export function metadataDigest(metadata: ReadonlyMap<string, string>): string {
  const pairs = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex');
}
