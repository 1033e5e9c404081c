import { createBodyState, OBSERVATION, OBSERVATION_CLIP, type BodyState } from '../../policy/observation.js';
import { observationSize, type RobotContract } from '../../policy/robot-contract.js';
import type { SafetySettings } from '../supervisor/safety-settings.js';
import type { Transport, Unsubscribe } from '../transport.js';
import { StateInput } from './state-input.js';

/**
 * Observations that a simulator has made already. What the supervisor watches is read back out of them; the
 * observation's clipping (50 rad/s for a joint) and its missing efforts limit what it can see.
 */
export class ObservationInput extends StateInput {
  readonly state: BodyState;
  readonly effort: Float64Array;
  private readonly values: Float32Array;
  private allFinite = false;
  private wrongLength: string | undefined;

  constructor(contract: RobotContract, settings: SafetySettings) {
    super(contract, settings);
    this.state = createBodyState(contract);
    this.effort = new Float64Array(contract.joints.length).fill(NaN);
    this.values = new Float32Array(observationSize(contract));
  }

  listen(transport: Transport, now: () => number, news: () => void): Unsubscribe {
    return transport.subscribe('observation', ({ stamp, episode, values }) => {
      if (!this.isNews(stamp, episode, now())) return;
      this.read(values, stamp + episode);
      this.accept(stamp, episode, now());
      news();
    });
  }

  observe(_referenceHeight: number, _goalHeading: number, out: Float32Array): void {
    // Clipped already by a simulator that does as policy/observation.ts says; the policy must not suffer from others.
    for (let k = 0; k < out.length; k++) {
      const value = this.values[k]!;
      out[k] =
        value > OBSERVATION_CLIP ? OBSERVATION_CLIP : value < -OBSERVATION_CLIP ? -OBSERVATION_CLIP : value;
    }
  }

  protected get refusal(): string | undefined {
    return this.wrongLength;
  }

  protected get finite(): boolean {
    return this.allFinite;
  }

  /** `label`: the sum of the message's other numbers. */
  private read(values: Float32Array, label: number): void {
    this.allFinite = false;
    if (values.length !== this.values.length) {
      this.wrongLength ??= `gives ${values.length} observations; these rules take ${this.values.length}`;
      return;
    }
    this.wrongLength = undefined;
    this.values.set(values);
    // A sum is finite only if all its terms are.
    let sum = label;
    for (let k = 0; k < values.length; k++) sum += values[k]!;
    this.allFinite = Number.isFinite(sum);
    if (this.allFinite) this.readBack();
  }

  /** The inverse of `observe` (policy/observation.ts), as far as there is one. */
  private readBack(): void {
    const { state, values, contract } = this;
    state.height = values[OBSERVATION.height]!;
    for (let k = 0; k < 3; k++) state.linearVelocity[k] = values[OBSERVATION.velocity + k]! / 0.3;
    const roll = values[OBSERVATION.roll]! / 2;
    const pitch = values[OBSERVATION.pitch]! / 2;
    state.orientation[0] = Math.sin(roll) * Math.cos(pitch);
    state.orientation[1] = Math.cos(roll) * Math.sin(pitch);
    state.orientation[2] = -Math.sin(roll) * Math.sin(pitch);
    state.orientation[3] = Math.cos(roll) * Math.cos(pitch);
    for (let j = 0; j < contract.joints.length; j++) {
      const { lower, upper } = contract.joints[j]!;
      const scaled = values[OBSERVATION.joints + 2 * j]!;
      state.jointPosition[j] = (scaled * (upper - lower) + lower + upper) / 2;
      state.jointVelocity[j] = values[OBSERVATION.joints + 2 * j + 1]! / 0.1;
    }
  }
}
