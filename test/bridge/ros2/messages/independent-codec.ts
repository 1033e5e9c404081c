import { CdrWriter, EncapsulationKind } from '@foxglove/cdr';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';

/*
 * Codecs that share no code with ours: they follow the message definitions of ROS 2 Jazzy, field by field.
 */

type DefinitionName = keyof typeof ros2jazzy;
type Definition = (typeof ros2jazzy)[DefinitionName];

function definitionOf(type: string): Definition {
  const definition = (ros2jazzy as Record<string, Definition>)[type.replace('/msg/', '/')];
  if (!definition) throw new Error(`there is no definition of ${type}`);
  return definition;
}

/** With everything that it is made of, as MessageReader and MessageWriter want it. */
function definitionsOf(type: string): Definition[] {
  const root = definitionOf(type);
  const parts = root.definitions.filter(({ isComplex }) => isComplex === true);
  return [root, ...parts.flatMap((part) => definitionsOf(part.type))];
}

/** Plain values of a message, arrays as plain arrays. */
export function decode(type: string, bytes: Uint8Array): unknown {
  const reader = new MessageReader(definitionsOf(type));
  const message = plain(reader.readMessage(bytes));
  if (reader.lastReadHadTrailingBytes()) throw new Error(`${type}: bytes are left over`);
  return message;
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Little-endian. Texts have to be ASCII: MessageWriter cuts others off. */
export function encode(type: string, message: unknown): Uint8Array {
  return new MessageWriter(definitionsOf(type)).writeMessage(message);
}

/** Big-endian, which MessageWriter does not offer. */
export function encodeBigEndian(type: string, message: unknown): Uint8Array {
  const writer = new CdrWriter({ kind: EncapsulationKind.CDR_BE });
  encodeFields(writer, type, message as Record<string, unknown>);
  return writer.data;
}

function encodeFields(writer: CdrWriter, type: string, message: Record<string, unknown>): void {
  for (const { name, type: fieldType, isArray, arrayLength } of definitionOf(type).definitions) {
    const value = message[name];
    if (isArray !== true) {
      encodeValue(writer, fieldType, value);
      continue;
    }
    const entries = value as readonly unknown[];
    if (arrayLength === undefined) writer.sequenceLength(entries.length);
    for (const entry of entries) encodeValue(writer, fieldType, entry);
  }
}

function encodeValue(writer: CdrWriter, type: string, value: unknown): void {
  switch (type) {
    case 'bool':
      writer.uint8(value === true ? 1 : 0);
      return;
    case 'uint32':
      writer.uint32(value as number);
      return;
    case 'float32':
      writer.float32(value as number);
      return;
    case 'float64':
      writer.float64(value as number);
      return;
    case 'string':
      writer.string(value as string);
      return;
    case 'time':
    case 'duration': {
      const { sec, nanosec } = value as { sec: number; nanosec: number };
      writer.int32(sec).uint32(nanosec);
      return;
    }
    default:
      encodeFields(writer, type, value as Record<string, unknown>);
  }
}
