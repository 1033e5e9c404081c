import { z } from 'zod';

/** The types of ROS 2 parameters (rcl_interfaces/msg/ParameterType) that are used here. */
export type ParameterType = 'bool' | 'int' | 'double' | 'string' | 'string[]';

export type ParameterValue = boolean | number | string | readonly string[];

/** What a number may be; both bounds are inclusive, unless `exclusiveMinimum`. */
export interface ParameterRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly exclusiveMinimum?: true;
}

/** When another value counts: in a running node, when it is configured anew, or not before it is started anew. */
export type TakesEffect = 'at once' | 'at configure' | 'at start';

/** A parameter of the node: what ROS descriptors, the YAML, the documents and the errors say of it. */
export interface NodeParameter<Value extends ParameterValue = ParameterValue> {
  /** As ROS has it: flat, with dots. */
  readonly name: string;
  readonly type: ParameterType;
  readonly default: Value;
  /** One sentence. */
  readonly meaning: string;
  /** Of numbers. */
  readonly range?: ParameterRange;
  /** Whether a number may be NaN too, which the meaning then explains. */
  readonly nan?: true;
  /** Whether a number may be 0 too, outside its range, which the meaning then explains. */
  readonly zero?: true;
  readonly choices?: readonly Value[];
  /** Of a string: whether anything goes, or it names something. */
  readonly form?: 'name' | 'topic';
  /** Without it a number has no unit. */
  readonly unit?: string;
  readonly takesEffect: TakesEffect;
  readonly schema: z.ZodType<Value>;
}

/** A parameter as its table has it: the table's key is the name. */
export type UnnamedParameter<Value extends ParameterValue = ParameterValue> = Omit<
  NodeParameter<Value>,
  'name'
>;

type ValueOf<Parameter> = Parameter extends UnnamedParameter<infer Value> ? Value : never;

/** The values of the parameters of a table, by its keys. */
export type ValuesOf<Table> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** The parameters of a table, with the names that its keys give them. */
export function named(table: Readonly<Record<string, UnnamedParameter>>, prefix = ''): NodeParameter[] {
  return Object.entries(table).map(([name, parameter]) => ({ name: `${prefix}${name}`, ...parameter }));
}

interface Settings<Value> {
  readonly default: Value;
  readonly meaning: string;
  /** Default `at configure`. */
  readonly takesEffect?: TakesEffect;
}

interface NumberSettings extends Settings<number> {
  readonly range: readonly [minimum: number, maximum: number];
  readonly exclusiveMinimum?: true;
  readonly unit?: string;
}

export function bool(settings: Settings<boolean>): UnnamedParameter<boolean> {
  return { ...common(settings), type: 'bool', schema: z.boolean() };
}

export function int(settings: NumberSettings): UnnamedParameter<number> {
  const range = rangeOf(settings);
  return { ...common(settings), ...unitOf(settings), type: 'int', range, schema: inRange(z.int(), range) };
}

/** A number; infinite where the range says so. */
export function double(
  settings: NumberSettings & { readonly nan?: true; readonly zero?: true },
): UnnamedParameter<number> {
  const range = rangeOf(settings);
  let schema: z.ZodType<number> = inRange(z.number(), range);
  if (range.maximum === Infinity) schema = schema.or(z.literal(Infinity));
  if (settings.zero) schema = schema.or(z.literal(0));
  if (settings.nan) schema = schema.or(z.nan());
  return {
    ...{ ...common(settings), ...unitOf(settings), type: 'double', range, schema },
    ...(settings.zero ? { zero: true } : {}),
    ...(settings.nan ? { nan: true } : {}),
  };
}

/** One of a few words. */
export function choice<const Choice extends string>(
  settings: Settings<NoInfer<Choice>> & { readonly choices: readonly Choice[] },
): UnnamedParameter<Choice> {
  const { choices } = settings;
  return { ...common(settings), type: 'string', choices, schema: z.enum(choices) };
}

/** 1 or -1. */
export function sign(settings: Settings<1 | -1>): UnnamedParameter<1 | -1> {
  const choices = [1, -1] as const;
  return { ...common(settings), type: 'int', choices, schema: z.literal(choices) };
}

export function text(
  settings: Settings<string> & { readonly form?: 'name' | 'topic' },
): UnnamedParameter<string> {
  const { form } = settings;
  let schema = z.string();
  if (form === 'name') schema = schema.min(1);
  if (form === 'topic') schema = schema.regex(TOPIC_NAME);
  return { ...common(settings), ...(form === undefined ? {} : { form }), type: 'string', schema };
}

export function texts(settings: Settings<readonly string[]>): UnnamedParameter<readonly string[]> {
  return { ...common(settings), type: 'string[]', schema: z.array(z.string().min(1)) };
}

const TOPIC_PART = '(?!\\d)(?!\\w*__)(?:\\w|\\{(?:node|ns|namespace)\\})+';
/** Relative, absolute or private, with substitutions: https://design.ros2.org/articles/topic_and_service_names.html. */
const TOPIC_NAME = new RegExp(`^(~/|/)?${TOPIC_PART}(/${TOPIC_PART})*$`);

function common<Value>({ default: fallback, meaning, takesEffect = 'at configure' }: Settings<Value>) {
  return { default: fallback, meaning, takesEffect };
}

function unitOf({ unit }: NumberSettings): { unit?: string } {
  return unit === undefined ? {} : { unit };
}

function rangeOf({ range: [minimum, maximum], exclusiveMinimum }: NumberSettings): ParameterRange {
  return { minimum, maximum, ...(exclusiveMinimum ? { exclusiveMinimum } : {}) };
}

function inRange(schema: z.ZodNumber, { minimum, maximum, exclusiveMinimum }: ParameterRange): z.ZodNumber {
  const above = exclusiveMinimum ? schema.gt(minimum) : schema.gte(minimum);
  return above.lte(maximum);
}
