import type { HebbianNetwork } from '../policy/hebbian-network.js';

/** Who may hold the weights of a network still. */
export type FreezeHolder = 'operator' | 'perturbation' | 'health';

/** Plasticity is off while anybody holds it. A new life begins with nobody holding it. */
export class PlasticityGate {
  private readonly network: HebbianNetwork | undefined;
  private current: readonly FreezeHolder[] = [];

  constructor(network: HebbianNetwork | undefined) {
    this.network = network;
  }

  /** Another array whenever it changes. */
  get holders(): readonly FreezeHolder[] {
    return this.current;
  }

  /** Whether the policy has plasticity to hold. */
  get exists(): boolean {
    return this.network !== undefined;
  }

  hold(holder: FreezeHolder): void {
    if (!this.current.includes(holder)) this.current = [...this.current, holder];
    this.network?.freeze();
  }

  release(holder: FreezeHolder): void {
    if (!this.current.includes(holder)) return;
    this.current = this.current.filter((other) => other !== holder);
    if (this.current.length === 0) this.network?.thaw();
  }

  releaseAll(): void {
    this.current = [];
    this.network?.thaw();
  }
}
