import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { HebbridgeError } from '../policy/errors.js';
import type { ModelPolicyOptions } from '../policy/model/model-policy.js';
import { OnnxPolicy } from '../policy/model/onnx-policy.js';
import { TensorflowPolicy, type TensorflowModel } from '../policy/model/tensorflow-policy.js';

/** A model that a user brought, read from disk and not yet handed to an engine. */
export type ModelFile =
  | { readonly kind: 'onnx'; readonly bytes: Uint8Array; readonly source: string }
  | { readonly kind: 'tensorflow'; readonly model: TensorflowModel; readonly source: string };

/**
 * Read a static model: an `.onnx` file, or a TensorFlow.js `model.json` (or the folder that holds it) together
 * with the weight files that it names, which must lie beside it or below.
 *
 * @throws HebbridgeError ERR_FILE_READ, or ERR_MODEL_FORMAT for a file that is neither
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  if (path.endsWith('.onnx')) return { kind: 'onnx', bytes: await read(path), source: path };
  const file = (await isFolder(path)) ? join(path, 'model.json') : path;
  if (file.endsWith('.json')) {
    return { kind: 'tensorflow', model: await readTensorflowModel(file), source: file };
  }
  throw new HebbridgeError(
    'ERR_MODEL_FORMAT',
    `${path}: a model is an .onnx file, or the model.json of TensorFlow.js`,
  );
}

/** Read a model and hand it to its engine. Errors are those of {@link readModelFile} and of the policies' `load`. */
export async function loadModelPolicy(
  path: string,
  sizes: Omit<ModelPolicyOptions, 'source'>,
): Promise<OnnxPolicy | TensorflowPolicy> {
  const file = await readModelFile(path);
  const options = { ...sizes, source: file.source };
  return file.kind === 'onnx'
    ? OnnxPolicy.load(file.bytes, options)
    : TensorflowPolicy.load(file.model, options);
}

const record = z.record(z.string(), z.unknown());

const MODEL_JSON = z.object({
  // Converters of before 2019 leave it out; they wrote layers models only.
  format: z.enum(['layers-model', 'graph-model']).default('layers-model'),
  modelTopology: record,
  weightsManifest: z.array(z.object({ paths: z.array(z.string().min(1)), weights: z.array(record) })),
  signature: record.nullish(),
});

async function readTensorflowModel(file: string): Promise<TensorflowModel> {
  const { format, modelTopology, weightsManifest, signature } = parseModelJson(await read(file), file);
  const weightFiles: Uint8Array[] = [];
  for (const path of weightsManifest.flatMap((group) => group.paths)) {
    weightFiles.push(await read(join(dirname(file), inside(path, file))));
  }
  return {
    format,
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: joined(weightFiles),
    signature: signature ?? undefined,
  };
}

function parseModelJson(bytes: Uint8Array, file: string): z.infer<typeof MODEL_JSON> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new HebbridgeError('ERR_MODEL_FORMAT', `${file}: not JSON: ${String(error)}`, { cause: error });
  }
  const parsed = MODEL_JSON.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HebbridgeError(
    'ERR_MODEL_FORMAT',
    `${file}: not the model.json of a TensorFlow.js model: ${z.prettifyError(parsed.error)}`,
  );
}

/** A weight file is not taken from elsewhere on the machine. */
function inside(path: string, file: string): string {
  const relative = normalize(path);
  if (!isAbsolute(relative) && relative !== '..' && !relative.startsWith(`..${sep}`)) return relative;
  throw new HebbridgeError(
    'ERR_MODEL_FORMAT',
    `${file}: weight file ${JSON.stringify(path)} should lie beside ${basename(file)} or below`,
  );
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new HebbridgeError('ERR_FILE_READ', `${path}: cannot be read: ${String(error)}`, { cause: error });
  }
}
