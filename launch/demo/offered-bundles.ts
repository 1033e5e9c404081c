import path from 'node:path';
import { decodeBundle, requireSameContract, type LoadedBundle } from '../../policy/bundle/rule-bundle.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { readBytes } from '../../sim/files.js';

/** A rule bundle that the demo may run, checked. */
export interface OfferedBundle {
  /** By which operators choose it. They never see, nor give, a path. */
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly bundle: LoadedBundle;
}

/** What a name may be long in a request. */
const LONGEST_NAME = 64;

/** At least one: what the demo begins with, first. */
export type OfferedBundles = readonly [OfferedBundle, ...OfferedBundle[]];

/**
 * The bundle in `first` and those in `others`, each file once, by the names of the files; where a name is taken, with a
 * number behind it.
 *
 * @throws HebbridgeError ERR_FILE_READ, what a bundle is refused for, and ERR_BUNDLE_ROBOT for another robot's
 */
export function offerBundles(first: string, others: readonly string[]): OfferedBundles {
  const offered: [OfferedBundle, ...OfferedBundle[]] = [offer(first, [])];
  const known = new Set([path.resolve(first)]);
  for (const file of others) {
    const place = path.resolve(file);
    if (known.has(place)) continue;
    known.add(place);
    offered.push(offer(file, offered));
  }
  return offered;
}

function offer(file: string, others: readonly OfferedBundle[]): OfferedBundle {
  const bytes = readBytes(file);
  const bundle = decodeBundle(bytes, file);
  requireSameContract(bundle, ANT_CONTRACT);
  return { name: nameOf(file, others), file, bytes, bundle };
}

function nameOf(file: string, others: readonly OfferedBundle[]): string {
  const plain = path.basename(file).replace(/\.safetensors$/, '');
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : ` (${count})`;
    const name = plain.slice(0, LONGEST_NAME - suffix.length) + suffix;
    if (!others.some((other) => other.name === name)) return name;
  }
}
