import type * as Ort from 'onnxruntime-node';
import { HebbridgeError } from '../errors.js';
import type { Policy } from '../policy.js';
import {
  checkModelShape,
  checkModelType,
  modelError,
  writeModelAction,
  type ModelPolicyOptions,
} from './model-policy.js';
import { OnnxMemory } from './onnx-memory.js';
import { importEngine } from './optional-engine.js';

interface Parts {
  readonly ort: typeof Ort;
  readonly session: Ort.InferenceSession;
  readonly observation: { readonly name: string; readonly shape: readonly number[] };
  readonly actionName: string;
  readonly memory: OnnxMemory;
  readonly options: ModelPolicyOptions;
}

/**
 * An ONNX model as a controller, run by onnxruntime-node (an optional peer) in one thread on the CPU.
 *
 * The model takes a float32 observation [1, n] or [n], named `observation` if there are other inputs, and gives
 * a float32 action, named `action` if there are other outputs; actions are clipped to [-1, 1]. Graphs of
 * `exportOnnx` run as they are: their weights are kept between steps and drawn from the seed at `reset`.
 */
export class OnnxPolicy implements Policy {
  readonly observationSize: number;
  readonly actionSize: number;
  private readonly source: string;
  private readonly parts: Omit<Parts, 'options'>;
  private queue: Promise<unknown> = Promise.resolve();
  private life = 0;

  private constructor({ options, ...parts }: Parts) {
    this.parts = parts;
    this.source = options.source;
    this.observationSize = options.observationSize;
    this.actionSize = options.actionSize;
  }

  /**
   * @param model the bytes of an `.onnx` file
   * @throws HebbridgeError ERR_ENGINE_MISSING without onnxruntime-node, ERR_MODEL_FORMAT for bytes that are no
   *   ONNX model, ERR_MODEL_SHAPE for a model with other inputs or outputs, ERR_MODEL_RUN if it fails on zeros
   */
  static async load(model: Uint8Array, options: ModelPolicyOptions): Promise<OnnxPolicy> {
    const { observationSize, actionSize, source } = options;
    const ort = (await importEngine('onnxruntime-node')) as typeof Ort;
    let session: Ort.InferenceSession;
    try {
      session = await ort.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        executionMode: 'sequential',
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        // Errors come as exceptions; nothing else is to be printed.
        logSeverityLevel: 4,
      });
    } catch (error) {
      throw modelError('ERR_MODEL_FORMAT', source, 'not an ONNX model that onnxruntime can run', error);
    }
    const memory = await OnnxMemory.of(ort, session, model, source, actionSize);
    const input = only('input', 'observation', session.inputMetadata, memory.inputNames, source);
    checkValue(`input ${input.name}`, input, observationSize, source);
    const output = only('output', 'action', session.outputMetadata, memory.outputNames, source);
    checkValue(`output ${output.name}`, output, actionSize, source);
    const shape = input.isTensor && input.shape.length === 1 ? [observationSize] : [1, observationSize];

    const policy = new OnnxPolicy({
      ort,
      session,
      observation: { name: input.name, shape },
      actionName: output.name,
      memory,
      options,
    });
    policy.reset(0);
    // What the model leaves open in its shapes shows when it runs.
    await policy.act(new Float32Array(observationSize), new Float32Array(actionSize));
    policy.reset(0);
    return policy;
  }

  reset(seed: number): void {
    this.life++;
    this.parts.memory.reset(seed);
  }

  /** Steps that are asked for before the last one has answered are answered in order. */
  act(observation: Float32Array, action: Float32Array): Promise<void> {
    // The engine reads its input later: the caller may have changed `observation` by then.
    const copy = Float32Array.from(observation);
    const step = this.queue.then(() => this.step(copy, action));
    this.queue = step.catch(() => undefined);
    return step;
  }

  /** Give back the memory that the garbage collector does not see. */
  async dispose(): Promise<void> {
    await this.parts.session.release();
  }

  private async step(observation: Float32Array, action: Float32Array): Promise<void> {
    const { ort, session, actionName, memory } = this.parts;
    const life = this.life;
    const feeds: Record<string, Ort.Tensor> = {};
    try {
      feeds[this.parts.observation.name] = new ort.Tensor(
        'float32',
        observation,
        this.parts.observation.shape,
      );
      memory.inputNames.forEach((name, k) => (feeds[name] = memory.tensors[k]!));
      const results = await session.run(feeds, [actionName, ...memory.outputNames]);
      writeModelAction(results[actionName]!.data as Float32Array, action, this.source);
      // A life that was begun meanwhile has its own memory.
      if (life !== this.life) return;
      memory.outputNames.forEach((name, k) => (memory.tensors[k] = results[name]!));
    } catch (error) {
      throw modelError('ERR_MODEL_RUN', this.source, 'the model failed', error);
    }
  }
}

/** The one value that is not kept between steps, or the one with the expected name. */
function only(
  what: 'input' | 'output',
  expected: string,
  values: readonly Ort.InferenceSession.ValueMetadata[],
  memoryNames: readonly string[],
  source: string,
): Ort.InferenceSession.ValueMetadata {
  const candidates = values.filter(({ name }) => !memoryNames.includes(name));
  const found = candidates.length === 1 ? candidates[0] : candidates.find(({ name }) => name === expected);
  // An input that nobody feeds cannot run; outputs that nobody reads do no harm.
  if (found && (what === 'output' || candidates.length === 1)) return found;
  throw new HebbridgeError(
    'ERR_MODEL_SHAPE',
    `${source}: ${what}s ${values.map(({ name }) => name).join(', ') || 'none'}; should be one, ${expected}`,
  );
}

function checkValue(
  what: string,
  value: Ort.InferenceSession.ValueMetadata,
  size: number,
  source: string,
): void {
  checkModelType(what, value.isTensor ? value.type : 'no tensor', source);
  // A shape of no dimensions is what a model says that leaves its shape open.
  if (value.isTensor && value.shape.length > 0) checkModelShape(what, value.shape, size, source);
}
