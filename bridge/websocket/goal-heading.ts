import type { Transport } from '../transport.js';

/** The goal's heading as the controller told it last, whoever set it and over whatever. */
export class GoalHeading {
  private heading: number;

  /**
   * @param heading rad from +x towards +y, before the controller told
   * @param onChange hears of another one
   */
  constructor(subscribe: Transport['subscribe'], heading: number, onChange: (heading: number) => void) {
    this.heading = heading;
    subscribe('status', ({ goalHeading }) => {
      if (goalHeading === this.heading) return;
      this.heading = goalHeading;
      onChange(goalHeading);
    });
  }

  get value(): number {
    return this.heading;
  }
}
