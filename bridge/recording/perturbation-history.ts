import { MESSAGE_SCHEMAS } from '../transport/message-schemas.js';
import type { RecordedEvent } from './read-recording.js';

export interface PerturbationNote {
  readonly id: string;
  /** Component, target, type and value, as they are typed. */
  readonly text: string;
  /** s since the recording began. */
  readonly time: number;
}

/** What perturbed a recorded controller, as its own status tells it. */
export class PerturbationHistory {
  private readonly found: PerturbationNote[] = [];
  private active: ReadonlySet<string> = new Set();

  get notes(): readonly PerturbationNote[] {
    return this.found;
  }

  /** `began`: s on the controller's clock. */
  take({ children }: RecordedEvent, began: number): void {
    for (const child of children) {
      if (child.kind === 'event') this.take(child, began);
      else if (child.topic === 'status') this.read(child.text, child.time - began);
    }
  }

  private read(text: string, time: number): void {
    const { activePerturbations } = MESSAGE_SCHEMAS.status.shape;
    const parsed = activePerturbations.safeParse(
      (JSON.parse(text) as { activePerturbations?: unknown }).activePerturbations,
    );
    if (!parsed.success) return;
    for (const { id, component, target, type, value } of parsed.data) {
      if (this.active.has(id)) continue;
      const what = [component, ...(target === undefined ? [] : [target]), type].join(':');
      this.found.push({ id, text: value === undefined ? what : `${what}=${value}`, time });
    }
    this.active = new Set(parsed.data.map(({ id }) => id));
  }
}
