import { HebbridgeError } from '../errors.js';

/** What a model that a user brings has to fit. */
export interface ModelPolicyOptions {
  /** Length of the observation. */
  readonly observationSize: number;
  /** Length of the action. */
  readonly actionSize: number;
  /** Where the model came from, for messages. */
  readonly source: string;
}

/** A dimension that the model leaves open is `null`, or has a name. */
export type ModelShape = readonly (number | string | null)[];

/**
 * Check that `shape` is [size] or [1, size], where the model may leave dimensions open.
 *
 * @throws HebbridgeError ERR_MODEL_SHAPE
 */
export function checkModelShape(what: string, shape: ModelShape, size: number, source: string): void {
  const open = (dimension: number | string | null | undefined): boolean =>
    typeof dimension !== 'number' || dimension < 0;
  const last = shape[shape.length - 1];
  const batchFits = shape.length === 1 || (shape.length === 2 && (open(shape[0]) || shape[0] === 1));
  if (batchFits && (open(last) || last === size)) return;
  throw new HebbridgeError(
    'ERR_MODEL_SHAPE',
    `${source}: ${what} has shape [${shape.map((d) => d ?? '?').join(', ')}], should be [1, ${size}] or [${size}]`,
  );
}

/** @throws HebbridgeError ERR_MODEL_SHAPE unless `type` is float32 */
export function checkModelType(what: string, type: string, source: string): void {
  if (type === 'float32') return;
  throw new HebbridgeError('ERR_MODEL_SHAPE', `${source}: ${what} is of type ${type}, should be float32`);
}

/**
 * Copy a model's output into `action`, clipped to [-1, 1]: a model need not end in tanh. NaN passes through:
 * whoever acts on an action checks that it is finite.
 *
 * @throws HebbridgeError ERR_MODEL_SHAPE if the model answered with another number of values
 */
export function writeModelAction(output: ArrayLike<number>, action: Float32Array, source: string): void {
  if (output.length !== action.length) {
    throw new HebbridgeError(
      'ERR_MODEL_SHAPE',
      `${source}: the model answered with ${output.length} numbers, the action has ${action.length}`,
    );
  }
  for (let j = 0; j < action.length; j++) action[j] = Math.max(-1, Math.min(1, output[j]!));
}

/** `error` as the cause of an error with a code; one that has a code stays as it is. */
export function modelError(
  code: 'ERR_MODEL_FORMAT' | 'ERR_MODEL_RUN',
  source: string,
  what: string,
  error: unknown,
): HebbridgeError {
  if (error instanceof HebbridgeError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new HebbridgeError(code, `${source}: ${what}: ${reason}`, { cause: error });
}
