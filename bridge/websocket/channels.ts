import { FrameTransform, SceneUpdate } from '@foxglove/schemas/jsonschema.js';
import { z } from 'zod';
import type { Topic } from '../message-map.js';
import { MESSAGE_SCHEMAS } from '../transport/message-schemas.js';
import type { Channel } from './protocol.js';

export const MESSAGE_TOPICS = Object.keys(MESSAGE_SCHEMAS) as readonly Topic[];

/** What the server makes of robot states, for whoever looks on. */
export const DERIVED_TOPICS = ['speed', 'scene', 'tf'] as const;
export type DerivedTopic = (typeof DERIVED_TOPICS)[number];

export type ServedTopic = Topic | DerivedTopic;

/** Those that come each control period: paced, and left out for readers that are behind. */
export const HOT_TOPICS: ReadonlySet<ServedTopic> = new Set([
  'robotState',
  'observation',
  'jointCommand',
  ...DERIVED_TOPICS,
]);

/** Left out for readers that are behind: what a newer message makes worthless. */
export const DROPPABLE_TOPICS: ReadonlySet<ServedTopic> = new Set([...HOT_TOPICS, 'weights']);

/** What an operator's program says to tell that there is somebody (see dead-man.ts). No message of the robot's. */
export const HEARTBEAT_TOPIC = '/heartbeat';

const speedSchema = z.object({
  stamp: z.number().describe("s, on the robot's clock"),
  speed: z.number().describe('m/s towards the goal, smoothed over half a second'),
  distance: z.number().describe('m towards the goal, over all episodes'),
});

const DERIVED_SCHEMAS: Readonly<Record<DerivedTopic, { readonly name: string; readonly schema: object }>> = {
  speed: { name: 'hebbridge.Speed', schema: jsonSchema(speedSchema) },
  scene: { name: 'foxglove.SceneUpdate', schema: SceneUpdate },
  tf: { name: 'foxglove.FrameTransform', schema: FrameTransform },
};

/** `robotState` as `/robot_state`. */
export function topicName(topic: ServedTopic): string {
  return `/${topic.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** The topic of a name like `/robot_state`; undefined: there is none. */
export function topicOf(name: string): Topic | undefined {
  return MESSAGE_TOPICS.find((topic) => topicName(topic) === name);
}

/** A JSON Schema of what is sent, an object at its root as readers of the protocol expect it. */
export function jsonSchema(schema: z.ZodType): object {
  return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), type: 'object' };
}

const SERVED_TOPICS: readonly ServedTopic[] = [...MESSAGE_TOPICS, ...DERIVED_TOPICS];

/** All channels; their ids are the same in every run. */
export const CHANNELS: readonly Channel[] = SERVED_TOPICS.map((topic, index) => {
  const { name, schema } = isDerived(topic)
    ? DERIVED_SCHEMAS[topic]
    : {
        name: `hebbridge.${topic[0]!.toUpperCase()}${topic.slice(1)}`,
        schema: jsonSchema(MESSAGE_SCHEMAS[topic]),
      };
  return {
    id: index + 1,
    topic: topicName(topic),
    encoding: 'json',
    schemaName: name,
    schemaEncoding: 'jsonschema',
    schema: JSON.stringify(schema),
  };
});

export function channelId(topic: ServedTopic): number {
  return SERVED_TOPICS.indexOf(topic) + 1;
}

function isDerived(topic: ServedTopic): topic is DerivedTopic {
  return (DERIVED_TOPICS as readonly string[]).includes(topic);
}
