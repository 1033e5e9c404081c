/**
 * JSON in which every number comes back to the bit: -0 is written as `-0` and the infinities as `±1e999`, which is
 * valid JSON and what `JSON.parse` reads as such; only NaN becomes null. Typed arrays become arrays. What JSON has no
 * word for (undefined, functions) is left out.
 */
export function encodeExactJson(value: unknown): string {
  return encode(value) ?? 'null';
}

function encode(value: unknown): string | undefined {
  switch (typeof value) {
    case 'number':
      return encodeNumber(value);
    case 'object':
      if (value === null) return 'null';
      if (value instanceof Float64Array || value instanceof Float32Array) return encodeNumbers(value);
      if (Array.isArray(value)) return `[${value.map((entry) => encode(entry) ?? 'null').join(',')}]`;
      return encodeObject(value);
    default:
      // In this library's types it is always a string; for what JSON has no word for it is not.
      return JSON.stringify(value);
  }
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

function encodeObject(value: object): string {
  let text = '';
  for (const [key, entry] of Object.entries(value)) {
    const encoded = encode(entry);
    if (encoded !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${encoded}`;
  }
  return `{${text}}`;
}
