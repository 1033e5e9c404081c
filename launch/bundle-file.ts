import {
  decodeBundle,
  encodeBundle,
  type LoadedBundle,
  type RuleBundle,
} from '../policy/bundle/rule-bundle.js';
import { writeFileAtomically } from '../sim/atomic-file.js';
import { readBytes } from '../sim/files.js';

/** The rule bundle in a file, checked. Throws ERR_FILE_READ and what {@link decodeBundle} throws. */
export function readBundle(path: string): LoadedBundle {
  return decodeBundle(readBytes(path), path);
}

/**
 * Write a rule bundle; the file is whole at every moment. Returns it as it will be read. Throws ERR_FILE_WRITE and
 * what {@link encodeBundle} throws.
 */
export function writeBundle(path: string, bundle: RuleBundle): LoadedBundle {
  const bytes = encodeBundle(bundle);
  writeFileAtomically(path, bytes);
  return decodeBundle(bytes, path);
}
