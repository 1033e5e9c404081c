import RAPIER from '@dimforge/rapier3d-simd-compat';

export { RAPIER };
export type Rapier = typeof RAPIER;

let ready: Promise<void> | undefined;

/** Load Rapier's WebAssembly module, once a process; await it before the first world is made. */
export function loadRapier(): Promise<void> {
  ready ??= RAPIER.init();
  return ready;
}
