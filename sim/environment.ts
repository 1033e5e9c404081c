/** What a control step led to. The same object is filled again at every step. */
export interface StepResult {
  reward: number;
  /** The episode ended by what happened in it (the robot fell). */
  terminated: boolean;
  /** The episode ended by its length. */
  truncated: boolean;
}

/**
 * A world in which a policy acts: the Ant in Rapier, and trivial ones that test the learner.
 * Same seed, same actions: same bits.
 */
export interface Environment {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Seconds that a control step takes. */
  readonly controlPeriod: number;
  /** [observationSize], of the state after the last `reset` or `step`; rewritten in place. */
  readonly observation: Float32Array;

  /** Begin an episode; everything random in it follows from `seed`. */
  reset(seed: number): void;

  /** Act for one control period. `action` is [actionSize], each in [-1, 1]. Allocates nothing. */
  step(action: Float32Array): StepResult;

  /** Give back what the garbage collector does not see (WebAssembly memory). */
  dispose(): void;
}
