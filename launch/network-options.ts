import type { z } from 'zod';
import { initialWeightsSchema, weightBoundingSchema } from '../policy/bundle/bundle-metadata.js';
import type { InitialWeights } from '../policy/initial-weights.js';
import type { WeightBounding } from '../policy/weight-bounding.js';
import { usageError } from './options.js';

/** `28-128-64-8`: neurons of each layer. */
export function parseLayerSizes(text: string, name: string): readonly number[] {
  const sizes = text.split('-').map(Number);
  if (!/^\d+(-\d+)+$/.test(text) || sizes.some((size) => size < 1 || size > 16384)) {
    throw usageError(name, text, 'a list of layer sizes', 'sizes from 1 to 16384 like 28-128-64-8');
  }
  return sizes;
}

/** `decay:0.02`: what bounds the weights, and its parameter. */
export function parseBounding(text: string, name: string): WeightBounding {
  const parameters = { none: [], decay: ['rate'], oja: ['rate'], largest: ['gain'], norm: ['limit'] };
  return parseKind(
    text,
    name,
    weightBoundingSchema,
    parameters,
    'none, decay:0.02, oja:0.02, largest:1 or norm:2',
  );
}

/** `uniform:0.1`: where a life's first weights come from, and its parameters. */
export function parseInitialWeights(text: string, name: string): InitialWeights {
  const parameters = {
    uniform: ['bound'],
    normal: ['sd'],
    sparse: ['sparsity', 'sd'],
    zeros: [],
    ones: [],
    'xavier-uniform': [],
    'kaiming-uniform': [],
    carried: [],
  };
  const instead =
    'uniform:0.1, normal:0.1, sparse:0.5:0.1, zeros, ones, xavier-uniform, kaiming-uniform or carried';
  return parseKind(text, name, initialWeightsSchema, parameters, instead);
}

/** `kind:number:...` as an object of `kind` and its named parameters. */
function parseKind<Schema extends z.ZodType>(
  text: string,
  name: string,
  schema: Schema,
  parameters: Readonly<Record<string, readonly string[]>>,
  instead: string,
): z.infer<Schema> {
  const [kind = '', ...numbers] = text.split(':');
  const names = Object.hasOwn(parameters, kind) ? parameters[kind]! : undefined;
  const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
  if (names?.length !== numbers.length || !numbers.every((number) => decimal.test(number))) {
    throw usageError(name, text, 'known', instead);
  }
  const values = names.map((parameter, k): [string, number] => [parameter, Number(numbers[k])]);
  const parsed = schema.safeParse({ kind, ...Object.fromEntries(values) });
  if (parsed.success) return parsed.data;
  throw usageError(name, text, `in range (${parsed.error.issues[0]!.message})`, instead);
}
