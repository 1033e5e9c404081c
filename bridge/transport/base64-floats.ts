const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Little-endian float32 as base64. */
export function encodeFloat32s(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * BYTES);
  for (let k = 0; k < values.length; k++) bytes.writeFloatLE(values[k]!, k * BYTES);
  return bytes.toString('base64');
}

/** The inverse, in a browser too; bytes beyond the last whole number are left out. */
export function decodeFloat32s(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, k) =>
    view.getFloat32(k * BYTES, true),
  );
}
