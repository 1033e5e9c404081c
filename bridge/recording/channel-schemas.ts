import { z } from 'zod';
import { MESSAGE_SCHEMAS } from '../transport/message-schemas.js';
import { EVENT_KINDS } from './controller-event.js';
import { RECORDED_TOPICS } from './recorded-messages.js';

/** The channel of what happened to the controller, beside those of the topics. */
export const EVENT_CHANNEL = 'controllerEvent';

export interface RecordingChannel {
  readonly topic: string;
  /** JSON Schema in the plain form that viewers understand. */
  readonly schema: object;
}

const eventSchema = z.object({
  kind: z.enum(EVENT_KINDS),
  controller: z.int(),
  began: z.int(),
  nested: z.boolean(),
  topic: z.string(),
  target: z.int(),
  echo: z.boolean(),
  argument: z.number().nullable(),
  readings: z.array(z.number()),
  failures: z.array(z.object({ sequence: z.int(), reason: z.string() })),
});

/** Every channel of a recording; its place is its id. */
export const RECORDING_CHANNELS: readonly RecordingChannel[] = [
  ...RECORDED_TOPICS.map((topic) => ({ topic, schema: plainSchema(MESSAGE_SCHEMAS[topic]) })),
  { topic: EVENT_CHANNEL, schema: plainSchema(eventSchema) },
];

type JsonSchema = Readonly<Record<string, unknown>>;

function plainSchema(schema: z.ZodType): object {
  const json = plain(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  // Requests are parsed by the controller: whatever fields they have.
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...json, type: 'object' };
}

/**
 * Only `type`, `properties`, `items` and `enum`: viewers make message definitions of these and stumble over the rest.
 * Of what may also be null, the other; of several kinds of object, one with the properties of all.
 */
function plain(schema: JsonSchema): JsonSchema {
  const branches = alternatives(schema).filter(({ type }) => type !== 'null');
  if (branches.length === 1) return plain(branches[0]!);
  if (branches.length > 1) {
    const all = branches.map((branch) => plain(branch));
    return {
      type: 'object',
      properties: Object.assign({}, ...all.map(({ properties }) => properties)) as object,
    };
  }
  const { type, properties, items, enum: words } = schema;
  return {
    ...(type === undefined ? {} : { type }),
    ...(words === undefined ? {} : { enum: words }),
    ...(properties === undefined ? {} : { properties: plainProperties(properties as JsonSchema) }),
    ...(items === undefined ? {} : { items: plain(items as JsonSchema) }),
  };
}

function alternatives({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] {
  return (anyOf ?? oneOf ?? []) as readonly JsonSchema[];
}

function plainProperties(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      (property as JsonSchema)['const'] === undefined ? plain(property as JsonSchema) : { type: 'string' },
    ]),
  );
}
