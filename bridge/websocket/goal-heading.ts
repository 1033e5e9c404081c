import type { Transport } from '../transport.js';

/** Requests whose answers are waited for at most. */
const MOST_ASKED = 64;

/** The goal's heading as it was last granted, whoever asked for it over this transport. */
export class GoalHeading {
  private heading: number;
  private readonly asked = new Map<string, number>();

  /**
   * @param heading rad from +x towards +y, before anybody asked for another
   * @param onChange hears of another one
   */
  constructor(subscribe: Transport['subscribe'], heading: number, onChange: (heading: number) => void) {
    this.heading = heading;
    subscribe('operatorRequest', (request) => this.hear(request));
    subscribe('acknowledgement', ({ id, from, accepted }) => {
      const asked = this.asked.get(id);
      if (asked === undefined || from !== 'controller') return;
      this.asked.delete(id);
      if (!accepted || asked === this.heading) return;
      this.heading = asked;
      onChange(asked);
    });
  }

  get value(): number {
    return this.heading;
  }

  /** Whatever its type says: a request comes from outside and is not parsed yet. */
  private hear(request: unknown): void {
    if (typeof request !== 'object' || request === null || !('heading' in request) || !('id' in request))
      return;
    const { id, heading } = request;
    if (typeof id !== 'string' || typeof heading !== 'number') return;
    this.asked.set(id, heading);
    const [oldest] = this.asked.keys();
    if (oldest !== undefined && this.asked.size > MOST_ASKED) this.asked.delete(oldest);
  }
}
