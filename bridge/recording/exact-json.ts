/** Levels of arrays and objects that are encoded; twice those that come in from outside. */
const MOST_LEVELS = 32;

/** Hears why something could not be encoded. */
export type OnReplaced = (why: string) => void;

/**
 * JSON in which every number comes back to the bit: -0 is written as `-0` and the infinities as `±1e999`, which is
 * valid JSON and what `JSON.parse` reads as such; only NaN becomes null. Typed arrays become arrays. What JSON has no
 * word for (undefined, functions) is left out.
 *
 * Never throws: in place of what cannot be encoded (nested too deep or inside itself, a getter that throws, a bigint)
 * stands a text that says so.
 */
export function encodeExactJson(value: unknown, onReplaced: OnReplaced = () => undefined): string {
  return encode(value, { within: [], onReplaced }) ?? 'null';
}

/** What is being encoded. */
interface Encoding {
  /** The arrays and objects around it, outermost first. */
  readonly within: object[];
  readonly onReplaced: OnReplaced;
}

function encode(value: unknown, encoding: Encoding): string | undefined {
  switch (typeof value) {
    case 'number':
      return encodeNumber(value);
    case 'object':
      return value === null ? 'null' : encodeNested(value, encoding);
    case 'bigint':
      return replace('is a bigint', encoding);
    default:
      // In this library's types it is always a string; for what JSON has no word for it is not.
      return JSON.stringify(value);
  }
}

function encodeNested(value: object, encoding: Encoding): string {
  const { within } = encoding;
  const level = within.length;
  if (level >= MOST_LEVELS) return replace(`is nested deeper than ${MOST_LEVELS} levels`, encoding);
  if (within.includes(value)) return replace('holds itself', encoding);
  within.push(value);
  try {
    if (value instanceof Float64Array || value instanceof Float32Array) return encodeNumbers(value);
    return Array.isArray(value) ? encodeArray(value, encoding) : encodeObject(value, encoding);
  } catch (error) {
    return replace(`cannot be read: ${String(error).slice(0, 200)}`, encoding);
  } finally {
    within.length = level;
  }
}

function replace(why: string, { onReplaced }: Encoding): string {
  onReplaced(why);
  return JSON.stringify(`(not recorded: ${why})`);
}

function encodeNumber(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'null' : value > 0 ? '1e999' : '-1e999';
}

function encodeNumbers(values: Float64Array | Float32Array): string {
  let text = '[';
  for (let k = 0; k < values.length; k++)
    text += k === 0 ? encodeNumber(values[k]!) : `,${encodeNumber(values[k]!)}`;
  return `${text}]`;
}

function encodeArray(values: readonly unknown[], encoding: Encoding): string {
  let text = '[';
  for (let k = 0; k < values.length; k++)
    text += `${k === 0 ? '' : ','}${encode(values[k], encoding) ?? 'null'}`;
  return `${text}]`;
}

function encodeObject(value: object, encoding: Encoding): string {
  let text = '';
  for (const [key, entry] of Object.entries(value)) {
    const encoded = encode(entry, encoding);
    if (encoded !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${encoded}`;
  }
  return `{${text}}`;
}
