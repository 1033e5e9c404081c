import type * as Ort from 'onnxruntime-node';
import { initialWeightsSchema } from '../bundle/bundle-metadata.js';
import { HebbridgeError } from '../errors.js';
import { drawWeight, type InitialWeights } from '../initial-weights.js';
import { readOnnxMetadata } from '../onnx/onnx-model.js';
import { Random } from '../random.js';

type Shape = readonly [pre: number, post: number];

const LAST_ACTION = 'last_action';

/**
 * What an exported graph takes as `<name>` and gives back as `new_<name>`: its weights `weights_<k>`, drawn anew for
 * each life as `HebbianNetwork` draws them, and with smoothed actions `last_action`, 0 at first. Kept between steps;
 * other models have none.
 */
export class OnnxMemory {
  /** Names of the inputs and outputs that are kept. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** One tensor for each of `inputNames`; replaced at every step. */
  readonly tensors: Ort.Tensor[] = [];
  private readonly random = new Random(0);
  private readonly ort: typeof Ort;
  private readonly shapes: readonly Shape[];
  private readonly initial: InitialWeights;
  private readonly carried: readonly Float32Array[];

  private readonly actionSize: number;

  /** `actionSize`: of the last action; 0 where none is kept. */
  private constructor(
    ort: typeof Ort,
    shapes: readonly Shape[],
    initial: InitialWeights,
    carried: readonly Float32Array[],
    actionSize: number,
  ) {
    this.ort = ort;
    this.shapes = shapes;
    this.initial = initial;
    this.carried = carried;
    this.actionSize = actionSize;
    this.inputNames = [...shapes.map((_, k) => `weights_${k}`), ...(actionSize > 0 ? [LAST_ACTION] : [])];
    this.outputNames = this.inputNames.map((name) => `new_${name}`);
  }

  static async of(
    ort: typeof Ort,
    session: Ort.InferenceSession,
    model: Uint8Array,
    source: string,
    actionSize: number,
  ): Promise<OnnxMemory> {
    const shapes: Shape[] = [];
    for (let k = 0; session.inputNames.includes(`weights_${k}`); k++) {
      const value = session.inputMetadata[session.inputNames.indexOf(`weights_${k}`)]!;
      const [pre, post] = value.isTensor ? value.shape : [];
      if (
        !value.isTensor ||
        value.type !== 'float32' ||
        value.shape.length !== 2 ||
        typeof pre !== 'number' ||
        typeof post !== 'number' ||
        !session.outputNames.includes(`new_weights_${k}`)
      ) {
        throw new HebbridgeError(
          'ERR_MODEL_SHAPE',
          `${source}: input weights_${k} should be float32 of a fixed shape [pre, post], with an output new_weights_${k}`,
        );
      }
      shapes.push([pre, post]);
    }
    const smoothed = smoothedActions(session, source, actionSize);
    if (shapes.length === 0) return new OnnxMemory(ort, [], { kind: 'zeros' }, [], smoothed);
    const initial = initialWeightsOf(model, source);
    const carried = initial.kind === 'carried' ? await readCarriedWeights(ort, session, shapes, source) : [];
    return new OnnxMemory(ort, shapes, initial, carried, smoothed);
  }

  /** What a life begins with. */
  reset(seed: number): void {
    this.random.seed(seed);
    this.shapes.forEach(([pre, post], k) => {
      const weights = new Float32Array(pre * post);
      if (this.initial.kind === 'carried') weights.set(this.carried[k]!);
      else
        for (let n = 0; n < weights.length; n++)
          weights[n] = drawWeight(this.initial, pre, post, this.random);
      this.tensors[k] = new this.ort.Tensor('float32', weights, [pre, post]);
    });
    const { actionSize, ort } = this;
    if (actionSize === 0) return;
    this.tensors[this.shapes.length] = new ort.Tensor('float32', new Float32Array(actionSize), [
      1,
      actionSize,
    ]);
  }
}

/** Size of the last action that is kept; 0: none is. */
function smoothedActions(session: Ort.InferenceSession, source: string, actionSize: number): number {
  const value = session.inputMetadata[session.inputNames.indexOf(LAST_ACTION)];
  if (!value) return 0;
  const good = value.isTensor && value.type === 'float32' && value.shape.join() === `1,${actionSize}`;
  if (good && session.outputNames.includes(`new_${LAST_ACTION}`)) return actionSize;
  throw new HebbridgeError(
    'ERR_MODEL_SHAPE',
    `${source}: input ${LAST_ACTION} should be float32 [1, ${actionSize}], with an output new_${LAST_ACTION}`,
  );
}

function initialWeightsOf(model: Uint8Array, source: string): InitialWeights {
  const text = readOnnxMetadata(model).get('initial_weights');
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = undefined;
  }
  const parsed = initialWeightsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HebbridgeError(
    'ERR_MODEL_FORMAT',
    `${source}: the metadata's initial_weights is ${text ?? 'missing'}, but a model with weights_0 needs it, such as {"kind":"uniform","bound":0.1}`,
  );
}

/** Fetch the graph's constants `initial_weights_<k>`: they depend on no input, so that zeros are fed. */
async function readCarriedWeights(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  shapes: readonly Shape[],
  source: string,
): Promise<readonly Float32Array[]> {
  const names = shapes.map((_, k) => `initial_weights_${k}`);
  const absent = names.find((name) => !session.outputNames.includes(name));
  if (absent !== undefined) {
    throw new HebbridgeError(
      'ERR_MODEL_SHAPE',
      `${source}: carries its initial weights, but has no output ${absent}`,
    );
  }
  const feeds: Record<string, Ort.Tensor> = {};
  session.inputMetadata.forEach(({ name, ...value }) => {
    const shape = 'shape' in value ? value.shape.map((size) => (typeof size === 'number' ? size : 1)) : [];
    feeds[name] = new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  });
  const results = await session.run(feeds, names);
  return names.map((name, k) => {
    const data = results[name]!.data;
    if (data instanceof Float32Array && data.length === shapes[k]![0] * shapes[k]![1]) return data;
    throw new HebbridgeError(
      'ERR_MODEL_SHAPE',
      `${source}: output ${name} should have the shape of weights_${k}`,
    );
  });
}
