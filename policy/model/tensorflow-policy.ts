import type * as Tensorflow from '@tensorflow/tfjs';
import { HebbridgeError } from '../errors.js';
import type { SynchronousPolicy } from '../policy.js';
import {
  checkModelShape,
  checkModelType,
  modelError,
  writeModelAction,
  type ModelPolicyOptions,
} from './model-policy.js';
import { tensorflowEngine, type TensorflowEngine } from './tensorflow-engine.js';

/** A TensorFlow.js model in memory: the parts of `model.json` and the bytes of its weight files, joined. */
export interface TensorflowModel {
  readonly format: 'layers-model' | 'graph-model';
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly Readonly<Record<string, unknown>>[];
  readonly weightData: ArrayBuffer;
  /** Names of inputs and outputs, of graph models. */
  readonly signature?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A TensorFlow.js LayersModel or GraphModel as a controller: one float32 input [batch, n], one float32 output
 * [batch, m]; actions are clipped to [-1, 1]. Answers at once. The engine and its backend are one for the
 * process.
 */
export class TensorflowPolicy implements SynchronousPolicy {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Which TensorFlow.js runs the model. */
  readonly engineName: 'tfjs-node' | 'tfjs-wasm';

  private readonly tf: typeof Tensorflow;
  private readonly model: Tensorflow.LayersModel | Tensorflow.GraphModel;
  private readonly inputShape: [number] | [number, number];
  private readonly source: string;

  private constructor(
    engine: TensorflowEngine,
    model: Tensorflow.LayersModel | Tensorflow.GraphModel,
    inputShape: [number] | [number, number],
    options: ModelPolicyOptions,
  ) {
    this.tf = engine.tf;
    this.model = model;
    this.inputShape = inputShape;
    this.source = options.source;
    this.observationSize = options.observationSize;
    this.actionSize = options.actionSize;
    this.engineName = engine.name;
  }

  /**
   * @throws HebbridgeError ERR_ENGINE_MISSING without TensorFlow.js, ERR_MODEL_FORMAT for a model that it cannot
   *   load, ERR_MODEL_SHAPE for a model with other inputs or outputs, ERR_MODEL_RUN if it fails on zeros
   */
  static async load(artifacts: TensorflowModel, options: ModelPolicyOptions): Promise<TensorflowPolicy> {
    const { observationSize, actionSize, source } = options;
    const engine = await tensorflowEngine();
    const model = await loadModel(engine.tf, artifacts, source);
    const input = only('input', model.inputs, source);
    const output = only('output', model.outputs, source);
    checkModelType(`input ${input.name}`, input.dtype ?? 'unknown', source);
    // Graph models may leave a shape out altogether.
    if (input.shape) checkModelShape(`input ${input.name}`, input.shape, observationSize, source);
    if (output.shape) checkModelShape(`output ${output.name}`, output.shape, actionSize, source);
    const shape: [number] | [number, number] =
      input.shape?.length === 1 ? [observationSize] : [1, observationSize];

    const policy = new TensorflowPolicy(engine, model, shape, options);
    policy.reset();
    policy.act(new Float32Array(observationSize), new Float32Array(actionSize));
    policy.reset();
    return policy;
  }

  /** Such a model draws nothing; the state of recurrent layers begins anew. */
  reset(): void {
    if ('resetStates' in this.model) this.model.resetStates();
  }

  act(observation: Float32Array, action: Float32Array): void {
    const { tf } = this;
    try {
      const values = tf.tidy(() => {
        const output = this.model.predict(tf.tensor(observation, this.inputShape, 'float32'));
        return (output as Tensorflow.Tensor).dataSync();
      });
      writeModelAction(values, action, this.source);
    } catch (error) {
      throw modelError('ERR_MODEL_RUN', this.source, 'the model failed', error);
    }
  }

  /** Give back the memory that the garbage collector does not see. */
  dispose(): void {
    this.model.dispose();
  }
}

async function loadModel(
  tf: typeof Tensorflow,
  artifacts: TensorflowModel,
  source: string,
): Promise<Tensorflow.LayersModel | Tensorflow.GraphModel> {
  const handler = tf.io.fromMemory(artifacts);
  try {
    return artifacts.format === 'layers-model'
      ? await tf.loadLayersModel(handler)
      : await tf.loadGraphModel(handler);
  } catch (error) {
    throw modelError('ERR_MODEL_FORMAT', source, 'not a model that TensorFlow.js can load', error);
  }
}

interface ModelValue {
  readonly name: string;
  readonly dtype?: string;
  readonly shape?: readonly (number | null)[];
}

function only(what: 'input' | 'output', values: readonly ModelValue[], source: string): ModelValue {
  if (values.length === 1) return values[0]!;
  throw new HebbridgeError(
    'ERR_MODEL_SHAPE',
    `${source}: ${what}s ${values.map(({ name }) => name).join(', ') || 'none'}; should be one`,
  );
}
