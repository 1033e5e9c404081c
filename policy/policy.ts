/**
 * A controller: observation in, action out. What runs on the robot, whatever it is made of.
 *
 * Implementations: {@link HebbianNetwork} (plastic or static), ONNX and TensorFlow.js models.
 */
export interface Policy {
  /** Length of the observation. */
  readonly observationSize: number;
  /** Length of the action. */
  readonly actionSize: number;

  /** Begin a life: everything that the policy remembers is drawn anew from `seed`. */
  reset(seed: number): void;

  /**
   * One control step: read `observation` ([observationSize]), write `action` ([actionSize], each in [-1, 1]).
   * A promise is returned only by policies whose engine is asynchronous; `action` is valid once it resolves.
   */
  act(observation: Float32Array, action: Float32Array): void | Promise<void>;
}

/** A policy that answers at once; what a control loop without allocations needs. */
export interface SynchronousPolicy extends Policy {
  act(observation: Float32Array, action: Float32Array): void;
}
