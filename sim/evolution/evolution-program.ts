import { codeDigest } from '../evaluation/code-digest.js';
import { evaluationWorkerUrl } from '../evaluation/worker-pool.js';
import { RAPIER } from '../rapier.js';

/** What of an evolution runs in the main thread, and what in the workers. */
const PARTS = ['evolution-run.js', 'evolution-work.js'];

/** Everything but its settings that the bits of a run depend on, in words. Rapier has to be loaded. */
export function evolutionProgram(hebbridge: string): string {
  const code = codeDigest(...PARTS.map((name) => new URL(`../evolution/${name}`, evaluationWorkerUrl())));
  return `hebbridge ${hebbridge} (code ${code.slice(0, 12)}, Rapier ${RAPIER.version()})`;
}
