import { observe, type BodyState } from '../../policy/observation.js';
import type { RobotContract } from '../../policy/robot-contract.js';
import type { SafetySettings } from '../supervisor/safety-settings.js';
import type { Transport, Unsubscribe } from '../transport.js';
import { RobotStateReader } from './robot-state-reader.js';
import { StateInput } from './state-input.js';

/** Robot states, from which the observation is made here: hardware, and simulators that look like it. */
export class RobotStateInput extends StateInput {
  private readonly reader: RobotStateReader;

  constructor(contract: RobotContract, settings: SafetySettings) {
    super(contract, settings);
    this.reader = new RobotStateReader(contract);
  }

  get state(): BodyState {
    return this.reader.state;
  }

  get effort(): Float64Array {
    return this.reader.effort;
  }

  listen(transport: Transport, now: () => number, news: () => void): Unsubscribe {
    return transport.subscribe('robotState', (message) => {
      const { stamp, episode } = message;
      if (!this.isNews(stamp, episode, now())) return;
      this.reader.read(message);
      this.accept(stamp, episode, now());
      news();
    });
  }

  observe(referenceHeight: number, goalHeading: number, out: Float32Array): void {
    observe(this.contract, this.reader.state, referenceHeight, goalHeading, out);
  }

  protected get refusal(): string | undefined {
    return this.reader.refusal;
  }

  protected get finite(): boolean {
    return this.reader.finite;
  }
}
